"""The media mix against published data: known truth, a textbook regression, and a hopeless case."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.measure.asking import ask, offer, shown
from tests.measure.mix_world import series_rows
from wegweiser.measure.mix.analysis import spread
from wegweiser.measure.mix.bayesian import require_extra, sampled
from wegweiser.measure.mix.fit import draws, fit
from wegweiser.measure.mix.honesty import returns, shares
from wegweiser.measure.mix.regression import best_regression, regress
from wegweiser.measure.mix.weeks import Floats, Weeks, weeks_of
from wegweiser.terms.errors import InputRefused

TRUTH = {"x1": (0.291, 0.4, 4_968.0), "x2": (0.070, 0.2, 2_275.0)}
Table = dict[str, Floats]


def table(file: Path) -> Table:
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {
        name: np.array([float(row[name]) for row in rows])
        for name in rows[0]
        if name not in ("date_week", "wk_strt_dt")
    }


@pytest.fixture(scope="module")
def example(shared_data: Callable[[str], Path]) -> Table:
    return table(shared_data("pymc_mmm") / "mmm_example.csv")


@pytest.fixture(scope="module")
def insurance(shared_data: Callable[[str], Path]) -> Table:
    return table(shared_data("insurance_advertising") / "insurance.csv")


@pytest.fixture(scope="module")
def retail(shared_data: Callable[[str], Path]) -> Table:
    return table(shared_data("mmm_stan") / "data.csv")


def weeks(example: Table, before: int = 0) -> Weeks:
    """The example; with weeks before it in which nothing was spent, as it was made."""
    pad = np.zeros(before)
    columns = {name: np.concatenate([pad, column]) for name, column in example.items()}
    return weeks_of(
        columns["y"],
        {name: columns[name] for name in TRUTH},
        {name: columns[name] for name in ("event_1", "event_2")},
    )


def test_shares_and_decays_of_the_example_lie_in_90_percent_intervals(example: Table) -> None:
    chance = np.random.default_rng(7)
    found = fit(weeks(example), chance)
    drawn = draws(found, chance, settings={"asked": 1.0})["asked"]
    # The published shares are over all weeks, the first seven among them.
    told = shares(weeks(example, before=7), drawn)
    for k, name in enumerate(found.weeks.names):
        share, decay, _ = TRUTH[name]
        for column, truth in ((told[:, k], share), (drawn.decay[:, k], decay)):
            interval = spread(column, 0.9)
            assert interval.low <= truth <= interval.high, (name, truth, interval)
            assert interval.high - interval.low < 0.2
    earned = returns(weeks(example, before=7), drawn)
    for k, name in enumerate(found.weeks.names):
        interval = spread(earned[:, k], 0.9)
        assert interval.low <= TRUTH[name][2] <= interval.high, (name, interval)
        assert interval.high < 1.5 * interval.low


def test_a_regression_with_remembering_errors_gives_the_textbook_figures(
    insurance: Table,
) -> None:
    quotes, media = insurance["Quotes"], insurance["TV.advert"][:, None]
    level = np.ones((len(quotes), 1))
    ar3 = regress(quotes, media, level, 1, (3, 0))
    assert [one.estimate for one in ar3.effects[0]] == pytest.approx([1.256, 0.162], rel=0.01)
    assert ar3.memory == pytest.approx([1.412, -0.932, 0.359], rel=0.01)
    assert ar3.periods == 39
    arma = regress(quotes, media, level, 1, (1, 2))
    assert [one.estimate for one in arma.effects[0]] == pytest.approx([1.2527, 0.1464], rel=0.01)
    assert arma.aic == pytest.approx(61.88, rel=1e-3)
    aicc = [regress(quotes, media, level, lags, (1, 2), first=3).aicc for lags in range(4)]
    assert aicc == pytest.approx([69.26, 62.83, 65.44, 68.25], abs=0.02)


@pytest.mark.sweep
def test_the_regression_chooses_one_lag_by_itself(insurance: Table) -> None:
    found = best_regression(insurance["Quotes"], insurance["TV.advert"][:, None], np.ones((40, 1)))
    assert found.lags == 1
    assert found.total[0].estimate == pytest.approx(1.256 + 0.162, rel=0.01)


def causes(retail: Table) -> list[dict[str, object]]:
    """Sales, and what else may move them, as imported series."""
    controls = {name: ("control", retail[name]) for name in ("me_ics_all", "st_ct", "mrkdn_pdm")}
    return series_rows({"sales": ("sales", retail["sales"]), **controls})


def costs(retail: Table) -> list[dict[str, object]]:
    """The spend of the channels as imported costs."""
    return [
        {
            "file": "spend",
            "row_key": f"{row['name']}{row['day']}",
            "day": row["day"],
            "kind": "media",
            "channel": row["name"],
            "amount": Decimal(f"{row['value']:.2f}"),
            "currency": "EUR",
            "received_at": 0,
        }
        for row in series_rows(
            {name: ("media", column) for name, column in retail.items() if "mdsp_" in name}
        )
    ]


def test_many_channels_in_few_weeks_are_mostly_refused(retail: Table) -> None:
    offer({"imported_series": causes(retail), "imported_costs": costs(retail)})
    everything = ask("mix", {"sales": "sales"})
    assert [one.reason for one in everything.results] == ["too_little"]
    assert everything.results[0].weeks_needed == 312 - 209
    few = ask("mix", {"sales": "sales", "channels": "mdsp_dm"})
    states = {row["channel"]: row["state"] for row in shown(few)}
    assert set(states.values()) == {"prior"}
    assert all(one.reason == "unidentified" for one in few.results if ".share." in one.name)
    assert "worse_than_a_year_ago" in few.results[-1].warnings


def test_the_budget_refuses_where_the_data_say_nothing(retail: Table) -> None:
    offer({"imported_series": causes(retail), "imported_costs": costs(retail)})
    options = {"model": "mix", "by": "channel", "sales_margin": "0.3", "sales": "sales"}
    answer = ask("allocate.budget", {**options, "channels": "mdsp_dm"})
    assert [one.reason for one in answer.results] == ["unidentified"]
    assert all(row["planned"] is None for row in shown(answer))


@pytest.mark.sweep
def test_sampling_finds_the_same(example: Table) -> None:
    try:
        require_extra()
    except InputRefused:
        pytest.skip("the extra mix (pymc-marketing) is not installed")
    for setting in sampled(weeks(example), 3).values():
        assert setting.is_sound
        told = shares(weeks(example, before=7), setting.shapes)
        for k, name in enumerate(weeks(example).names):
            share, decay, _ = TRUTH[name]
            for column, truth in ((told[:, k], share), (setting.shapes.decay[:, k], decay)):
                interval = spread(column, 0.9)
                assert interval.low <= truth <= interval.high, (name, truth, interval)
