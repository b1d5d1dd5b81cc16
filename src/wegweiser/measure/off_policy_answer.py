"""The answer of a simulation: values with intervals, or the reason why nobody can tell."""

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from wegweiser.measure.off_policy import (
    LEAST_EFFECTIVE,
    Choices,
    Estimates,
    Fitness,
    Offers,
    Places,
    estimate,
    fitness_of,
    logged_value,
    normalised_value,
)
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import Sentence, between, both, estimate_of, number

# Resampling and folds are drawn from one seed, so that the same question gives the same answer.
SEED = 20_260_101
BIASED = "biased by selection"


class Row(msgspec.Struct, frozen=True):
    """Where a logged choice comes from: unit, moment (ms), arm, model, and place in a slate."""

    unit: str
    at: int
    arm: str
    model: int
    position: int = 0


class Shift(msgspec.Struct, frozen=True):
    """How often a message was chosen, and how often the draft expects to; "" is nothing.

    It reached `units` and is expected to reach `units_after`, where units are known.
    `mean_reward` is the plain mean of the choices of that message: `biased` by selection, since
    it was chosen where it was expected to do well.
    """

    message: str
    before: int
    after: float
    mean_reward: float | None = None
    biased: str = BIASED
    units: int | None = None
    units_after: float | None = None


class Spent(msgspec.Struct, frozen=True):
    """How often we began a contact on a channel, and how often the draft expects to."""

    channel: str
    before: int
    after: float


class Stratum(msgspec.Struct, frozen=True):
    """One part of the log by itself; `value` is None where it is too little."""

    by: str
    key: str
    n: int
    effective: float
    value: Interval | None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a simulation says; values are None where nobody can tell.

    `left_out` counts decisions by why they are no examples, `unread` are fields that rules of
    the draft read and that the records do not keep, `budget` are contacts by channel. `by_model`
    joins the values under each model, weighted by the root of how many choices count in full.
    """

    metric: str
    n: int
    units: int
    left_out: dict[str, int]
    unread: tuple[str, ...]
    fitness: Fitness
    logged: Interval | None
    target: Estimates | None
    strata: tuple[Stratum, ...]
    messages: tuple[Shift, ...]
    sentence: Sentence
    by_model: Interval | None = None
    budget: tuple[Spent, ...] = ()


def told(
    *,
    choices: Choices,
    rows: Sequence[Row],
    metric: str,
    left_out: dict[str, int],
    unread: tuple[str, ...],
    messages: tuple[Shift, ...],
    budget: tuple[Spent, ...] = (),
) -> Told:
    """Answer from N choices and where each of them comes from."""
    fitness = fitness_of(choices)
    refused = bool(fitness.refusal)
    target = None if refused else estimate(choices, np.random.default_rng(SEED))
    logged = logged_value(choices) if rows else None
    strata = () if refused else _strata(choices, rows)
    return Told(
        metric=metric,
        n=len(rows),
        units=len({row.unit for row in rows}),
        left_out=left_out,
        unread=unread,
        fitness=fitness,
        logged=logged,
        target=target,
        strata=strata,
        messages=messages,
        sentence=_refused(fitness) if target is None or logged is None else _said(target, logged),
        by_model=_joined([one for one in strata if one.by == "model"]),
        budget=budget,
    )


def _joined(strata: Sequence[Stratum]) -> Interval | None:
    """Join values of strata with weights in proportion to the root of the effective size.

    A stratum without a value has no weight; the strata are independent of each other.
    """
    told = [(math.sqrt(one.effective), one.value) for one in strata if one.value is not None]
    whole = sum(weight for weight, _ in told)
    if not whole:
        return None
    middle = sum(weight * value.estimate for weight, value in told) / whole
    half = (
        math.sqrt(sum((weight * (value.high - value.low) / 2) ** 2 for weight, value in told))
        / whole
    )
    return interval(middle, middle - half, middle + half)


def _strata(choices: Choices, rows: Sequence[Row]) -> tuple[Stratum, ...]:
    middle = sorted(row.at for row in rows)[len(rows) // 2]
    groupings: dict[str, Callable[[Row], str]] = {
        "arm": lambda row: row.arm,
        "model": lambda row: str(row.model),
        "time": lambda row: "first half" if row.at < middle else "second half",
    }
    if len({row.position for row in rows}) > 1:
        groupings["position"] = lambda row: str(row.position)
    found: list[Stratum] = []
    for by, key_of in groupings.items():
        keys = np.array([key_of(row) for row in rows])
        for key in sorted(set(keys.tolist())):
            found.append(_stratum(by, key, _part(choices, np.flatnonzero(keys == key))))
    return tuple(found)


def _stratum(by: str, key: str, part: Choices) -> Stratum:
    fitness = fitness_of(part)
    value = None if fitness.refusal else normalised_value(part)
    return Stratum(by, key, fitness.n, fitness.effective, value)


def _part(choices: Choices, places: Places) -> Choices:
    """Take some rows out of a log; only what SNIPS needs comes along."""
    none = np.zeros(0, dtype=np.intp)
    return Choices(
        arm=choices.arm[places],
        logged=choices.logged[places],
        target=choices.target[places],
        reward=choices.reward[places],
        unit=np.unique(choices.unit[places], return_inverse=True)[1],
        unsupported=choices.unsupported[places],
        offers=Offers(none, none, np.zeros(0)),
    )


def _refused(fitness: Fitness) -> Sentence:
    if fitness.refusal == "unsupported":
        share = {lang: number(100 * fitness.unsupported, lang, 1) for lang in ("en", "de")}
        return both(
            f"Nobody can tell: {share['en']}% of what the draft would choose was hardly ever "
            "tried.",
            f"Das kann niemand sagen: {share['de']} % dessen, was der Entwurf wählen würde, wurde "
            "kaum je versucht.",
        )
    least, effective = number(LEAST_EFFECTIVE, "en"), number(fitness.effective, "en")
    all_of = {lang: number(fitness.n, lang) for lang in ("en", "de")}
    if fitness.refusal == "too_few":
        return both(
            f"Nobody can tell: of {all_of['en']} choices {effective} count in full for the draft, "
            f"and {least} are needed.",
            f"Das kann niemand sagen: Von {all_of['de']} Entscheidungen zählen {effective} voll "
            f"für den Entwurf, und {least} sind nötig.",
        )
    return both(
        f"Nobody can tell: the draft chooses so differently that of {all_of['en']} choices only "
        f"{effective} count in full.",
        f"Das kann niemand sagen: Der Entwurf wählt so anders, dass von {all_of['de']} "
        f"Entscheidungen nur {effective} voll zählen.",
    )


def _said(target: Estimates, logged: Interval) -> Sentence:
    found, gap = target.normalised.found, target.difference.found
    better = both("That is better.", "Das ist besser.")
    worse = both("That is worse.", "Das ist schlechter.")
    unclear = both("That is no clear difference.", "Das ist kein klarer Unterschied.")
    verdict = better if gap.low > 0 else worse if gap.high < 0 else unclear
    return both(
        f"Under the draft {estimate_of(found, 'en', 100, '%')} of the choices would have had a "
        f"success ({between(found, 'en', 100, '%')}); "
        f"{estimate_of(logged, 'en', 100, '%')} did. {verdict['en']}",
        f"Unter dem Entwurf hätten {estimate_of(found, 'de', 100, '%')} der Entscheidungen Erfolg "
        f"gehabt ({between(found, 'de', 100, '%')}); "
        f"{estimate_of(logged, 'de', 100, '%')} hatten ihn. {verdict['de']}",
    )
