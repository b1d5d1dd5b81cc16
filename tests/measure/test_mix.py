"""The media mix from imported rows to figures: gates, tables, sentences, doors and the budget."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import wegweiser
from tests.flow.loops import on_a_loop
from tests.flow.sites import running
from tests.measure.asking import ask, ask_rows, offer, result, shown
from tests.measure.mix_world import World, series_rows
from wegweiser.cli.main import app
from wegweiser.measure.mix import engine
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import Answer
from wegweiser.web.charts import of_answer
from wegweiser.web.charts.answer_figure import figure_of
from wegweiser.web.charts.figures import CurveFigure
from wegweiser.workspace import operations

OPTIONS = {"sales": "till"}
Given = list[dict[str, object]]


def world(weeks: int = 120) -> World:
    return World(np.random.default_rng(12), weeks=weeks)


def series(told: World, **more: tuple[str, np.ndarray]) -> Given:
    columns = {"a": ("media", told.spent[:, 0]), "b": ("media", told.spent[:, 1])}
    return series_rows({"till": ("sales", 1_000 * told.sales), **columns, **more})


def costs(told: World) -> Given:
    """The same spend as costs of the ledger, a hundred for each unit."""
    rows = series_rows({"a": ("media", told.spent[:, 0]), "b": ("media", told.spent[:, 1])})
    return [
        {
            "file": "spend",
            "row_key": f"{row['name']}{row['day']}",
            "day": row["day"],
            "kind": "media",
            "channel": row["name"],
            "amount": Decimal(f"{100 * float(str(row['value'])):.4f}"),
            "currency": "EUR",
            "received_at": 0,
        }
        for row in rows
    ]


def test_shares_and_returns_are_told_with_what_they_rest_on() -> None:
    told = world()
    sales = [row for row in series(told) if row["role"] == "sales"]
    offer({"imported_series": sales, "imported_costs": costs(told)})
    answer = ask("mix", OPTIONS)
    share = result(answer, "mix.share.a")
    assert (share.low or 0) <= told.shares["a"] <= (share.high or 0)
    assert (share.evidence, share.kind, share.n["weeks"]) == ("model", "bootstrap", 120)
    assert "confirm by switching it off" in share.sentence["en"]
    assert result(answer, "mix.return.a").unit == "EUR per EUR"
    assert "was off by" in result(answer, "mix.holdout").sentence["en"]
    rows = {row["channel"]: row for row in shown(answer)}
    assert rows["a"]["share"] == share.estimate
    assert {row["state"] for row in rows.values()} == {"identified"}
    assert ask("mix", OPTIONS) == answer


def test_curves_rise_from_nothing_and_are_drawn() -> None:
    offer({"imported_series": series(world())})
    answer = ask("mix.curves", OPTIONS)
    rows = [row for row in shown(answer) if row["channel"] == "a"]
    assert len(rows) == 21
    assert (rows[0]["spend"], rows[0]["sales"]) == (0.0, 0.0)
    middles = [float(str(row["sales"])) for row in rows]
    assert middles == sorted(middles)
    assert all(row["sales_low"] <= row["sales"] <= row["sales_high"] for row in rows)  # type: ignore[operator]
    assert result(answer, "mix.curves.margin.a").estimate
    figure = figure_of(answer, "de")
    assert isinstance(figure, CurveFigure)
    assert [len(one.points) for one in figure.curves] == [21, 21]
    assert figure.caption.endswith("Umsatz (Einsatz)")
    assert b"<svg" in of_answer.svg(answer, "de")
    with pytest.raises(InputRefused, match="lines and no curves"):
        ask("mix.curves", {**OPTIONS, "engine": "regression"})


def reasons(answer: Answer) -> list[str]:
    return [one.reason for one in answer.results]


def test_the_gates_in_their_order() -> None:
    offer({})
    assert reasons(ask("mix", OPTIONS)) == ["no_source"]
    told = world(100)
    offer({"imported_series": [row for row in series(told) if row["role"] == "sales"]})
    nothing = ask("mix", OPTIONS)
    assert (reasons(nothing), "costs or contacts" in nothing.results[0].sentence["en"]) == (
        ["no_source"],
        True,
    )
    offer({"imported_series": series(told)})
    short = ask("mix", OPTIONS)
    assert (reasons(short), short.results[0].weeks_needed) == (["too_little"], 4.0)
    assert "100 of 104 weeks" in short.results[0].sentence["en"]
    offer(
        {
            "imported_series": series(told),
            "imported_costs": [c | {"currency": "USD"} for c in costs(told)],
        }
    )
    assert "lacks USD" in ask("mix", OPTIONS).results[0].sentence["en"]
    causes = {f"c{k}": ("event", np.eye(100)[k]) for k in range(3)}
    holes = series_rows({"price": ("control", told.sales[:90])})
    offer({"imported_series": series(told, **causes) + holes})
    gap = ask("mix", OPTIONS).results[0]
    assert (gap.reason, "price (10)" in gap.sentence["de"]) == ("no_source", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": "radio"},
        {"tests": "radio 1 1 1 1"},
        {"tests": "a 1 1 nan 1"},
        {"tests": "a 1 inf 1 1"},
        {"decay": "1"},
        {"returns": "0"},
        {"engine": "magic"},
    ],
)
def test_wrong_options_are_refused(wrong: dict[str, str]) -> None:
    offer({"imported_series": series(world())})
    with pytest.raises(InputRefused):
        ask("mix", OPTIONS | wrong)


def test_a_small_mix_is_a_regression() -> None:
    told = world(40)
    columns = {"till": ("sales", told.sales), "a": ("media", told.spent[:, 0])}
    offer({"imported_series": series_rows(columns)})
    answer = ask("mix", {**OPTIONS, "engine": "regression"})
    effect = result(answer, "mix.effect.a")
    assert (effect.estimate or 0) > 0
    assert "ARMA" in effect.method
    assert {row["channel"] for row in shown(answer)} == {"a"}
    offer({"imported_series": series(told, c=("media", told.spent[:, 1]))})
    many = ask("mix", {**OPTIONS, "engine": "regression"})
    assert (reasons(many), many.results[0].n["channels"]) == (["too_little"], 3)


def test_weeks_without_sales_are_refused_in_a_series_and_told_of_in_the_ledger() -> None:
    told = world(40)
    rows = series_rows({"till": ("sales", told.sales), "a": ("media", told.spent[:, 0])})
    sales = [row for row in rows if row["role"] == "sales"]
    media = [row for row in rows if row["role"] != "sales"]
    lacking = sorted(sales, key=lambda row: str(row["day"]))
    offer({"imported_series": [*lacking[:20], *lacking[22:], *media]})
    small = {"engine": "regression"}
    refused = ask("mix", {**OPTIONS, **small}).results[0]
    assert (refused.reason, "in 2 weeks" in refused.sentence["en"]) == ("no_source", True)
    orders = [_sold(row) for row in lacking]
    for events, warned in ((orders, False), (orders[:20] + orders[22:], True)):
        offer({"imported_series": media, "events": events})
        found = ask("mix", small).results
        assert found[0].enough_data
        assert all(("weeks_without_sales" in one.warnings) == warned for one in found)
        assert ("In 2 weeks nothing was sold" in found[0].sentence["en"]) == warned
        assert ("In 2 Wochen" in found[0].sentence["de"]) == warned


def _sold(row: dict[str, object]) -> dict[str, object]:
    day = date.fromisoformat(str(row["day"])) if not isinstance(row["day"], date) else row["day"]
    stated = {"revenue": round(1_000 * float(str(row["value"])), 2), "currency": "EUR"}
    return {
        "leaf": "user_id:u",
        "user_id": "u",
        "type": "track",
        "name": "Order Completed",
        "occurred_at": ((day - date(1970, 1, 1)).days * DAY_MS) + DAY_MS // 2,
        "properties": json.dumps(stated),
    }


def test_only_whole_weeks_count_and_others_are_added_up() -> None:
    told = world(110)
    offer({"imported_series": series(told, c=("media", told.spent[:, 1]))})
    rows = ask_rows("mix", OPTIONS)
    assert len({row["week"] for row in rows}) == 110
    assert all(row["n"] == 1 for row in rows)
    together = ask("mix", {**OPTIONS, "channels": "a"})
    assert {row["channel"] for row in shown(together)} == {"a", "(other media)"}


def test_weekly_sums_add_up_over_files_and_in_any_order() -> None:
    told = world(106)
    whole = series(told) + [{**row, "file": "more.csv"} for row in series(told)]
    parts = [whole[::2], whole[1::2]]
    sums: dict[tuple[str, ...], float] = {}
    for part in parts:
        offer({"imported_series": part})
        for row in ask_rows("mix", OPTIONS):
            key = (str(row["week"]), str(row["role"]), str(row["name"]))
            sums[key] = sums.get(key, 0.0) + float(str(row["amount"]))
    offer({"imported_series": whole})
    rows = ask_rows("mix", OPTIONS)
    for row in rows:
        key = (str(row["week"]), str(row["role"]), str(row["name"]))
        assert sums.pop(key) == pytest.approx(row["amount"], rel=1e-9)
    assert not sums
    offer({"imported_series": whole[::-1]})
    assert ask_rows("mix", OPTIONS) == rows


def test_an_engine_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wegweiser.measure.mix.bayesian.find_spec", lambda name: None)
    offer({"imported_series": series(world())})
    with pytest.raises(InputRefused, match=r"wegweiser\[mix\]"):
        ask("mix", {**OPTIONS, "engine": "pymc"})
    assert engine.ENGINES[-1] == "pymc"


def test_the_budget_takes_curves_where_nothing_was_tested() -> None:
    told = world(156)
    sales = [row for row in series(told) if row["role"] == "sales"]
    offer({"imported_series": sales, "imported_costs": costs(told)})
    options = {"model": "mix", "by": "channel", "sales_margin": "0.4", "sales": "till"}
    answer = ask("allocate.budget", options)
    rows = {row["thing"]: row for row in shown(answer)}
    assert set(rows) == {"a", "b"}
    assert {row["evidence"] for row in rows.values()} == {"model"}
    assert answer.results[0].evidence == "model"
    assert answer.results[0].estimate is not None
    spent = sum(float(str(row["planned"])) for row in rows.values())
    assert spent <= sum(float(str(row["now"])) for row in rows.values()) * (1 + 1e-9)
    with pytest.raises(InputRefused, match="sales-margin"):
        ask("allocate.budget", {**options, "sales_margin": "0"})
    with pytest.raises(InputRefused, match="by channel"):
        ask("allocate.budget", {**options, "by": "message"})


ROW: JsonObject = {"day": "2026-03-02", "name": "shops", "role": "sales", "value": "12.5"}


@on_a_loop
async def test_series_are_loaded_corrected_listed_and_removed() -> None:
    async with running() as site:
        rows: JsonObject = {"file": "shops", "rows": [ROW, {**ROW, "day": "2026-03-09"}]}
        assert await operations.run(site, "series_load", rows) == {
            "created": 2,
            "changed": 0,
            "unchanged": 0,
        }
        corrected: JsonObject = {"file": "shops", "rows": [{**ROW, "value": 13}, rows["rows"][1]]}  # type: ignore[index,call-overload]
        told = await operations.run(site, "series_load", corrected)
        assert told == {"created": 0, "changed": 1, "unchanged": 1}
        assert await operations.run(site, "series_list", {}) == [
            {
                "file": "shops",
                "values": 2,
                "first_day": "2026-03-02",
                "last_day": "2026-03-09",
                "series": {"shops": "sales"},
            }
        ]
        removed = await operations.run(site, "series_remove", {"file": "shops"})
        assert removed == {"file": "shops", "removed": 2}
        with pytest.raises(NotFound):
            await operations.run(site, "series_remove", {"file": "shops"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": "12,5"}, "value"),
        ({"value": True}, "value"),
        ({"value": -1}, "value"),
        ({"value": "nan"}, "value"),
        ({"role": "weather"}, "role"),
        ({"day": "soon"}, "day"),
        ({"name": " "}, "name"),
        ({"shop": "x"}, "shop"),
    ],
)
@on_a_loop
async def test_a_wrong_row_is_named(change: JsonObject, field: str) -> None:
    async with running() as site:
        with pytest.raises(InputRefused) as refused:
            await operations.run(site, "series_load", {"file": "f", "rows": [ROW, ROW | change]})
        assert refused.value.field == field
        assert await operations.run(site, "series_list", {}) == []


def test_the_command_line_loads_lists_and_removes(tmp_path: Path) -> None:
    told = world(110)
    file = tmp_path / "weeks.csv"
    lines = [f"{row['day']},{row['name']},{row['role']},{row['value']}" for row in series(told)]
    file.write_text("\n".join(["day,name,role,value", *lines]), encoding="utf-8")
    wegweiser.open(tmp_path / "data").close()
    data = ["--data", str(tmp_path / "data")]
    runner = CliRunner()
    loaded = runner.invoke(app, ["money", "series", str(file), *data])
    assert loaded.exit_code == 0, loaded.output
    listed = runner.invoke(app, ["money", "series", *data])
    assert "weeks.csv" in listed.output
    removed = runner.invoke(app, ["money", "forget-series", "weeks.csv", *data])
    assert removed.exit_code == 0, removed.output
