"""The ledger against published figures: a wholesaler's invoices, and opportunities of a CRM."""

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.measure.asking import ask, offer, result, shown
from wegweiser.measure.revenue.keys import match_keys
from wegweiser.query.period import read_period
from wegweiser.query.relation import EVENTS
from wegweiser.terms.instant import DAY_MS, HOUR_MS, parse_instant

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
SHOP = DATA / "uci_online_retail" / "online_retail.csv.gz"
AS_OF = parse_instant("2012-01-01") or 0
needs_shop = pytest.mark.skipif(not SHOP.exists(), reason="the data set is not on this machine")
INVOICES = """
with lines as (
  select InvoiceNo as invoice, InvoiceDate, CustomerID as customer, Country as country,
         Quantity::decimal(18, 4) * UnitPrice as amount
  from read_csv(?, types = {'InvoiceNo': 'VARCHAR', 'CustomerID': 'VARCHAR', 'InvoiceDate':
                'TIMESTAMP', 'UnitPrice': 'DECIMAL(18,4)', 'Quantity': 'BIGINT'}))
select 'shop:' || invoice as event_id, 'shop' as source_id, 'track' as type,
       case when invoice like 'C%' then 'Order Refunded' else 'Order Completed' end as name,
       2::tinyint as trust, false as bot, timezone('UTC', min(InvoiceDate)) as occurred_at,
       timezone('UTC', min(InvoiceDate)) as received_at,
       coalesce(any_value(customer), '') as user_id,
       coalesce('user_id:' || any_value(customer), 'anonymous_id:' || invoice) as leaf,
       coalesce(any_value(customer), '') as group_id,
       country, '{"order_id":"' || invoice || '","currency":"GBP","total":' || sum(amount) || '}'
         as properties
from lines group by invoice, country
"""


def conformed(found: pa.Table) -> pa.Table:
    """Lay what was read into the columns of the archive."""
    columns = [
        found[field.name].cast(field.type)
        if field.name in found.column_names
        else pa.nulls(found.num_rows, field.type)
        for field in EVENTS.schema
    ]
    return pa.Table.from_arrays(columns, schema=EVENTS.schema)


@pytest.fixture(scope="module")
def shop() -> Iterator[None]:
    offer({"events": conformed(duckdb.sql(INVOICES, params=[str(SHOP)]).to_arrow_table())})
    yield
    offer({})


def pounds(by: str) -> dict[str, str]:
    return {"by": by, "currency": "GBP"}


@needs_shop
@pytest.mark.usefixtures("shop")
def test_the_wholesalers_ledger_to_the_cent() -> None:
    answer = ask("revenue.ledger", pounds("country"), read_period("", "", AS_OF), AS_OF)
    assert result(answer, "revenue.ledger.revenue").estimate == 9_747_747.93
    rows = shown(answer)
    assert len(rows) == 38
    assert round(sum(float(str(row["revenue"])) for row in rows), 2) == 9_747_747.93
    assert result(answer, "revenue.ledger.joined.visit").estimate == 0


@needs_shop
def test_what_known_customers_ordered_and_returned() -> None:
    events = conformed(duckdb.sql(INVOICES, params=[str(SHOP)]).to_arrow_table())
    offer({"events": events.filter(pc.field("user_id") != "")})
    period = read_period("", "", AS_OF)
    answer = ask("revenue.ledger", pounds("country"), period, AS_OF)
    assert result(answer, "revenue.ledger.sold").estimate == 8_911_407.90
    assert result(answer, "revenue.ledger.revenue").estimate == 8_300_065.81
    assert result(answer, "revenue.ledger.joined.person").estimate == 1
    sold = {row["country"]: round(float(str(row["sold"])), 2) for row in shown(answer)}
    wanted = {
        "United Kingdom": 7_308_391.55,
        "Netherlands": 285_446.34,
        "EIRE": 265_545.90,
        "Germany": 228_867.14,
        "France": 209_024.05,
    }
    assert {country: sold[country] for country in wanted} == wanted
    offer({})


CRM = DATA / "maven_crm_opportunities" / "sales_pipeline.csv"
needs_crm = pytest.mark.skipif(not CRM.exists(), reason="the data set is not on this machine")
STAGES = {"Won": "Deal Won", "Lost": "Deal Lost"}
CRM_END = parse_instant("2018-01-01") or 0


def opportunities() -> list[dict[str, object]]:
    with CRM.open(encoding="utf-8") as stream:
        pipeline = list(csv.DictReader(stream))
    with (CRM.parent / "products.csv").open(encoding="utf-8") as stream:
        catalogue = [row["product"] for row in csv.DictReader(stream)]
    repair = match_keys((row["product"] for row in pipeline), catalogue)
    assert repair.repaired == {"GTXPro": ("GTX Pro", 1_480)}
    assert not repair.unmatched
    return [
        event
        for row in pipeline
        for event in steps_of({**row, "product": repair.of(row["product"])})
    ]


def steps_of(row: dict[str, str]) -> list[dict[str, object]]:
    began = row["engage_date"] or "2017-12-31"
    properties = {"opportunity_id": row["opportunity_id"], "product": row["product"]}
    base = {"type": "track", "trust": 2, "group_id": row["account"],
            "leaf": f"group:{row['account'] or row['opportunity_id']}"}  # fmt: skip
    opened = {"name": "Opportunity Opened", "occurred_at": parse_instant(began)}
    found = [{**base, **opened, "properties": json.dumps(properties)}]
    name = STAGES.get(row["deal_stage"])
    if name is not None:
        worth = {"amount": int(row["close_value"]), "currency": "USD"} if name == "Deal Won" else {}
        goods = [{"sku": row["product"], "price": worth.get("amount", 0), "quantity": 1}]
        told = json.dumps({**properties, **worth, "products": goods if worth else []})
        closed = {"name": name, "occurred_at": (parse_instant(row["close_date"]) or 0) + HOUR_MS}
        found.append({**base, **closed, "properties": told})
    return found


@needs_crm
def test_opportunities_of_a_crm_are_won_lost_or_still_open() -> None:
    offer({"events": opportunities()})
    period = read_period("", "", CRM_END)
    asked = {"unit": "opportunity", "lead": "", "goal": "Deal Won", "by": "product"}
    answer = ask("revenue.time_to_goal", asked, period, CRM_END)
    won = result(answer, "revenue.time_to_goal.win_rate")
    assert (won.n["units"], won.n["goals"]) == (8_800, 4_238)
    assert [round(float(one or 0), 5) for one in (won.estimate, won.low, won.high)] == [
        0.63150,
        0.61989,
        0.64296,
    ]
    closed = {row["product"]: (row["goals"], int(str(row["goals"])) + int(str(row["lost"])))
              for row in shown(answer)}  # fmt: skip
    assert closed == {
        "GTX Basic": (915, 1436),
        "MG Special": (793, 1223),
        "GTX Pro": (729, 1147),
        "MG Advanced": (654, 1084),
        "GTX Plus Basic": (653, 1051),
        "GTX Plus Pro": (479, 745),
        "GTK 500": (15, 25),
    }
    dollars = {"by": "account", "currency": "USD"}
    ledger = ask("revenue.ledger", dollars, period, CRM_END)
    assert result(ledger, "revenue.ledger.revenue").estimate == 10_005_534
    assert 10_005_534 / won.n["goals"] == pytest.approx(2_360.91, abs=0.005)
    whale = {"of": "sold", "unit": "account", "currency": "USD"}
    few = result(ask("profit.concentration", whale, period, CRM_END), "profit.concentration.top_20")
    # The best 17 of 85 accounts.
    assert (few.estimate, few.n["units"]) == (pytest.approx(0.3169, abs=5e-5), 85)
    best = {row["account"]: row["revenue"] for row in shown(ledger)[:4]}
    assert {name: best[name] for name in ("Kan-code", "Konex", "Condax")} == {
        "Kan-code": 341_455,
        "Konex": 269_245,
        "Condax": 206_410,
    }
    offer({})


@needs_crm
def test_a_misspelt_sector_is_repaired_and_reported() -> None:
    with (CRM.parent / "accounts.csv").open(encoding="utf-8") as stream:
        sectors = [row["sector"] for row in csv.DictReader(stream)]
    known = [*(set(sectors) - {"technolgy"}), "technology"]
    repair = match_keys(sectors, known, nearly=True)
    assert repair.of("technolgy") == "technology"
    assert set(repair.repaired) == {"technolgy"}


LEADS = DATA / "olist_b2b_funnel"
needs_leads = pytest.mark.skipif(not LEADS.exists(), reason="the data set is not on this machine")
LEADS_END = parse_instant("2019-01-01") or 0


def funnel() -> list[dict[str, object]]:
    with (LEADS / "olist_marketing_qualified_leads_dataset.csv").open(encoding="utf-8") as stream:
        leads = list(csv.DictReader(stream))
    with (LEADS / "olist_closed_deals_dataset.csv").open(encoding="utf-8") as stream:
        deals = list(csv.DictReader(stream))
    return [
        *(_lead_event(row) for row in leads),
        *(_deal_event(row) for row in deals),
    ]


def _lead_event(row: dict[str, str]) -> dict[str, object]:
    return {
        "leaf": row["mql_id"],
        "type": "track",
        "name": "Lead Created",
        "trust": 2,
        "occurred_at": (parse_instant(row["first_contact_date"]) or 0) + 12 * HOUR_MS,
        "properties": json.dumps({"origin": row["origin"]}),
    }


def _deal_event(row: dict[str, str]) -> dict[str, object]:
    won_at = parse_instant(row["won_date"].replace(" ", "T") + "Z")
    return {"leaf": row["mql_id"], "type": "track", "name": "Deal Won", "trust": 2,
            "occurred_at": won_at}  # fmt: skip


@needs_leads
def test_leads_of_a_marketplace_by_their_origin() -> None:
    offer({"events": funnel()})
    asked = {"lead": "Lead Created", "goal": "Deal Won"}
    answer = ask("revenue.time_to_goal", asked, read_period("", "", LEADS_END), LEADS_END)
    table = {
        row["origin"]: (
            row["leads"],
            row["goals"],
            *(f"{float(str(row[end])):.4f}"[1:] for end in ("rate", "low", "high")),
        )
        for row in shown(answer)
    }
    assert table == {
        "organic_search": (2296, 271, ".1180", ".1055", ".1319"),
        "paid_search": (1586, 195, ".1230", ".1077", ".1400"),
        "social": (1350, 75, ".0556", ".0446", ".0691"),
        "unknown": (1099, 179, ".1629", ".1422", ".1859"),
        "direct_traffic": (499, 56, ".1122", ".0874", ".1429"),
        "email": (493, 15, ".0304", ".0185", ".0496"),
        "referral": (284, 24, ".0845", ".0574", ".1227"),
        "other": (150, 4, ".0267", ".0104", ".0666"),
        "display": (118, 6, ".0508", ".0235", ".1065"),
        "other_publicities": (65, 3, ".0462", ".0158", ".1271"),
        "(empty)": (60, 14, ".2333", ".1444", ".3544"),
    }
    every = ask("revenue.time_to_goal", {**asked, "by": "all"}, read_period("", "", LEADS_END),
                LEADS_END)  # fmt: skip
    row = shown(every)[0]
    assert (row["leads"], row["goals"], row["median_days"]) == (8_000, 842, 14)
    warnings = every.results[0].warnings
    assert "1_goal_before_lead" in warnings
    assert any("not_fully_recorded" in one for one in warnings)
    offer({})


CAMPAIGN = DATA / "ifood_marketing_campaign" / "marketing_campaign.csv"
needs_campaign = pytest.mark.skipif(
    not CAMPAIGN.exists(), reason="the data set is not on this machine"
)
CONTACTED_AT = 20_000 * DAY_MS


@needs_campaign
def test_a_campaign_that_cost_more_than_it_brought_and_of_which_nobody_knows_the_effect() -> None:
    with CAMPAIGN.open(encoding="utf-8") as stream:
        people = list(csv.DictReader(stream, delimiter="\t"))
    events: list[dict[str, object]] = []
    for row in people:
        base = {"leaf": f"user_id:{row['ID']}", "user_id": row["ID"], "occurred_at": CONTACTED_AT}
        events.append({**base, "path": "/offer", "campaign": "last", "channel": "email"})
        if row["Response"] == "1":
            bought = {"revenue": int(row["Z_Revenue"]), "currency": "EUR"}
            order = {"type": "track", "name": "Order Completed", "properties": json.dumps(bought)}
            events.append({**base, **order, "occurred_at": CONTACTED_AT + HOUR_MS, "trust": 2})
    costs = [
        {"file": "last", "row_key": row["ID"], "day": 20_000, "kind": "media", "campaign": "last",
         "amount": Decimal(row["Z_CostContact"]), "currency": "EUR", "received_at": 0}
        for row in people
    ]  # fmt: skip
    offer({"events": events, "imported_costs": costs})
    answer = ask("revenue.costs", {"by": "campaign"})
    figures = {one.name: one.estimate for one in answer.results}
    assert [figures[f"revenue.costs.{name}"] for name in ("cost", "revenue", "result")] == [
        6_720,
        3_674,
        -3_046,
    ]
    assert [(row["campaign"], row["result"], row["sales"]) for row in shown(answer)] == [
        ("last", -3_046, 334)
    ]
    lift = ask("lift", {"goal": "Order Completed"})
    assert lift.status == "too_little_data"
    assert all(one.estimate is None for one in lift.results)
    offer({})
