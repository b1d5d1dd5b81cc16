"""The table of terms with what they may become, and what that may be worth."""

from collections.abc import Mapping

import numpy as np

from wegweiser.measure.form import Asked, Row
from wegweiser.measure.statistic import Interval
from wegweiser.measure.trend.projection import AHEAD, Projection, project, worth
from wegweiser.measure.trend.rated import Rated
from wegweiser.measure.trend.sentence import ends
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Result

Goals = Mapping[tuple[str, str], tuple[int, int]]
LEAST_KNOWN = 30


def rows_shown(rated: list[Rated], goals: Goals, asked: Asked, seed: int) -> list[Row]:
    """Lay out terms as rows; what is not known is empty. The same seed gives the same rows."""
    return [_row(one, goals, asked, chance_of(one, seed)) for one in rated]


def chance_of(one: Rated, seed: int) -> np.random.Generator:
    """Give the chance of a term's own, so that other terms change nothing of its figures."""
    return np.random.default_rng([seed, *f"{one.kind}|{one.term}".encode()])


def _row(one: Rated, goals: Goals, asked: Asked, chance: np.random.Generator) -> Row:
    row: Row = {
        "kind": one.kind,
        "term": one.term,
        "status": one.status,
        "since": one.since,
        "mentions": one.mentions,
        "people": one.people,
        "share": one.share,
        "is_new": one.is_new,
    }
    growth = None if one.status == "seen" else one.growth
    row |= _ends("growth", growth)
    projected = projection_of(one, chance)
    for ahead in AHEAD:
        row |= _ends(f"in_{ahead}", None if projected is None else projected.at(ahead))
    potential = None if projected is None else potential_of(one, projected, goals, asked, chance)
    return row | _ends("potential", potential) | {"confidence": one.confidence}


def _ends(name: str, found: Interval | None) -> Row:
    if found is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}


def projection_of(one: Rated, chance: np.random.Generator) -> Projection | None:
    """Project a rated term; None for one that is only seen."""
    if one.counts is None or one.totals is None:
        return None
    return project(one.counts, one.totals, one.spread, chance)


def potential_of(
    one: Rated, projected: Projection, goals: Goals, asked: Asked, chance: np.random.Generator
) -> Interval | None:
    """Give the worth of the next 13 periods; None while margin or goal rate are unknown."""
    reached, people = nearest_rate(one, goals)
    if asked.number("margin") <= 0 or people < LEAST_KNOWN or reached == 0:
        return None
    return worth(
        projected, one.persons_per_mention, reached, people, asked.number("margin"), chance
    )


def nearest_rate(one: Rated, goals: Goals) -> tuple[int, int]:
    """Give goals and people of the term itself, else of all terms of its kind together."""
    own = goals.get((one.kind, one.term), (0, 0))
    if own[1] >= LEAST_KNOWN:
        return own
    alike = [found for (kind, term), found in goals.items() if kind == one.kind and term]
    return sum(found[0] for found in alike), sum(found[1] for found in alike)


def potential_results(
    measure: str, rated: list[Rated], goals: Goals, asked: Asked, seed: int
) -> list[Result]:
    """Say what each emerging term may be worth, or that its size is unknown."""
    found = []
    for one in rated:
        if one.status == "emerging":
            chance = chance_of(one, seed)
            projected = projection_of(one, chance)
            if projected is not None:
                potential = potential_of(one, projected, goals, asked, chance)
                found.append(_potential(measure, one, potential))
    return found


def _potential(measure: str, one: Rated, potential: Interval | None) -> Result:
    name = f"{measure}.potential.{one.kind}.{one.term}"
    counts = {"events": one.mentions, "units": one.people or 0}
    if potential is None:
        unknown = both(
            f'What "{one.term}" is worth is unknown: give --margin, and a goal that enough people'
            " reached.",
            f"Was „{one.term}“ wert ist, ist unbekannt: Geben Sie --margin an und ein Ziel, das"
            " genug Personen erreicht haben.",
        )
        return Result(
            name=name,
            unit="money",
            n=counts,
            enough_data=False,
            reason="no_source",
            evidence="model",
            sentence=unknown,
        )
    worth_told = {lang: number(potential.estimate, lang) for lang in ("en", "de")}
    return Result(
        name=name,
        unit="money",
        n=counts,
        enough_data=True,
        estimate=potential.estimate,
        low=potential.low,
        high=potential.high,
        kind="bootstrap",
        evidence="model",
        sentence=both(
            f'"{one.term}" may be worth {worth_told["en"]} over the next 13 periods'
            f" ({ends(potential, 'en')}): a model, not a promise.",
            f"„{one.term}“ kann in den nächsten 13 Zeiträumen {worth_told['de']} wert sein"
            f" ({ends(potential, 'de')}): ein Modell, kein Versprechen.",
        ),
        method="damped growth, goal rate of the nearest known terms, margin; simulated",
    )
