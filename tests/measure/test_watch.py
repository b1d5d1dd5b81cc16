"""Watching: nothing later changes what was told, limits hold, seasons and drifts are found."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.form import Row
from wegweiser.measure.watch.alarm import alarms_of
from wegweiser.measure.watch.drift import Effect, drift_of, spread_between
from wegweiser.measure.watch.grid import Grid
from wegweiser.measure.watch.lasting import lasting_changes
from wegweiser.measure.watch.limits import cusum_limit, run_length
from wegweiser.measure.watch.panel import Panel, Series, panel_of
from wegweiser.measure.watch.revised import Revision
from wegweiser.measure.watch.runs import Runs
from wegweiser.measure.watch.watcher import watch
from wegweiser.query.period import Period
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import Json

SMALL = Grid(per_year=365.25, seasons=(4,), refit_every=4, memory=80)


def cut_to(whole: Panel, end: int) -> Panel:
    names, shown_values, watched, kinds, parts, wholes, late = (
        getattr(whole, name) for name in whole.__struct_fields__
    )
    cut = [each[:, :end] for each in (shown_values, watched, parts, wholes, late)]
    return Panel(names, cut[0], cut[1], kinds, cut[2], cut[3], cut[4])


@st.composite
def anything(draw: st.DrawFn) -> Panel:
    """Series of counts, shares and values that vary, shift, stand still, are missing or late."""
    rng, length = np.random.default_rng(draw(st.integers(0, 10_000))), draw(st.integers(60, 150))
    made = []
    for kind in draw(
        st.lists(st.sampled_from(["count", "share", "value"]), min_size=1, max_size=3)
    ):
        level = 40 * np.exp(0.2 * (np.arange(length) % 4) + rng.normal(0, 0.1, length))
        for _ in range(draw(st.integers(0, 2))):
            begin = draw(st.integers(0, length - 1))
            level[begin:] *= draw(st.sampled_from([0.5, 0.8, 1.5, 3.0]))
        values = rng.poisson(level).astype(np.float64)
        late = np.zeros(length, dtype=np.bool_)
        for _ in range(draw(st.integers(0, 3))):
            begin = draw(st.integers(20, length - 1))
            span = slice(begin, begin + draw(st.integers(1, 40)))
            fault = draw(st.sampled_from(["flat", "nothing", "late"]))
            late[span] |= fault == "late"
            if fault == "flat":
                values[span] = values[begin]
            elif fault == "nothing":
                values[span] = np.nan if kind == "value" else 0.0
        values[: draw(st.integers(0, 30))] = np.nan
        whole = np.full(length, 400.0) if kind == "share" else None
        made.append(Series(str(len(made)), kind, values, whole, late))
    return panel_of(made)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(whole=anything(), share=st.floats(0.35, 0.99), holiday=st.integers(0, 49))
def test_what_was_told_stays_whatever_comes_later(whole: Panel, share: float, holiday: int) -> None:
    """Of any series, at any end."""
    special = np.arange(whole.size[1]) % 50 == holiday
    require_nothing_later(whole, int(share * whole.size[1]), special)


@pytest.mark.parametrize("end", [84, 88])
def test_what_was_told_stays_where_a_source_stood_still_unnoticed(end: int) -> None:
    """The run from 76 on is known at 89; a look for lasting changes lies between."""
    rng = np.random.default_rng(3)
    values = rng.poisson(60 * np.exp(0.2 * (np.arange(110) % 4))).astype(np.float64)
    values[76:100] = 400
    whole = panel_of([Series("a", "count", values), Series("b", "value", rng.normal(size=110))])
    require_nothing_later(whole, end, np.zeros(110, dtype=np.bool_))
    assert watch(whole, SMALL).revisions[0].known == 89


def require_nothing_later(whole: Panel, end: int, special: npt.NDArray[np.bool_]) -> None:
    """Hold all that is told of the periods before `end` against what was told at that time."""
    short = cut_to(whole, end)
    now, then = watch(whole, SMALL, holidays=special), watch(short, SMALL, holidays=special[:end])
    assert [one for one in now.signals if one.period < end] == list(then.signals)
    for name in ("expected", "spread", "residual", "state", "judged"):
        np.testing.assert_array_equal(getattr(now, name)[:, :end], getattr(then, name))
    # What an alarm is followed by is the one thing that may be added to it.
    told, before = alarms_of(whole, now), alarms_of(short, then)
    told = [one for one in told if one.known < end]
    assert [replace(one, last=0) for one in told] == [replace(one, last=0) for one in before]
    assert all(one.last <= late.last for one, late in zip(before, told, strict=True))
    for row in range(whole.size[0]):
        late, soon = (
            lasting_changes(one.filled[row], 30, SMALL, 7, of_row(one.revisions, row))
            for one in (now, then)
        )
        assert [(one.change, one.known) for one in late if one.known < end] == [
            (one.change, one.known) for one in soon
        ]


def of_row(revisions: Sequence[Revision], row: int) -> list[Revision]:
    return [one for one in revisions if one.row == row]


@settings(max_examples=20, deadline=None)
@given(values=st.lists(st.floats(-0.2, 0.2), min_size=4, max_size=9), spread=st.floats(1e-4, 1e-2))
def test_the_word_of_a_month_rests_on_the_months_before(values: list[float], spread: float) -> None:
    effects = [
        Effect(f"2026-{month:02}", value, spread**2) for month, value in enumerate(values, 1)
    ]
    words = [drift_of(effects[: place + 1], 0.05).word for place in range(2, len(effects))]
    later = [*effects, Effect("2027-01", -1.0, spread**2)]
    assert [drift_of(later[: place + 1], 0.05).word for place in range(2, len(effects))] == words


def test_the_limit_of_runs_keeps_its_promise() -> None:
    """By the formula of Siegmund; the textbook limit of 5 is far too often."""
    limit = cusum_limit(365 / 2)
    assert run_length(limit) == pytest.approx(365 / 2, rel=1e-6)
    rng, lengths = np.random.default_rng(8), []
    runs, quiet = Runs(400), np.zeros(400)
    for period in range(2_000):
        runs.take(rng.normal(size=400), period, np.ones(400, dtype=np.bool_))
        quiet += 1
        for row in np.flatnonzero(runs.chance(period) < 1 / (365 / 2)).tolist():
            lengths.append(quiet[row])
            quiet[row] = 0
            runs.reset(row)
    assert np.mean(lengths) == pytest.approx(365 / 2, rel=0.15)


def test_spread_between_periods_is_that_of_the_published_formula() -> None:
    """By hand: Q = Σw(d − d̄)² = 2 with w = 1/.01, d = 0, .1, .2; τ² = (2 − 2)/… = 0."""
    effects = [Effect(str(place), 0.1 * place, 0.01) for place in range(3)]
    between, q, i_squared = spread_between(effects)
    assert (between, q, i_squared) == (pytest.approx(0.0), pytest.approx(2.0), pytest.approx(0.0))
    wide = [Effect(str(place), 0.2 * place, 0.01) for place in range(3)]
    between, q, i_squared = spread_between(wide)
    # Q = 8, Σw − Σw²/Σw = 300 − 100 = 200, τ² = 6/200.
    assert (between, q, i_squared) == (
        pytest.approx(0.03),
        pytest.approx(8.0),
        pytest.approx(0.75),
    )


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([0.05] * 8, "still_effective"),
        ([0.10, 0.09, 0.08, 0.07, 0.06, 0.05], "fading"),
        ([0.10, 0.10, 0.09, 0.0, 0.0, 0.0], "no_longer_visible"),
        ([0.001, -0.002, 0.001, 0.0], "cannot_tell"),
    ],
)
def test_words_of_effects(values: list[float], word: str) -> None:
    effects = [Effect(f"2026-{month:02}", value, 1e-5) for month, value in enumerate(values, 1)]
    assert drift_of(effects, 0.02).word == word


def test_a_line_that_halves_has_a_half_life() -> None:
    effects = [Effect(f"2026-{month:02}", 0.1 - 0.01 * month, 1e-6) for month in range(6)]
    found = drift_of(effects, 0.02).half_life
    assert found is not None
    assert found.estimate == pytest.approx(5.0)
    assert found.low < 5 < found.high


def visited(days: int, fall_at: int) -> list[Row]:
    """Give page views of two channels with a week; one of them nearly ends."""
    rng, rows = np.random.default_rng(3), []
    for day in range(days):
        for channel, mean in (("mail", 30.0), ("search", 10.0)):
            expected = mean * (1.4 if day % 7 < 5 else 0.6)
            expected *= 0.1 if channel == "mail" and day >= fall_at else 1.0
            for visitor in range(rng.poisson(expected)):
                at: Json = AS_OF - (days - day) * DAY_MS + 9 * HOUR_MS + visitor * 1_000
                leaf = f"{channel}-{day}-{visitor}"
                row: Row = {"leaf": leaf, "occurred_at": at, "received_at": at}
                rows.append(row | {"path": "/", "channel": channel})
    return rows


def test_a_channel_that_fell_is_named() -> None:
    offer({"events": visited(100, 90)})
    found = ask("watch.alarms", {"series": "visits"})
    place = next(place for place, row in enumerate(shown(found)) if not row["dimension"])
    fell = shown(found)[place]
    assert (fell["series"], str(fell["known"])[:7]) == ("visits", "2026-02")
    assert str(fell["moved_with"]).startswith("channel mail")
    assert "das meiste davon liegt bei Kanal mail" in found.results[place + 1].sentence["de"]
    before = ask("watch.alarms", {"series": "visits"}, Period(0, AS_OF - 12 * DAY_MS))
    assert shown(before) == shown(found)[len(shown(found)) - len(shown(before)) :]
    day = ask("watch.baseline", {"series": "visits"}, Period(0, AS_OF - 9 * DAY_MS))
    assert day.low is not None
    assert float(str(shown(day)[-1]["came"])) < day.low
    assert result(day, "watch.baseline.season").estimate > 0.5  # type: ignore[operator]


def test_too_little_is_an_answer_with_a_date() -> None:
    offer({"events": visited(20, 99)})
    for name in ("watch.alarms", "watch.baseline", "watch.changes"):
        found = ask(name, {"series": "visits"})
        assert (found.status, found.results[0].reason) == ("too_little_data", "too_little")
        assert "20 of 56 days" in found.sentence["en"]
    offer({})
    assert ask("watch.alarms").results[0].reason == "no_source"
    assert ask("watch.effect").results[0].reason == "no_source"


def test_wrong_options_are_refused() -> None:
    offer({"events": visited(57, 99)})
    for wrong in ({"series": "vists"}, {"budget": "0"}, {"holidays": "Christmas"}):
        with pytest.raises(InputRefused):
            ask("watch.alarms", wrong)
    with pytest.raises(InputRefused):
        ask("watch.baseline", {"series": "visits,cost"})


def test_a_month_that_is_not_over_is_judged_by_what_bears_being_looked_at_daily() -> None:
    """Such a split is rare at one look, and not so rare at one of thirty."""
    begun = AS_OF - 10 * DAY_MS
    rows: list[Row] = [
        {"leaf": f"{arm}{number}", "decision_id": f"{arm}{number}", "arm": arm}
        | {"occurred_at": begun, "received_at": begun}
        for arm, size in (("main", 3_000), ("nothing", 2_700))
        for number in range(size)
    ]
    offer({"decisions": rows})
    options = {"goal": "sale", "shares": "main=1,nothing=1"}
    running = ask("watch.effect", options, Period(0, AS_OF))
    assert "broken" not in [one.reason for one in running.results]
    later = AS_OF + 40 * DAY_MS
    over = ask("watch.effect", options, Period(0, later), as_of=later)
    assert [one.reason for one in over.results] == ["broken"]
