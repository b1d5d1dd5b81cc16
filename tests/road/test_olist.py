"""The first end-to-end run: 8,000 leads and 842 deals through HTTP, counted independently."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.road.server import answer, new_source, serving, wegweiser

Row = dict[str, str]
MEDIUM = {
    "organic_search": {"source": "search", "medium": "organic"},
    "paid_search": {"source": "search", "medium": "cpc"},
}
UNTAGGED = ("", "direct_traffic", "unknown")
MAPPING = """
kind: mapping
key: olist
source: olist
event: {EVENT}
"""


def rows(folder: Path, name: str) -> list[Row]:
    with (folder / f"olist_{name}_dataset.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lead_events(lead: Row) -> Iterator[dict[str, object]]:
    mql, origin = lead["mql_id"], lead["origin"]
    told = {"origin": origin} if origin else {}
    page: dict[str, object] = {"path": "/lp/" + lead["landing_page_id"], **told}
    context: dict[str, object] = {}
    if origin not in UNTAGGED:
        context = {"campaign": MEDIUM.get(origin, {"medium": origin})}
    day = lead["first_contact_date"]
    yield {
        "type": "page",
        "messageId": f"page-lead-{mql}",
        "anonymousId": mql,
        "timestamp": f"{day}T12:00:00Z",
        "name": "Landing page",
        "properties": page,
        "context": context,
    }
    yield {
        "type": "identify",
        "messageId": f"identify-lead-{mql}",
        "userId": mql,
        "anonymousId": mql,
        "timestamp": f"{day}T12:00:01Z",
        "traits": {**told, "first_landing_page": lead["landing_page_id"]},
    }
    yield {
        "type": "track",
        "event": "Lead Created",
        "messageId": f"track-lead-{mql}",
        "userId": mql,
        "timestamp": f"{day}T12:00:02Z",
        "properties": {**told, "landing_page_id": lead["landing_page_id"]},
    }


def deal_events(deal: Row) -> Iterator[dict[str, object]]:
    mql, won = deal["mql_id"], deal["won_date"].replace(" ", "T") + "Z"
    named = ("business_segment", "business_type", "lead_type", "has_company", "average_stock")
    yield {
        "type": "group",
        "messageId": f"group-deal-{mql}",
        "userId": mql,
        "groupId": deal["seller_id"],
        "timestamp": won,
        "traits": {name: deal[name] for name in named if deal[name]},
    }
    yield {
        "type": "identify",
        "messageId": f"identify-deal-{mql}",
        "userId": mql,
        "timestamp": won,
        "traits": {"lead_type": deal["lead_type"]} if deal["lead_type"] else {},
    }
    yield {
        "type": "track",
        "event": "Deal Won",
        "messageId": f"track-deal-{mql}",
        "userId": mql,
        "timestamp": won,
        "properties": {"seller_id": deal["seller_id"]},
    }


@pytest.mark.slow
def test_the_funnel_is_loaded_and_its_counts_come_back(
    tmp_path: Path, shared_data: Callable[[str], Path]
) -> None:
    files = shared_data("olist_b2b_funnel")
    leads, deals = rows(files, "marketing_qualified_leads"), rows(files, "closed_deals")
    events = [event for lead in leads for event in lead_events(lead)]
    events += [event for deal in deals for event in deal_events(deal)]
    folder, loaded, mapping = tmp_path / "data", tmp_path / "olist.ndjson", tmp_path / "map.yaml"
    loaded.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    fields = sorted({name for event in events for name in event})
    written = ", ".join(f"{name}: =row.{name}" for name in fields)
    mapping.write_text(MAPPING.replace("{EVENT}", "{" + written + "}"), encoding="utf-8")
    new_source(folder)
    with serving(folder):
        load = ("load", str(loaded), "--mapping", str(mapping), "--data", str(folder))
        first, second = answer(*load), answer(*load)
        daily = answer("measure", "web.visits", "--data", str(folder))
        pages = answer("measure", "web.entry_pages", "--data", str(folder))
        dwell = answer("measure", "web.dwell", "--data", str(folder))
        accounts = wegweiser("export", "accounts", "--data", str(folder)).splitlines()
    assert (first["received"], first["stored"]) == (26_526, 26_526)
    assert (second["stored"], second["duplicate"]) == (0, 26_526)
    assert len(accounts) == len({deal["seller_id"] for deal in deals})
    assert +visitors_per_day(daily) == Counter(lead["first_contact_date"] for lead in leads)
    counted = Counter("/lp/" + lead["landing_page_id"] for lead in leads)
    assert visits_per_page(pages) == counted
    assert sorted(counted.values())[-5:] == [394, 445, 495, 883, 912]
    assert dwell["status"] == "too_little_data"


def table(answered: dict[str, object]) -> list[dict[str, object]]:
    found = answered["answer"]
    assert isinstance(found, dict)
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def visitors_per_day(answered: dict[str, object]) -> Counter[str]:
    return Counter({str(row["day"]): int(str(row["visitors"])) for row in table(answered)})


def visits_per_page(answered: dict[str, object]) -> Counter[str]:
    return Counter({str(row["entry_path"]): int(str(row["visits"])) for row in table(answered)})
