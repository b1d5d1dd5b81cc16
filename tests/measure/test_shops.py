"""Published figures on visits: a shop's 165,474 clicks, and a marketplace's 8,000 leads."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from tests.measure.asking import DEFAULTS, ask, offer, result, shown
from wegweiser.measure.statistic import wilson
from wegweiser.query.period import Period, read_period
from wegweiser.query.relation import EVENTS
from wegweiser.terms.instant import DAY_MS

YEAR_2008 = read_period("2008-01-01", "2009-01-01", as_of=0)
AFTER = (date(2020, 1, 1) - date(1970, 1, 1)).days * DAY_MS
NOWHERE = {"12", "43", "44", "45", "46", "47"}


def noon(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture(scope="module")
def clicks(shared_data: Callable[[str], Path]) -> pa.Table:
    file = shared_data("eshop_clothing_2008") / "eshop_clothing_2008.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    events = []
    for row in rows:
        day = date(int(row["year"]), int(row["month"]), int(row["day"]))
        events.append(
            DEFAULTS["events"]
            | {
                "event_id": f"v{row['session_ID']}-{row['order']}",
                "leaf": f"anonymous_id:v{row['session_ID']}",
                "occurred_at": (noon(day) + int(row["order"]) * 1000) * 1000,
                "trust": 2,
                "path": row["page2_clothing_model_code"],
                "region": "" if row["country"] in NOWHERE else row["country"],
                "campaign": row["page1_main_category"],
            }
        )
    return EVENTS.rows(events)


def test_visits_of_the_shop(clicks: pa.Table) -> None:
    offer({"events": clicks})
    by_month = ask("web.visits", {"by": "month"}, YEAR_2008, AFTER)
    assert [found.estimate for found in by_month.results] == [24_026, 24_026, 165_474]
    rows = shown(by_month)
    assert [row["visits"] for row in rows] == [6_941, 5_206, 4_884, 5_071, 1_924]
    assert [row["views"] for row in rows] == [48_199, 35_654, 32_242, 35_231, 14_148]
    assert sum(int(str(row["single_view_visits"])) for row in rows) == 5_042
    assert len(ask("web.visits", {}, YEAR_2008, AFTER).rows) == 135

    def by(cut: str) -> dict[object, object]:
        answer = ask("web.visits", {"by": cut}, YEAR_2008, AFTER)
        return {row[cut]: row["visits"] for row in shown(answer)}

    categories = by("campaign")
    assert [categories[str(number)] for number in (1, 2, 3, 4)] == [9_247, 6_472, 4_445, 3_862]
    regions = by("region")
    assert (regions["29"], regions["9"], regions["16"]) == (19_582, 2_261, 101)
    assert sum(int(str(visits)) for visits in regions.values()) == 24_026


def test_entry_pages_of_the_shop(clicks: pa.Table) -> None:
    offer({"events": clicks})
    answer = ask("web.entry_pages", {}, YEAR_2008, AFTER)
    rows = shown(answer)[:5]
    assert [(row["entry_path"], row["visits"]) for row in rows] == [
        ("1", 1_231), ("71", 865), ("12", 854), ("34", 767), ("136", 747),
    ]  # fmt: skip
    short = wilson(5_042, 24_026)
    assert (short.low, short.high) == pytest.approx((0.2048, 0.2151), abs=1e-4)


@pytest.fixture(scope="module")
def funnel(shared_data: Callable[[str], Path]) -> dict[str, list[dict[str, object]]]:
    folder = shared_data("olist_b2b_funnel")
    leads = read(folder / "olist_marketing_qualified_leads_dataset.csv")
    deals = read(folder / "olist_closed_deals_dataset.csv")
    events: list[dict[str, object]] = []
    leaves: list[dict[str, object]] = []
    for lead in leads:
        mql, at = lead["mql_id"], noon(date.fromisoformat(lead["first_contact_date"]))
        person = {"person_id": f"person-{mql}"}
        leaves += [{"leaf": f"anonymous_id:{mql}"} | person, {"leaf": f"user_id:{mql}"} | person]
        page = {"leaf": f"anonymous_id:{mql}", "occurred_at": at, "trust": 2}
        events.append(page | {"path": f"/lp/{lead['landing_page_id']}", "campaign": lead["origin"]})
        created = {"leaf": f"user_id:{mql}", "occurred_at": at + 2000, "trust": 2}
        events.append(created | {"type": "track", "name": "Lead Created"})
    for deal in deals:
        won = datetime.fromisoformat(deal["won_date"]).replace(tzinfo=UTC)
        events.append(
            {
                "leaf": f"user_id:{deal['mql_id']}",
                "occurred_at": int(won.timestamp() * 1000),
                "trust": 2,
                "type": "track",
                "name": "Deal Won",
            }
        )
    return {"events": events, "leaves": leaves}


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


FUNNEL = read_period("2017-01-01", "2019-01-01", as_of=0)


def test_visits_of_the_marketplace(funnel: dict[str, list[dict[str, object]]]) -> None:
    offer(funnel)
    answer = ask("web.visits", {"by": "month"}, FUNNEL, AFTER)
    assert [found.estimate for found in answer.results] == [8_000, 8_000, 8_000]
    months = [row["visits"] for row in shown(answer)]
    assert months == [4, 239, 386, 312, 416, 445, 200, 1141, 1028, 1174, 1352, 1303]
    dwell = ask("web.dwell", {}, FUNNEL, AFTER)
    assert dwell.results[0].reason == "too_little"
    assert "not measured" in dwell.results[0].sentence["en"]


def test_entry_pages_and_deals_of_the_marketplace(
    funnel: dict[str, list[dict[str, object]]],
) -> None:
    offer(funnel)
    options = {"goal": "Deal Won", "window-days": "500", "limit": "1000"}
    answer = ask("web.entry_pages", options, FUNNEL, AFTER)
    rows = shown(answer)
    assert len(rows) == 495
    assert [row["visits"] for row in rows[:5]] == [912, 883, 495, 445, 394]
    won = Counter({str(row["entry_path"]): int(str(row["goal_visits"])) for row in rows})
    assert won == won_after_contact(funnel)
    # Six of the 842 deals bear an earlier time than the noon that stands for their first day.
    assert won.total() == 836
    rate = result(answer, "web.entry_pages.goal_rate")
    expected = wilson(836, 8_000)
    assert (rate.estimate, rate.low, rate.high) == pytest.approx(
        (expected.estimate, expected.low, expected.high)
    )


def won_after_contact(funnel: dict[str, list[dict[str, object]]]) -> Counter[str]:
    won_at = {
        str(event["leaf"]).partition(":")[2]: int(str(event["occurred_at"]))
        for event in funnel["events"]
        if event.get("name") == "Deal Won"
    }
    counted: Counter[str] = Counter()
    for event in funnel["events"]:
        mql = str(event["leaf"]).partition(":")[2]
        if "path" in event:
            contact = int(str(event["occurred_at"]))
            counted[str(event["path"])] += won_at.get(mql, 0) >= contact
    return counted


@pytest.mark.parametrize(
    ("origin", "won", "leads", "low", "high"),
    [
        ("organic_search", 271, 2296, 0.1055, 0.1319),
        ("paid_search", 195, 1586, 0.1077, 0.1400),
        ("social", 75, 1350, 0.0446, 0.0691),
        ("email", 15, 493, 0.0185, 0.0496),
        ("other", 4, 150, 0.0104, 0.0666),
        ("", 14, 60, 0.1444, 0.3544),
    ],
)
def test_share_won_by_origin(
    shared_data: Callable[[str], Path], origin: str, won: int, leads: int, low: float, high: float
) -> None:
    folder = shared_data("olist_b2b_funnel")
    deals = {row["mql_id"] for row in read(folder / "olist_closed_deals_dataset.csv")}
    rows = read(folder / "olist_marketing_qualified_leads_dataset.csv")
    own = [row["mql_id"] for row in rows if row["origin"] == origin]
    assert (sum(mql in deals for mql in own), len(own)) == (won, leads)
    share = wilson(won, leads)
    assert (share.low, share.high) == pytest.approx((low, high), abs=1e-4)


def test_a_period_in_another_zone_is_half_open() -> None:
    assert Period(0, DAY_MS).days == 1
    assert (
        read_period("1970-01-01", "1970-01-02", as_of=0, zone="Europe/Berlin").start == -3_600_000
    )
