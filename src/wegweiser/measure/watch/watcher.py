"""Goes through series period by period, expecting each from what came before it only."""

import msgspec
import numpy as np
import numpy.typing as npt

from wegweiser.measure.statistic import Interval
from wegweiser.measure.watch.believed import believed_point, believed_run
from wegweiser.measure.watch.gaps import mean, middle
from wegweiser.measure.watch.grid import Grid
from wegweiser.measure.watch.learned import errors_of, freedom_of_tails, kept_where_unknown
from wegweiser.measure.watch.levels import Levels
from wegweiser.measure.watch.limits import (
    REFERENCE,
    chance_of_point,
    cusum_limit,
    discoveries,
    normal_size,
)
from wegweiser.measure.watch.panel import Marks, Panel, Reals, chance_spread
from wegweiser.measure.watch.revised import Revision
from wegweiser.measure.watch.runs import Runs
from wegweiser.measure.watch.seasons import Seasons
from wegweiser.measure.watch.source_error import FINE, FLAT, WORDS
from wegweiser.measure.watch.source_guard import SourceGuard

_LEAST_MEAN = 5.0
_LEAST_WHOLE = 20.0
_LEAST_HOLIDAYS = 3
_TAIL_MEMORY = 4
_WEEKS_PER_YEAR = 52.18
# A chart that speaks more often than in every hundredth period says nothing.
_MOST_OFTEN = 0.01
Wholes = npt.NDArray[np.int64]


class Signal(msgspec.Struct, frozen=True):
    """Something to tell: the series, the period at which it was known, and since when it is so.

    `kind` is point (one period), shift (a run of periods), flat, missing or late (the source
    failed); `side` is 1 above and -1 below what was expected; `chance` how probable it is per
    period where nothing happened. On the watched scale: what was expected since then on average,
    and by how much that was missed. `believed` is the share of this that is to be believed, since
    only what stands out is told.
    """

    row: int
    period: int
    since: int
    kind: str
    side: int
    chance: float
    expected: float = 0.0
    moved: float = 0.0
    believed: Interval = Interval(1.0, 1.0, 1.0)


class Watched(msgspec.Struct, frozen=True):
    """All that was found, each [series, periods], on the watched scale.

    What was expected and its spread; the error of that (not a number where it does not count);
    the whitened residual in spreads; the state of the source as it was known in the period, and
    as it is known since (a run of equal values reaches back); where alarms were possible; the
    series with faults replaced by what was expected, and what it was before that. Per series the
    strength of its seasons and the pace at which its level moves.
    """

    expected: Reals
    spread: Reals
    error: Reals
    residual: Reals
    state: npt.NDArray[np.int8]
    fault: npt.NDArray[np.int8]
    judged: Marks
    filled: Reals
    revisions: tuple[Revision, ...]
    strength: Reals
    pace: Reals
    signals: tuple[Signal, ...]


def watch(
    panel: Panel,
    grid: Grid,
    false_per_year: float = 2.0,
    holidays: Marks | None = None,
    since: Wholes | None = None,
) -> Watched:
    """Watch a panel; `holidays` marks periods unlike others, `since` when judging a series begins.

    A quiet series raises `false_per_year` alarms a year, half of them by its points and half by
    its runs; over all series together at most about one a week. Nothing that comes later changes
    what is told of a period.
    """
    periods = panel.size[1]
    marked = np.zeros(periods, dtype=np.bool_) if holidays is None else holidays
    admitted = np.zeros(panel.size[0], dtype=np.int64) if since is None else since
    return _Watcher(panel, grid, false_per_year, marked, admitted).run()


class _Watcher:
    def __init__(
        self, panel: Panel, grid: Grid, false_per_year: float, holidays: Marks, since: Wholes
    ):
        rows = panel.size[0]
        self._panel, self._grid, self._holidays = panel, grid, holidays
        self._since = since
        self._limit = min(false_per_year / grid.per_year, _MOST_OFTEN)
        self._together = min(1.0, _WEEKS_PER_YEAR / grid.per_year)
        self._cycle = grid.seasons[0] if grid.seasons else 1
        self._begins = _begins(panel.watched)
        blank = np.full(panel.size, np.nan)
        self._found = Watched(
            expected=blank.copy(),
            spread=blank.copy(),
            error=blank.copy(),
            residual=blank.copy(),
            state=np.zeros(panel.size, dtype=np.int8),
            fault=np.zeros(panel.size, dtype=np.int8),
            judged=np.zeros(panel.size, dtype=np.bool_),
            filled=panel.watched.copy(),
            revisions=(),
            strength=np.zeros(rows),
            pace=np.zeros(rows),
            signals=(),
        )
        self._signals: list[Signal] = []
        self._revisions: list[Revision] = []
        self._taken_out = np.full(rows, -1, dtype=np.int64)
        self._seasons = Seasons(self._found.filled, self._begins, grid)
        self._levels, self._runs = Levels(rows), Runs(rows)
        self._guard = SourceGuard(panel, grid.warm_up)
        self._errors = errors_of(np.full((rows, 1), np.nan), 0, self._cycle)
        self._freedom = self._errors.freedom
        self._unit = np.zeros(rows)
        self._ready = np.zeros(rows, dtype=np.bool_)
        self._able = np.zeros(rows, dtype=np.bool_)
        self._holiday = np.zeros(rows)
        self._effects: list[Reals] = []

    def run(self) -> Watched:
        for period in range(self._panel.size[1]):
            if period % self._grid.refit_every == 0:
                self._learn(period)
            self._step(period)
        return msgspec.structs.replace(
            self._found,
            strength=self._seasons.strength,
            pace=self._levels.pace,
            revisions=tuple(self._revisions),
            signals=tuple(self._signals),
        )

    def _learn(self, period: int) -> None:
        """Learn everything anew from what came before a period."""
        fresh = self._seasons.learn(period)
        if not fresh.any():
            return
        past = slice(max(0, period - self._grid.memory), period)
        bare = self._found.filled[:, past] - self._seasons.added[:, past]
        recent = np.nan_to_num(middle(self._bare_recent(period)))
        self._levels.level += self._seasons.moved
        self._levels.restart(fresh & ~self._ready, recent)
        self._ready |= fresh
        self._levels.learn(bare)
        history = self._found.error[:, past]
        errors = errors_of(history, past.start % self._cycle, self._cycle)
        self._errors = kept_where_unknown(errors, self._errors, history)
        tails = self._found.residual[:, max(0, period - _TAIL_MEMORY * self._grid.memory) : period]
        self._freedom = np.minimum(self._errors.freedom, freedom_of_tails(tails))
        old_enough = period - self._begins >= self._grid.warm_up
        admitted = period >= self._since
        self._able = self._ready & admitted & old_enough & self._often_enough(past)

    def _bare_recent(self, period: int) -> Reals:
        """Give the last cycle without the season of its phases as it is known now."""
        ahead = self._seasons.added[:, period : period + self._cycle]
        first = period - self._cycle
        bare: Reals = self._found.filled[:, first : first + ahead.shape[1]] - ahead
        return bare

    def _often_enough(self, past: slice) -> Marks:
        """Tell which series count enough to be judged; plain values always do."""
        panel = self._panel
        counted = np.nan_to_num(mean(panel.parts[:, past])) >= _LEAST_MEAN
        shared = np.nan_to_num(mean(panel.wholes[:, past])) >= _LEAST_WHOLE
        enough = np.where(panel.kinds == "share", shared, counted)
        judged: Marks = enough | (panel.kinds == "value")
        return judged

    def _step(self, period: int) -> None:
        """Expect one period, look at what came, tell, and take it in."""
        found, festive = self._found, bool(self._holidays[period])
        season = self._seasons.added[:, period] + (self._holiday if festive else 0.0)
        expected = self._levels.expected() + season
        spread = self._spread(period, expected)
        came = self._panel.watched[:, period]
        state = self._guard.look(period, expected, spread, self._ready)
        self._guard.hold(self._levels, period)
        fine = self._ready & (state == FINE) & ~np.isnan(came)
        found.expected[:, period] = np.where(self._ready, expected, np.nan)
        found.spread[:, period] = np.where(self._ready, spread, np.nan)
        found.state[:, period] = found.fault[:, period] = state
        self._tell_faults(period)
        error = np.where(fine, came - expected, np.nan)
        replaced = self._ready & (~fine | festive)
        found.filled[:, period] = np.where(
            replaced, expected - (self._holiday if festive else 0.0), found.filled[:, period]
        )
        if festive:
            self._holiday = self._learn_holiday(period, came - expected + self._holiday, fine)
            return
        found.error[:, period] = error
        found.residual[:, period] = self._whitened(error / spread)
        self._judge(period, fine)
        self._levels.follow(came - season, spread, fine)
        self._take_out_flat(period, state)

    def _spread(self, period: int, expected: Reals) -> Reals:
        own = self._errors.scale[:, period % self._cycle]
        by_chance = chance_spread(self._panel, period, expected)
        return np.maximum(np.maximum(own, by_chance), 1e-9)

    def _whitened(self, unit: Reals) -> Reals:
        """Take out what is left of the period before."""
        memory = self._errors.memory
        fresh = (unit - memory * self._unit) / np.sqrt(1 - memory**2) / self._errors.left
        self._unit = np.nan_to_num(unit)
        return fresh

    def _judge(self, period: int, fine: Marks) -> None:
        """Raise alarms that the budget of each series and that of all together allow."""
        residual = self._found.residual[:, period]
        judged = fine & self._able & ~self._guard.suspect
        self._found.judged[:, period] = judged
        point = chance_of_point(residual, self._freedom)
        # Runs are about many small things: heavy tails are drawn in to those of a normal value.
        self._runs.take(np.sign(residual) * normal_size(point), period, judged)
        run = self._runs.chance(period)
        chance = np.where(judged, np.minimum(1.0, 2 * np.fmin(point, run)), np.nan)
        known = np.flatnonzero(judged)
        if not len(known):
            return
        stands = discoveries(chance[known], self._together)
        # What has to be reached so that it is told, on this day beside these series.
        limit = min(self._limit, self._together * int(stands.sum()) / len(known))
        for row in known[stands & (chance[known] <= self._limit)]:
            self._raise(int(row), period, float(chance[row]), bool(run[row] < point[row]), limit)

    def _raise(self, row: int, period: int, chance: float, lasting: bool, limit: float) -> None:
        found = self._found
        if lasting:
            side, since, kind = self._runs.side(row), self._runs.since(row), "shift"
        else:
            side, since, kind = (1 if found.residual[row, period] > 0 else -1), period, "point"
        span = slice(since, period + 1)
        error = found.error[row, span]
        known = ~np.isnan(error)
        usual = float(found.expected[row, span][known].mean())
        moved = float(error[known].mean())
        believed = self._believed(row, span, side, limit)
        self._signals.append(Signal(row, period, since, kind, side, chance, usual, moved, believed))
        if lasting:
            self._runs.reset(row)
            bare = found.filled[row, span] - self._seasons.added[row, span]
            self._levels.begin(row, float(np.median(bare)))

    def _believed(self, row: int, span: slice, side: int, limit: float) -> Interval:
        """Give the share of a size that is to be believed; each chart has half of the limit."""
        residual = self._found.residual[row, span][self._found.judged[row, span]]
        chance = chance_of_point(residual, np.full(len(residual), self._freedom[row]))
        sizes = side * np.sign(residual) * normal_size(chance)
        mean = max(float(sizes.mean()), REFERENCE)
        if span.stop - span.start == 1:
            true = believed_point(mean, float(normal_size(np.array(limit / 2))))
        else:
            true = believed_run(mean, len(sizes), cusum_limit(2 / limit))
        return Interval(true.estimate / mean, true.low / mean, true.high / mean)

    def _tell_faults(self, period: int) -> None:
        for row, since, state in self._guard.told:
            if self._able[row]:
                self._signals.append(Signal(row, period, since, WORDS[state], 0, 0.0))

    def _take_out_flat(self, period: int, state: npt.NDArray[np.int8]) -> None:
        """Take a run of equal values out of what was learned, back to its first period.

        That is done once, when it is known; what was told of those periods stays as it was.
        """
        found = self._found
        for row in np.flatnonzero(state == FLAT).tolist():
            first = since = int(self._guard.since[row])
            if self._taken_out[row] == since:
                first = period
            self._taken_out[row] = since
            span = slice(first, period + 1)
            self._levels.level[:, row] = self._guard.held(row)
            level = float(self._levels.expected()[row])
            if first < period:
                before = found.filled[row, span].copy()
                self._revisions.append(Revision(row, first, period, before))
            found.filled[row, span] = level + self._seasons.added[row, span]
            found.error[row, span] = np.nan
            found.fault[row, span] = FLAT
            self._runs.reset(row)

    def _learn_holiday(self, period: int, effect: Reals, fine: Marks) -> Reals:
        """Learn how holidays differ, once three of them are known: the median of all so far."""
        self._effects.append(np.where(fine, effect, np.nan))
        past = np.array(self._effects).T
        known = np.sum(~np.isnan(past), axis=1)
        return np.where(known >= _LEAST_HOLIDAYS, np.nan_to_num(middle(past)), 0.0)


def _begins(watched: Reals) -> npt.NDArray[np.int64]:
    """Give the first period of each series."""
    known = ~np.isnan(watched)
    begins: Wholes = np.where(known.any(axis=1), known.argmax(axis=1), watched.shape[1])
    return begins
