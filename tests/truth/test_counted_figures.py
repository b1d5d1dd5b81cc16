"""Published counts of whole files, each through the measure that counts such things."""

import csv
import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests.measure.asking import ask, offer, result, shown
from tests.truth import web_tables
from tests.truth.test_revenue_ledger import (
    AS_OF,
    CRM_END,
    INVOICES,
    SHOP,
    conformed,
    needs_crm,
    needs_shop,
    opportunities,
    pounds,
)
from wegweiser.measure.form import Row, real, whole
from wegweiser.measure.off_policy import Choices, Offers, estimate
from wegweiser.query.period import Period, read_period
from wegweiser.terms.instant import DAY_MS

Folder = Callable[[str], Path]
AFTER = 20_000 * DAY_MS
EVER = Period(0, AFTER)
SHOP_PERIOD = read_period("", "", AS_OF)


def sold(lines: str = "true", wanted: str = "true") -> None:
    """Offer the wholesaler's invoices of these lines, and of them those that are wanted."""
    sql = INVOICES.replace("from read_csv(?", "from (select * from read_csv(?").replace(
        "'BIGINT'}))", f"'BIGINT'}}) where {lines}))"
    )
    found = duckdb.sql(f"select * from ({sql}) where {wanted}", params=[str(SHOP)])
    offer({"events": conformed(found.to_arrow_table())})


@pytest.fixture
def emptied() -> Iterator[None]:
    yield
    offer({})


def seen(name: str) -> int:
    rows = shown(ask("events.seen", {}, SHOP_PERIOD, AS_OF))
    return sum(whole(row, "events") for row in rows if row["name"] == name and row["part"] == "")


@needs_shop
@pytest.mark.usefixtures("emptied")
def test_invoices_and_cancellations_of_the_wholesaler() -> None:
    sold()
    # 25,900 invoice numbers, of which 3,836 cancel another one.
    assert (seen("Order Completed"), seen("Order Refunded")) == (25_900 - 3_836, 3_836)
    sold(wanted="event_id like 'shop:A%'")
    assert seen("Order Completed") == 3
    corrected = ask("revenue.ledger", pounds("country"), SHOP_PERIOD, AS_OF)
    assert result(corrected, "revenue.ledger.revenue").estimate == -11_062.06
    sold("CustomerID is not null and Quantity > 0 and UnitPrice > 0")
    assert seen("Order Completed") == 18_532


@needs_shop
@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize(
    ("lines", "published"),
    [
        ("true", 541_909),
        ("CustomerID is null", 135_080),
        ("InvoiceNo like 'C%'", 9_288),
        ("CustomerID is not null and Quantity > 0 and UnitPrice > 0", 397_884),
    ],
)
def test_lines_and_goods_of_the_wholesaler(lines: str, published: int) -> None:
    """Each line as a view of its product: views count lines, and pages goods."""
    sql = """
        select 'l' || row_number() over () as event_id, 'page' as type, false as bot,
               2::tinyint as trust, InvoiceNo as leaf, StockCode as path,
               timezone('UTC', InvoiceDate) as occurred_at,
               timezone('UTC', InvoiceDate) as received_at
        from read_csv(?, types = {'InvoiceNo': 'VARCHAR', 'CustomerID': 'VARCHAR', 'StockCode':
                      'VARCHAR', 'InvoiceDate': 'TIMESTAMP', 'UnitPrice': 'DECIMAL(18,4)',
                      'Quantity': 'BIGINT'})
        where """
    offer({"events": conformed(duckdb.sql(sql + lines, params=[str(SHOP)]).to_arrow_table())})
    pages = shown(ask("web.pages", {"limit": "5000"}, SHOP_PERIOD, AS_OF))
    assert sum(whole(row, "views") for row in pages) == published
    if published == 541_909:
        assert len(pages) == 4_070


@needs_crm
@pytest.mark.usefixtures("emptied")
def test_opportunities_that_were_lost_or_are_of_nobody_known() -> None:
    offer({"events": opportunities()})
    period = read_period("", "", CRM_END)
    asked = {"unit": "opportunity", "lead": "", "goal": "Deal Won", "by": "product"}
    rows = shown(ask("revenue.time_to_goal", asked, period, CRM_END))
    won, lost, all_of = (
        sum(whole(row, name) for row in rows) for name in ("goals", "lost", "leads")
    )
    assert (won, lost, all_of) == (4_238, 2_473, 8_800)
    # Engaging and prospecting ones are neither.
    assert all_of - won - lost == 1_589 + 500
    ledger = shown(ask("revenue.ledger", {"by": "account", "currency": "USD"}, period, CRM_END))
    earning = [row for row in ledger if row["account"] and real(row, "revenue") > 0]
    assert len(earning) == 85


def test_pairs_of_users_and_areas(shared_data: Folder) -> None:
    offer({"events": web_tables.msweb(shared_data("msweb"))})
    pages = shown(ask("web.pages", {"limit": "500"}, EVER, AFTER))
    assert (len(pages), sum(whole(row, "views") for row in pages)) == (285, 98_653)


def test_visits_of_a_shop_by_code_of_their_domain(shared_data: Folder) -> None:
    """The codes of domains are no regions; as they stand they are counted as well."""
    offer({"events": web_tables.eshop(shared_data("eshop_clothing_2008"), "country")})
    entries = shown(ask("web.entry_pages", {"limit": "100"}, EVER, AFTER))
    visits = {str(row["entry_path"]): whole(row, "visits") for row in entries}
    assert len(visits) == 47
    assert (visits["46"], visits["44"]) == (681, 240)
    assert sum(visits[str(code)] for code in range(43, 48)) == 930


def test_answers_to_the_last_campaign(shared_data: Folder) -> None:
    file = shared_data("ifood_marketing_campaign") / "marketing_campaign.csv"
    with file.open(encoding="utf-8") as stream:
        customers = list(csv.DictReader(stream, delimiter="\t"))
    assert sum(not row["Income"] for row in customers) == 24
    at = 19_000 * DAY_MS
    events: list[Row] = []
    for row in customers:
        base: Row = {"leaf": row["ID"], "occurred_at": at}
        events.append({**base, "path": "/offer"})
        if row["Response"] == "1":
            events.append({**base, "occurred_at": at + 1_000, "type": "track", "name": "Accepted"})
    offer({"events": events})
    found = result(
        ask("web.funnel", {"steps": "page > Accepted"}, EVER, AFTER), "web.funnel.conversion"
    )
    assert (found.n["goals"], found.n["units"]) == (334, 2_240)
    ends = (found.estimate, found.low, found.high)
    assert ends == pytest.approx((0.14911, 0.13496, 0.16446), abs=1e-5)


def test_how_sure_the_value_of_the_uniform_policy_is(shared_data: Folder) -> None:
    file = shared_data("open_bandit_men") / "bts_men.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    logged = [float(row["propensity_score"]) for row in rows]
    assert (min(logged), max(logged)) == pytest.approx((0.000165, 0.72529), abs=5e-7)
    count = len(rows)
    places = np.arange(count)
    choices = Choices(
        arm=np.array([int(row["item_id"]) for row in rows], dtype=np.intp),
        logged=np.array(logged),
        target=np.full(count, 1 / 34),
        reward=np.array([float(row["click"]) for row in rows]),
        unit=places,
        unsupported=np.zeros(count),
        offers=Offers(places, np.zeros(count, dtype=np.intp), np.full(count, 1 / 34)),
    )
    found = estimate(choices, np.random.default_rng(1), resamples=0).normalised.found
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(0.0008279, rel=1e-4)
