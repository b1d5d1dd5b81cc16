"""Planned against measured: what became of the plan for the period that is now asked about."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.allocate.effort_cell import Cell
from wegweiser.measure.allocate.effort_plan import spread_of
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import NINETEEN, Sentence, number
from wegweiser.terms.effort import KeptPlan, PlannedCell
from wegweiser.terms.result import Result


class Review(msgspec.Struct, frozen=True):
    """What was planned and what came: gains in money against the period before the plan.

    `followed` is the share of the planned contacts that were made where they were planned.
    """

    planned: Interval
    measured: Interval
    followed: float


def review(plan: KeptPlan, cells: Sequence[Cell]) -> Review:
    """Hold a plan against what tests of the period now say of it.

    The gain is Σ profit per contact now × (contacts now − contacts of then, for as many units as
    there are now). What nobody is contacted with any more earns what was expected of it then.
    """
    known = {_name(one): one for one in cells}
    units = {one.group: one.units for one in cells}
    before = {_name(one): one for one in plan.cells}
    draws = len(cells[0].profit) if cells else 1
    gained = np.zeros(draws)
    made = wanted = 0.0
    for name in dict.fromkeys((*before, *known)):
        cell, then = known.get(name), before.get(name)
        size = 0.0 if then is None else units.get(then.group, 0.0) / max(then.units, 1.0)
        profit = cell.profit if cell is not None else np.full(draws, then.profit if then else 0.0)
        contacts = 0.0 if cell is None else cell.now
        gained += profit * (contacts - (then.now * size if then else 0.0))
        planned = then.planned * size if then else 0.0
        wanted += planned
        made += min(contacts, planned)
    stated = Interval(plan.gain, plan.gain_low, plan.gain_high)
    return Review(stated, spread_of(gained), made / wanted if wanted else 0.0)


def _name(one: Cell | PlannedCell) -> tuple[str, str, str]:
    return one.group, one.channel, one.message


def review_result(name: str, found: Review, units: int) -> Result:
    """Make the figure that opens the next period's report."""
    said: Sentence = {}
    for lang in ("en", "de"):
        followed = number(100 * found.followed, lang)
        planned, least, most = _ends(found.planned, lang)
        measured, low, high = _ends(found.measured, lang)
        said[lang] = (
            f"Planned was a gain of {planned} (between {least} and {most}); measured is {measured}"
            f" (between {low} and {high}, {NINETEEN[lang]}). {followed}% of the plan was followed."
            if lang == "en"
            else f"Geplant war ein Gewinn von {planned} (zwischen {least} und {most}); gemessen"
            f" sind {measured} (zwischen {low} und {high}, {NINETEEN[lang]}). {followed} % des"
            " Plans wurden befolgt."
        )
    return Result(
        name=f"{name}.planned_against_measured",
        unit="money beyond the period before the plan",
        n={"units": units},
        enough_data=True,
        estimate=found.measured.estimate,
        low=found.measured.low,
        high=found.measured.high,
        kind="bayesian",
        evidence="experiment",
        sentence=said,
        method="contacts as they were, profit per contact of this period's tests",
    )


def _ends(found: Interval, lang: str) -> tuple[str, str, str]:
    estimate, low, high = (number(one, lang) for one in (found.estimate, found.low, found.high))
    return estimate, low, high
