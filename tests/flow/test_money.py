"""Costs and rates through the doors: loaded, corrected, listed, removed, and asked for."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.flow.loops import on_a_loop
from tests.flow.sites import caller, post, running
from wegweiser.cli.main import app
from wegweiser.flow.money_book import read_kept_costs
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

ROW: JsonObject = {
    "day": "2026-03-01",
    "kind": "media",
    "channel": "social",
    "amount": "12.50",
    "currency": "EUR",
}


async def load(site: Site, *rows: JsonObject, file: str = "march") -> Json:
    """Load rows of costs."""
    return await operations.run(site, "cost_load", {"file": file, "rows": [*rows]})


@on_a_loop
async def test_a_file_loaded_again_changes_nothing_and_a_correction_replaces() -> None:
    async with running() as site:
        more = {**ROW, "campaign": "spring", "amount": 3}
        assert await load(site, ROW, more, ROW) == {"created": 3, "changed": 0, "unchanged": 0}
        assert await load(site, ROW, more, ROW) == {"created": 0, "changed": 0, "unchanged": 3}
        corrected = {**more, "amount": "2.75"}
        assert await load(site, ROW, corrected) == {"created": 0, "changed": 1, "unchanged": 1}
        assert await operations.run(site, "cost_list", {}) == [
            {
                "file": "march",
                "rows": 3,
                "first_day": "2026-03-01",
                "last_day": "2026-03-01",
                "amounts": {"EUR": "27.75"},
            }
        ]
        removed = await operations.run(site, "cost_remove", {"file": "march"})
        assert removed == {"file": "march", "removed": 3}
        with pytest.raises(NotFound):
            await operations.run(site, "cost_remove", {"file": "march"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "12,50"}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": "1.00001"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"currency": "euro"}, "currency"),
        ({"day": "yesterday"}, "day"),
        ({"kind": "bribe"}, "kind"),
        ({"chanel": "x"}, "chanel"),
        ({"per": "dozen"}, "per"),
        ({"per": "unit"}, "driver"),
        ({"driver": "order", "person_id": "u-1"}, "driver"),
    ],
)
@on_a_loop
async def test_a_wrong_row_is_named_and_nothing_is_kept(change: JsonObject, field: str) -> None:
    async with running() as site:
        with pytest.raises(InputRefused) as refused:
            await load(site, ROW, {**ROW, **change})
        assert refused.value.field == field
        assert "Row 2" in str(refused.value)
        assert await operations.run(site, "cost_list", {}) == []


@on_a_loop
async def test_costs_and_rates_reach_the_measures() -> None:
    async with running() as site:
        key, _ = caller(site)
        properties: JsonObject = {"order_id": "o-1", "revenue": 100, "currency": "USD"}
        order: JsonObject = {"type": "track", "event": "Order Completed", "userId": "u-1"}
        await post(site, key, "/v1/track", {**order, "messageId": "m-1", "properties": properties})
        today = site.clock.now_ms()
        day = today - today % 86_400_000
        await load(site, {**ROW, "day": _date(day), "amount": 10})
        answer = await site.measure("revenue.costs", {})
        assert answer.results[0].reason == "no_source"
        rate: JsonObject = {"day": _date(day), "currency": "USD", "rate": "0.9"}
        await operations.run(site, "rate_load", {"rows": [rate]})
        answer = await site.measure("revenue.costs", {})
        figures = {one.name: one.estimate for one in answer.results}
        assert figures["revenue.costs.result"] == 80
        assert (await operations.run(site, "rate_list", {})) == [{**rate, "base": "EUR"}]
        await operations.run(site, "rate_remove", {"currency": "usd"})
        assert (await site.measure("revenue.ledger", {})).results[0].reason == "no_source"


@on_a_loop
async def test_costs_find_their_customer_and_the_erased_vanish_from_them() -> None:
    async with running() as site:
        key, _ = caller(site)
        properties: JsonObject = {"order_id": "o-1", "revenue": 100, "currency": "EUR"}
        order: JsonObject = {"type": "track", "event": "Order Completed", "userId": "u-1"}
        await post(site, key, "/v1/track", {**order, "messageId": "m-1", "properties": properties})
        row = {**ROW, "day": _date(site.clock.now_ms()), "channel": "", "kind": "service"}
        rows = [{**row, "person_id": "u-1"}, {**row, "driver": "order", "per": "unit"}]
        await load(site, *rows)
        answer = await site.measure("profit.accounts", {"unit": "person"})
        table = [dict(zip(answer.columns, each, strict=True)) for each in answer.rows]
        assert [(each["service"], each["contribution"]) for each in table] == [(25, 75)]
        assert table[0]["rules"] == "service: direct person 12.50; service: each order 12.50"
        await operations.run(site, "forget", {"identifier": "user_id:u-1"})
        assert all(not cost.person_id for cost in read_kept_costs(site.engines.store))
        again = await load(site, *rows)
        assert again == {"created": 0, "changed": 0, "unchanged": 2}


def _date(at_ms: int) -> str:
    return format_instant(at_ms)[:10]


def test_the_commands(tmp_path: Path) -> None:
    """Load a CSV of costs, list it, take it away, and check a flat file for leaks."""
    data, costs, sold = tmp_path / "data", tmp_path / "costs.csv", tmp_path / "sold.csv"
    with costs.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*ROW])
        writer.writeheader()
        writer.writerow(ROW)
    with sold.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["won", "fee", "size"])
        lines.writerows([n % 4 == 0, 9 * (n % 4 == 0), n % 7] for n in range(200))
    run = CliRunner()
    at = ["--data", str(data), "--json"]
    assert run.invoke(app, ["source", "create", "shop", *at]).exit_code == 0
    loaded = run.invoke(app, ["money", "load", str(costs), *at])
    assert '"created":1' in loaded.output
    assert "costs.csv" in run.invoke(app, ["money", "files", *at]).output
    assert '"removed":1' in run.invoke(app, ["money", "remove", "costs.csv", *at]).output
    leaks = run.invoke(app, ["money", "leaks", str(sold), "--goal", "won", *at])
    assert '"excluded"' in leaks.output
    assert '"unknown"' in leaks.output
