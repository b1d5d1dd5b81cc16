"""Published click streams as rows of the archive, made column by column."""

import gzip
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from tests.measure.asking import DEFAULTS
from wegweiser.query.relation import DECISIONS, EVENTS, EXPOSURES, OUTCOMES, Relation
from wegweiser.terms.instant import DAY_MS

HALF_DAY_MS = DAY_MS // 2
Columns = Mapping[str, object]


def read(file: Path, separator: str = ",") -> pa.Table:
    """Read a text file with a head line, packed or not; every column stays text."""
    content = file.read_bytes()
    content = gzip.decompress(content) if file.suffix == ".gz" else content
    head = content.partition(b"\n")[0].decode().strip().replace('"', "").split(separator)
    return pyarrow.csv.read_csv(
        pa.BufferReader(content),
        parse_options=pyarrow.csv.ParseOptions(delimiter=separator),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in head}, strings_can_be_null=False
        ),
    )


def rows(relation: Relation, count: int, columns: Columns) -> pa.Table:
    """Make rows of a relation: given columns, else the default of tests, else nothing."""
    defaults = DEFAULTS[relation.name]
    made = []
    for field in relation.schema:
        given = columns.get(field.name, defaults.get(field.name))
        if isinstance(given, np.ndarray) and pa.types.is_timestamp(field.type):
            made.append(pa.array(given * 1000).cast(pa.timestamp("us", tz="UTC")))
        elif isinstance(given, list | np.ndarray):
            made.append(pa.array(given, field.type))
        elif field.name == "received_at":
            made.append(pa.array(np.zeros(count, dtype=np.int64)).cast(field.type))
        else:
            made.append(pa.array([given] * count, field.type))
    return pa.Table.from_arrays(made, schema=relation.schema)


def events(prefix: str, columns: Columns) -> pa.Table:
    """Make events; `occurred_at` in ms says how many."""
    moments = columns["occurred_at"]
    assert isinstance(moments, np.ndarray)
    names = [f"{prefix}{number:06}" for number in range(len(moments))]
    return rows(EVENTS, len(moments), {"event_id": names, **columns})


def noons(days: list[str]) -> np.ndarray:
    """Give the noon of ISO days in ms UTC."""
    known = {day: _noon(date.fromisoformat(day)) for day in set(days)}
    return np.array([known[day] for day in days], dtype=np.int64)


def _noon(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() * 1000)


def yoochoose(folder: Path) -> pa.Table:
    table = read(folder / "clicks_train_full.tsv.gz", "\t")
    times = np.array(table["Time"].to_pylist(), dtype=np.float64)
    return events(
        "y",
        {
            "occurred_at": np.round(times * 1000).astype(np.int64),
            "leaf": [f"y{visit}" for visit in table["SessionId"].to_pylist()],
            "path": table["ItemId"].to_pylist(),
        },
    )


def msweb(folder: Path) -> pa.Table:
    """One view per user and area; downloads and searches also as the events they stand for."""
    table = read(folder / "msweb_visits.csv.gz")
    users = [f"u{user}" for user in table["user"].to_pylist()]
    areas = table["item"].to_pylist()
    start = noons(["1998-02-10"])[0]
    moments = start + np.arange(len(users), dtype=np.int64) % 1000
    views = events("m", {"occurred_at": moments, "leaf": users, "path": areas})

    def told(area: str, name: str, columns: Columns) -> pa.Table:
        own = [user for user, seen in zip(users, areas, strict=True) if seen == area]
        moments = np.full(len(own), start + 2000, dtype=np.int64)
        common = {"occurred_at": moments, "leaf": own, "type": "track", "name": name}
        return events(name, common | dict(columns))

    return pa.concat_tables(
        [
            views,
            told("Free Downloads", "File Downloaded", {"file_name": "free"}),
            told("Microsoft.com Search", "Search Performed", {"search_query": "anything"}),
        ]
    )


def eshop(folder: Path, path: str) -> pa.Table:
    """Clicks of the shop with one of its columns as the path of the page."""
    clicks, given = _eshop(folder)
    place = EVENTS.schema.get_field_index("path")
    return clicks.set_column(place, EVENTS.schema.field("path"), given[path])


@cache
def _eshop(folder: Path) -> tuple[pa.Table, pa.Table]:
    table = read(folder / "eshop_clothing_2008.csv.gz")
    return _clicks(table), table


def _clicks(table: pa.Table) -> pa.Table:
    given = {name: table[name].to_pylist() for name in table.column_names}
    days = [
        f"{year}-{int(month):02}-{int(day):02}"
        for year, month, day in zip(given["year"], given["month"], given["day"], strict=True)
    ]
    orders = np.array(given["order"], dtype=np.int64)
    nowhere = {"12", "43", "44", "45", "46", "47"}
    return events(
        "e",
        {
            "occurred_at": noons(days) + 1000 * orders,
            "leaf": [f"v{visit}" for visit in given["session_ID"]],
            "region": ["" if code in nowhere else code for code in given["country"]],
        },
    )


def olist(folder: Path) -> pa.Table:
    """First contacts at the beginning of their day, which is all that is known, and deals."""
    leads = read(folder / "olist_marketing_qualified_leads_dataset.csv")
    deals = read(folder / "olist_closed_deals_dataset.csv")
    landing = [f"/lp/{page}" for page in leads["landing_page_id"].to_pylist()]
    contacts = events(
        "lead",
        {
            "occurred_at": noons(leads["first_contact_date"].to_pylist()) - HALF_DAY_MS,
            "leaf": leads["mql_id"].to_pylist(),
            "path": landing,
            "campaign": leads["origin"].to_pylist(),
        },
    )
    won = [
        int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)
        for moment in deals["won_date"].to_pylist()
    ]
    common = {"leaf": deals["mql_id"].to_pylist(), "type": "track", "name": "Deal Won", "trust": 2}
    return pa.concat_tables(
        [contacts, events("deal", {"occurred_at": np.array(won, dtype=np.int64)} | common)]
    )


MONTHS = {"Feb": 2, "Mar": 3, "May": 5, "June": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10,
          "Nov": 11, "Dec": 12}  # fmt: skip


def shoppers(folder: Path) -> pa.Table:
    """One view per visit in the middle of its month, and an order where it ended with one."""
    table = read(folder / "online_shoppers_intention.csv", ";")
    given = {name: table[name].to_pylist() for name in table.column_names}
    moments = noons([f"2017-{MONTHS[month]:02}-15" for month in given["Month"]])
    leaves = [f"s{number}" for number in range(len(moments))]
    views = events(
        "s",
        {
            "occurred_at": moments,
            "leaf": leaves,
            "region": given["Region"],
            "source": given["TrafficType"],
            "campaign": given["VisitorType"],
        },
    )
    bought = [number for number, ended in enumerate(given["Revenue"]) if ended == "TRUE"]
    orders = events(
        "o",
        {
            "occurred_at": moments[bought] + 60_000,
            "leaf": [leaves[number] for number in bought],
            "type": "track",
            "name": "Order Completed",
        },
    )
    return pa.concat_tables([views, orders])


def bandit(file: Path) -> dict[str, pa.Table]:
    """Decisions, exposures and clicks of one policy; every row is a person of its own."""
    table = read(file)
    count = table.num_rows
    names = [f"d{number}" for number in range(count)]
    moments = noons(["2019-11-25"])[0] + np.arange(count, dtype=np.int64)
    slots = np.array(table["position"].to_pylist(), dtype=np.int32)
    clicked = [number for number, click in enumerate(table["click"].to_pylist()) if click == "1"]
    common = {"placement": "men", "decision_id": names, "occurred_at": moments, "slot": slots}
    items = [f"item-{item}" for item in table["item_id"].to_pylist()]
    clicks = {
        "outcome_id": [f"c{number}" for number in clicked],
        "decision_id": [names[number] for number in clicked],
        "occurred_at": moments[clicked] + 1000,
        "slot": slots[clicked],
        "placement": "men",
        "kind": "click",
        "goal": "",
    }
    return {
        "decisions": rows(DECISIONS, count, common | {"leaf": names, "message": items}),
        "exposures": rows(EXPOSURES, count, common),
        "outcomes": rows(OUTCOMES, len(clicked), clicks),
    }
