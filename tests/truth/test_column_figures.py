"""Published means, sums and counts of columns, through the measure that reads them where one does.

No measure reads the price of a page that was viewed, nor columns of a flat file without moments
(bounce rates, exit rates, page values): these means are those of the estimator that all measures
of means share (`mean_with_t`), over the column as it stands, and say nothing of a measure. No
measure lists equal rows of a flat file either; that 125 are repeated is told by the rule which
counts an event once, where a row is the id of its event.
"""

import csv
import json
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.measure.asking import ask, ask_rows, offer, result, shown
from tests.truth import web_tables
from tests.truth.test_revenue_ledger import LEADS_END, funnel, needs_leads
from wegweiser.measure.form import whole
from wegweiser.measure.statistic import Interval, mean_with_t, median_of_counts, wilson
from wegweiser.query.period import Period, read_period
from wegweiser.terms.instant import DAY_MS

Folder = Callable[[str], Path]
AFTER = 20_000 * DAY_MS
EVER = Period(0, AFTER)
NOON = "2017-06-15"


def mean_of(column: list[str]) -> Interval:
    """Give the mean of a column from count, sum and sum of squares, as measures do."""
    values = np.array(column, dtype=np.float64)
    return mean_with_t(len(values), float(values.sum()), float(values @ values))


def test_the_mean_price_of_clicks_on_clothes(shared_data: Folder) -> None:
    table = web_tables.read(shared_data("eshop_clothing_2008") / "eshop_clothing_2008.csv.gz")
    prices = table["price"].to_pylist()
    found = mean_of(prices)
    assert found.estimate == pytest.approx(43.8025, abs=5e-5)
    assert found.low < found.estimate < found.high
    assert (min(map(float, prices)), max(map(float, prices))) == (18, 82)


@pytest.mark.parametrize(
    ("kind", "mean", "median"),
    [
        ("ProductRelated", 1_194.746, 598.94),
        ("Administrative", 80.819, None),
        ("Informational", 34.472, None),
    ],
)
def test_how_long_visits_dwell_on_kinds_of_pages(
    shared_data: Folder, kind: str, mean: float, median: float | None
) -> None:
    """Each visit as one view of the kind, which its seconds were measured on."""
    folder = shared_data("online_shoppers_intention")
    table = web_tables.read(folder / "online_shoppers_intention.csv", ";")
    seconds = np.array(table[f"{kind}_Duration"].to_pylist(), dtype=np.float64)
    count = len(seconds)
    names = [f"s{number}" for number in range(count)]
    at = np.full(count, web_tables.noons([NOON])[0])
    base = {"leaf": names, "page_view_id": names, "path": kind}
    views = web_tables.events("s", {**base, "occurred_at": at})
    beats = web_tables.events(
        "b",
        {
            **base,
            "occurred_at": at + 1_000,
            "type": "track",
            "name": "Engaged Time",
            "engaged_seconds": seconds,
        },
    )
    offer({"events": pa.concat_tables([views, beats])})
    answer = ask("web.dwell", {}, EVER, AFTER)
    found = result(answer, "web.dwell.mean")
    assert result(answer, "web.dwell.share_measured").n["units"] == count == 12_330
    assert found.estimate == pytest.approx(mean, abs=0.001)
    if median is not None:
        middle = result(answer, "web.dwell.median").estimate
        assert middle == pytest.approx(median, abs=0.01)
        counted = dict(
            zip(*map(np.ndarray.tolist, np.unique(seconds, return_counts=True)), strict=True)
        )
        assert median_of_counts(counted) == pytest.approx(middle, abs=0.01)


def test_rates_of_bounce_and_exit_and_the_worth_of_pages(shared_data: Folder) -> None:
    folder = shared_data("online_shoppers_intention")
    table = web_tables.read(folder / "online_shoppers_intention.csv", ";")
    published = {"BounceRates": 0.02219, "ExitRates": 0.04307, "PageValues": 5.8893}
    for name, mean in published.items():
        digits = 5e-6 if mean < 1 else 5e-5
        assert mean_of(table[name].to_pylist()).estimate == pytest.approx(mean, abs=digits)


def test_visits_that_are_told_twice(shared_data: Folder) -> None:
    folder = shared_data("online_shoppers_intention")
    table = web_tables.read(folder / "online_shoppers_intention.csv", ";")
    rows = ["|".join(row.values()) for row in table.to_pylist()]
    at = np.full(len(rows), web_tables.noons([NOON])[0])
    offer({"events": web_tables.events("s", {"occurred_at": at, "leaf": rows, "event_id": rows})})
    once = result(ask("web.visits", {"by": "month"}, EVER, AFTER), "web.visits.visits").estimate
    assert (len(rows), once) == (12_330, 12_330 - 125)


CAMPAIGNS = {1: 0.0643, 2: 0.0134, 3: 0.0728, 4: 0.0746, 5: 0.0728}
AMOUNTS = {
    "MntWines": 680_816,
    "MntMeatProducts": 373_968,
    "MntGoldProds": 98_609,
    "MntFishProducts": 84_057,
    "MntSweetProducts": 60_621,
    "MntFruits": 58_917,
}


@pytest.fixture
def customers(shared_data: Folder) -> list[dict[str, str]]:
    file = shared_data("ifood_marketing_campaign") / "marketing_campaign.csv"
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_who_accepted_the_earlier_campaigns(customers: list[dict[str, str]]) -> None:
    at = 19_000 * DAY_MS
    events: list[dict[str, object]] = []
    for row in customers:
        for number in CAMPAIGNS:
            base = {"leaf": f"{number}-{row['ID']}", "occurred_at": at}
            events.append({**base, "path": "/offer", "campaign": str(number)})
            if row[f"AcceptedCmp{number}"] == "1":
                events.append(
                    {**base, "occurred_at": at + 1_000, "type": "track", "name": "Accepted"}
                )
    offer({"events": events})
    answer = ask("web.funnel", {"steps": "page > Accepted", "by": "campaign"}, EVER, AFTER)
    last = {str(row["campaign"]): row for row in shown(answer) if row["step"] == 2}
    found = {int(name): float(str(row["share_of_first"])) for name, row in last.items()}
    assert {number: round(share, 4) for number, share in found.items()} == CAMPAIGNS
    for name, row in last.items():
        share = wilson(whole(row, "units"), 2_240)
        assert row["share_of_first_low"] == pytest.approx(share.low), name


def test_what_was_spent_on_which_goods(customers: list[dict[str, str]]) -> None:
    events: list[dict[str, object]] = []
    for row in customers:
        goods = [{"product_id": name, "price": int(row[name]), "quantity": 1} for name in AMOUNTS]
        total = sum(int(row[name]) for name in AMOUNTS)
        told = {"order_id": row["ID"], "revenue": total, "currency": "EUR", "products": goods}
        events.append(
            {
                "leaf": row["ID"],
                "occurred_at": 19_000 * DAY_MS,
                "type": "track",
                "name": "Order Completed",
                "trust": 2,
                "properties": json.dumps(told),
            }
        )
    offer({"events": events})
    answer = ask("revenue.ledger", {"by": "product"}, EVER, AFTER)
    assert result(answer, "revenue.ledger.revenue").estimate == 1_356_988
    assert {row["product"]: row["revenue"] for row in shown(answer)} == AMOUNTS


@needs_leads
def test_days_to_a_deal_and_deals_by_month() -> None:
    offer({"events": funnel()})
    asked = {"lead": "Lead Created", "goal": "Deal Won", "by": "all"}
    rows = ask_rows("revenue.time_to_goal", asked, read_period("", "", LEADS_END), LEADS_END)
    won = [(whole(row, "waited_days"), whole(row, "leads")) for row in rows if row["has_goal"]]
    deals = sum(count for _, count in won)
    days = [days * count for days, count in won]
    squares = [days * days * count for days, count in won]
    found = mean_with_t(deals, float(sum(days)), float(sum(squares)))
    assert (deals, round(found.estimate, 1), max(days for days, _ in won)) == (842, 48.4, 427)
    starts = [date(2017 + month // 12, month % 12 + 1, 1) for month in range(11, 24)]
    by_month = []
    for begin, end in pairwise(starts):
        period = read_period(begin.isoformat(), end.isoformat(), LEADS_END)
        answer = ask("events.seen", {}, period, LEADS_END)
        of_deals = [row for row in shown(answer) if row["name"] == "Deal Won" and row["part"] == ""]
        by_month.append(whole(of_deals[0], "events"))
    assert by_month == [3, 73, 113, 147, 207, 122, 57, 37, 33, 23, 21, 6]
