"""What `lifetime.*` knows before it answers: the chosen model, season, regularity, and warnings."""

import hashlib
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np

from wegweiser.measure.form import Asked, Option
from wegweiser.measure.lifetime.checks import REGULAR, is_seasonal, regularity, seasonal_index
from wegweiser.measure.lifetime.chosen import Chosen, choose
from wegweiser.measure.lifetime.holdout import WARNED, seasonal_factor
from wegweiser.measure.lifetime.models import AT_ANY_TIME
from wegweiser.measure.lifetime.order_steps import OCCASIONS, UNITS, UNITS_A_YEAR
from wegweiser.measure.lifetime.told import Told
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Question
from wegweiser.terms.wrong import wrong

_WEEKS_A_YEAR = 365.25 / 7


class Study(msgspec.Struct, frozen=True):
    """A model chosen for what is told, and what to know beside it.

    `horizon` is in weeks or occasions, `season` multiplies what it holds; `k` is the regularity of
    buying where it is known; `is_timed` is false where one can order on fixed occasions only.
    """

    told: Told
    chosen: Chosen
    horizon: float
    season: float
    k: float | None
    warnings: tuple[str, ...]
    is_timed: bool = True


def study(told: Told, asked: Asked) -> Study:
    """Choose a model, and look for what would make its forecast wrong."""
    occasion = asked.text("occasion")
    # Nothing is foretold beyond twice what is known.
    most = 2 * float(told.now.age.max())
    horizon = min(horizon_of(asked), most if occasion == "any" else max(1.0, np.floor(most)))
    end = min(asked.period.end, asked.as_of)
    held_days = round(told.held * 7) if occasion == "any" else 0
    cut = _day(end) - timedelta(days=held_days)
    index = seasonal_index(told.months, f"{_day(end):%Y-%m}")
    before = seasonal_index(told.months, f"{cut:%Y-%m}")
    factor_before = seasonal_factor(before, _months(cut, told.held))
    wish = asked.text("model") if occasion == "any" else "bg_bb"
    chosen = choose(told, wish, factor_before)
    k = regularity(told.gaps)
    unlearned = index is None and is_seasonal(told.months)
    return Study(
        told=told,
        chosen=chosen,
        horizon=horizon,
        season=seasonal_factor(index, _months(_day(end), horizon)) if occasion == "any" else 1.0,
        k=k,
        warnings=_warnings(chosen, k, unlearned, horizon < horizon_of(asked)),
        is_timed=occasion == "any",
    )


def horizon_of(asked: Asked) -> float:
    """Give the horizon in weeks, or in whole occasions; raises InputRefused below a week."""
    occasion, weeks = asked.text("occasion"), asked.whole("horizon_weeks")
    if weeks < 1:
        told = wrong("horizon_ahead")
        raise InputRefused("bad_option", told, 422, "horizon_weeks")
    if occasion == "any":
        return float(weeks)
    return float(max(1, round(weeks * UNITS_A_YEAR[occasion] / _WEEKS_A_YEAR)))


def years_of(studied: Study, asked: Asked) -> float:
    """Give the years that the horizon takes."""
    return studied.horizon / UNITS_A_YEAR[asked.text("occasion")]


def chance_of(asked_question: Question) -> np.random.Generator:
    """Give the chance that hangs on the question alone, so that it draws the same again."""
    encoded = msgspec.json.encode(asked_question, order="sorted")
    return np.random.default_rng(int.from_bytes(hashlib.sha256(encoded).digest()[:8], "big"))


def _warnings(chosen: Chosen, k: float | None, unlearned: bool, is_cut: bool) -> tuple[str, ...]:
    error = chosen.holdout.error
    found = {
        "drop_out_cannot_be_told": not chosen.drop_out_told,
        "holdout_error_above_10_percent": error is None or abs(error) > WARNED,
        "regular_buyers": k is not None and k > REGULAR,
        "season_not_learnable_yet": unlearned,
        "horizon_cut_to_twice_the_history": is_cut,
    }
    return tuple(name for name, holds in found.items() if holds)


def _day(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)


def _months(start: datetime, weeks: float) -> list[int]:
    """List the month of each day of so many weeks."""
    return [(start + timedelta(days=day)).month for day in range(round(weeks * 7))]


SHARED_OPTIONS = (
    Option("unit", "text", "person", both("who buys", "wer kauft"), UNITS),
    Option("horizon_weeks", "whole", 52, both("weeks looked ahead", "Wochen im Voraus")),
    Option(
        "holdout_weeks",
        "whole",
        0,
        both(
            "weeks foretold first and compared; 0 is the last third, at most 26",
            "Wochen, die erst vorhergesagt und verglichen werden; 0 ist das letzte Drittel,"
            " höchstens 26",
        ),
    ),
    Option(
        "model",
        "text",
        "auto",
        both("buying model", "Kaufmodell"),
        ("auto", *AT_ANY_TIME),
    ),
    Option(
        "occasion",
        "text",
        "any",
        both(
            "when one can order; a fixed occasion, such as month, takes BG/BB",
            "wann bestellt werden kann; bei festem Anlass, etwa month, gilt BG/BB",
        ),
        OCCASIONS,
    ),
    CURRENCY,
)
