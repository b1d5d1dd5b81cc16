"""The measure `credit`: goals split over the contacts before them, by several methods at once."""

import hashlib
from collections.abc import Mapping

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure.credit.markov import by_removal, chain_of, removal_effects
from wegweiser.measure.credit.path import Numbers, Path, Paths, Split, gather, redrawn
from wegweiser.measure.credit.question import CUTS, UNITS, question
from wegweiser.measure.credit.rules import RULES, by_decay, by_rule
from wegweiser.measure.credit.shapley import by_sets
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, real, rows_of, whole
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "credit"
LEAST_PATHS = 300
LEAST_GOALS = 20
DRAWS = 500
METHODS = ("markov", "shapley", "first", "last", "linear", "position", "decay")
_UNIT = "goals"
_NOT_A_CAUSE = both(
    "A split, not a cause: nobody knows from it what would happen without the channel.",
    "Eine Aufteilung, keine Ursache: Was ohne den Kanal geschähe, weiß daraus niemand.",
)


def answer_credit(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Split the goals by every method, with the noise of counting for the chosen one."""
    found = rows_of(table)
    unseen = sum(whole(row, "goals") for row in found if not row["contacts"])
    paths = gather(_path(row) for row in found)
    converting = sum(whole(row, "paths") for row in found)
    counts = {"goals": converting + unseen, "paths": converting, "nulls": int(paths.nulls.sum())}
    if converting < LEAST_PATHS:
        told = _too_little(counts) if found else _nothing(counts)
        return answer(NAME, asked, asked_question, [told], [], converting)
    credits = _credits(paths)
    method, seed = asked.text("method"), _seed(asked_question)
    ends = _ends(paths, method, seed)
    rows = [_row(place, paths, credits, method, ends) for place in _largest_first(credits[method])]
    results = [
        _result(place, paths, credits[method], ends, method, counts)
        for place in _largest_first(credits[method])
    ]
    return answer(NAME, asked, asked_question, results, rows, converting)


def _path(row: Row) -> Path:
    held = msgspec.convert(row, _Held)
    goals, value = whole(row, "goals"), real(row, "value")
    return Path(held.contacts, goals, value, held.nulls, held.decayed, held.walker)


class _Held(msgspec.Struct, frozen=True):
    contacts: tuple[str, ...]
    nulls: int
    decayed: tuple[float, ...]
    walker: str


def _split_of(paths: Paths, method: str) -> Split:
    if method == "shapley":
        return by_sets(paths)
    return by_decay(paths) if method == "decay" else by_rule(paths, RULES[method])


def _credits(paths: Paths) -> Mapping[str, Numbers]:
    """Give the goals per channel by every method, and by a chain that remembers two contacts."""
    found = {name: _split_of(paths, name).of(paths.goals) for name in METHODS if name != "markov"}
    for name, order in (("markov", 1), ("markov_of_two", 2)):
        effects = removal_effects(chain_of(paths, order), paths)
        found[name] = by_removal(effects, paths.goal_total)
    return found


def _ends(paths: Paths, method: str, seed: int) -> Numbers:
    """Give per channel the ends between which 95 % of the bootstrap draws lie."""
    chance = np.random.default_rng(seed)
    draws = (redrawn(paths, chance) for _ in range(DRAWS))
    if method == "markov":
        chain = chain_of(paths)
        drawn = [by_removal(removal_effects(chain, one), one.goal_total) for one in draws]
    else:
        split = _split_of(paths, method)
        drawn = [split.of(one.goals) for one in draws]
    return np.asarray(np.quantile(np.array(drawn), [0.025, 0.975], axis=0))


def _seed(asked_question: Question) -> int:
    encoded = msgspec.json.encode(asked_question, order="sorted")
    return int.from_bytes(hashlib.sha256(encoded).digest()[:8], "big")


def _largest_first(credit: Numbers) -> list[int]:
    return [int(place) for place in np.argsort(-credit, kind="stable")]


def _interval(place: int, credit: Numbers, ends: Numbers) -> Interval:
    low, high = float(ends[0, place]), float(ends[1, place])
    return interval(float(credit[place]), low, high)


def _row(
    place: int, paths: Paths, credits: Mapping[str, Numbers], method: str, ends: Numbers
) -> Row:
    found = _interval(place, credits[method], ends)
    by_method = {name: float(found[place]) for name, found in credits.items()}
    touched = [place in steps for steps in paths.steps]
    told = [by_method[name] for name in METHODS]
    return {
        "contact": paths.channels[place],
        "paths_with_it": int(paths.goals[touched].sum()),
        "few": bool(paths.goals[touched].sum() < LEAST_GOALS),
        **by_method,
        "low": found.low,
        "high": found.high,
        "widest_disagreement": max(told) - min(told),
    }


def _result(
    place: int, paths: Paths, credit: Numbers, ends: Numbers, method: str, counts: dict[str, int]
) -> Result:
    found, name = _interval(place, credit, ends), paths.channels[place]
    share = float(credit[place]) / paths.goal_total
    said = {lang: estimate_of(found, lang) for lang in ("en", "de")}
    parts = {lang: number(100 * share, lang, 1) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.{method}.{name}",
        unit=_UNIT,
        n=counts,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="bootstrap",
        evidence="split",
        sentence=both(
            f"{said['en']} goals ({parts['en']}%) fall to {name} by the method {method}"
            f" ({between(found, 'en')}, as far as counting goes). {_NOT_A_CAUSE['en']}",
            f"{said['de']} Ziele ({parts['de']} %) fallen nach der Methode {method} auf {name}"
            f" ({between(found, 'de')}, soweit es am Zählen liegt). {_NOT_A_CAUSE['de']}",
        ),
        method=f"{method}, {DRAWS} Poisson draws of whose paths they are",
    )


def _nothing(counts: dict[str, int]) -> Result:
    return gated(
        NAME,
        _UNIT,
        "no_source",
        counts,
        both(
            "No contact and no goal is known of this period. Put the tag on your pages and declare"
            " a goal.",
            "Aus diesem Zeitraum sind weder Kontakte noch Ziele bekannt. Bauen Sie das Tag in Ihre"
            " Seiten ein und legen Sie ein Ziel fest.",
        ),
    )


def _too_little(counts: dict[str, int]) -> Result:
    have = {lang: number(counts["paths"], lang) for lang in ("en", "de")}
    return gated(
        NAME,
        _UNIT,
        "too_little",
        counts,
        both(
            f"{have['en']} of {LEAST_PATHS} goals after a known contact are there, too few to"
            " split.",
            f"{have['de']} von {LEAST_PATHS} Zielen nach einem bekannten Kontakt sind da, zu wenige"
            " zum Aufteilen.",
        ),
    )


MEASURE = Measure(
    NAME,
    both(
        "Credit: conversions split over touchpoints",
        "Zurechnung: Abschlüsse auf Kontaktpunkte verteilt",
    ),
    (
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("by", "text", "channel", both("what to split over", "worauf verteilt"), tuple(CUTS)),
        Option("unit", "text", "person", both("whose path", "wessen Weg"), tuple(UNITS)),
        Option("method", "text", "markov", both("method", "Methode"), METHODS),
        Option("window_days", "whole", 30, both("days before a goal", "Tage vor einem Ziel")),
        Option(
            "half_life_days",
            "number",
            7.0,
            both(
                "days after which a contact counts half", "Tage, nach denen ein Kontakt halb gilt"
            ),
        ),
        Option(
            "direct",
            "text",
            "skip",
            both("direct visits beside other contacts", "direkte Besuche neben anderen Kontakten"),
            ("skip", "count"),
        ),
    ),
    question,
    answer_credit,
)
