"""The measure `credit`: goals, or their value, split over the contacts before them."""

import hashlib
from collections.abc import Mapping

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure.arms import EPOCH, LEAVE_OUT, SHARES
from wegweiser.measure.credit.markov import by_removal, chain_of, removal_effects
from wegweiser.measure.credit.path import Numbers, Path, Paths, Split, gather, redrawn
from wegweiser.measure.credit.question import CUTS, METRICS, UNITS, question
from wegweiser.measure.credit.rules import RULES, by_decay, by_rule
from wegweiser.measure.credit.said import nothing, said_of, too_little, unassigned
from wegweiser.measure.credit.shapley import by_sets
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, real, rows_of, whole
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import both
from wegweiser.terms.result import Answer, Question, Result

NAME = "credit"
LEAST_PATHS = 300
LEAST_GOALS = 20
DRAWS = 500
METHODS = ("markov", "shapley", "first", "last", "linear", "position", "decay")
UNASSIGNED = "(unassigned)"


def answer_credit(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Split goals or value by every method, with the noise of counting for the chosen one.

    What was reached without any known contact is a row of its own, so that rows sum to the total.
    """
    found = rows_of(table)
    metric = asked.text("metric")
    alone = [row for row in found if not row["contacts"]]
    unseen = sum(whole(row, "goals") for row in alone)
    paths = gather(_path(row) for row in found)
    converting = sum(whole(row, "paths") for row in found)
    counts = {
        "goals": converting + unseen,
        "paths": converting,
        "nulls": int(paths.nulls.sum()),
        "without_contact": unseen,
    }
    if converting < LEAST_PATHS:
        told = too_little(counts, LEAST_PATHS) if found else nothing(counts)
        return answer(NAME, asked, asked_question, [told], [], converting)
    credits = _credits(paths, metric)
    method, seed = asked.text("method"), _seed(asked_question)
    ends = _ends(paths, method, metric, seed)
    order = _largest_first(credits[method])
    rows = [_row(place, paths, credits, method, ends) for place in order]
    results = [
        _result(place, paths, credits[method], ends, method, metric, counts) for place in order
    ]
    if unseen:
        rest = float(unseen) if metric == "goals" else sum(real(row, "value") for row in alone)
        rows.append(_rest_row(rest, unseen, credits))
        results.append(unassigned(f"{NAME}.{method}.{UNASSIGNED}", rest, metric, counts))
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


def amounts_of(paths: Paths, metric: str) -> Numbers:
    """Give per path what is split: its goals, or what they were worth."""
    return paths.goals if metric == "goals" else paths.values


def _credits(paths: Paths, metric: str) -> Mapping[str, Numbers]:
    """Give what falls to each channel by every method, and by a chain that remembers two."""
    amounts = amounts_of(paths, metric)
    found = {name: _split_of(paths, name).of(amounts) for name in METHODS if name != "markov"}
    for name, order in (("markov", 1), ("markov_of_two", 2)):
        effects = removal_effects(chain_of(paths, order), paths)
        found[name] = by_removal(effects, float(amounts.sum()))
    return found


def _ends(paths: Paths, method: str, metric: str, seed: int) -> Numbers:
    """Give per channel the ends between which 95 % of the bootstrap draws lie."""
    chance = np.random.default_rng(seed)
    draws = (redrawn(paths, chance) for _ in range(DRAWS))
    if method == "markov":
        chain = chain_of(paths)
        drawn = [
            by_removal(removal_effects(chain, one), float(amounts_of(one, metric).sum()))
            for one in draws
        ]
    else:
        split = _split_of(paths, method)
        drawn = [split.of(amounts_of(one, metric)) for one in draws]
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


def _rest_row(rest: float, goals: int, credits: Mapping[str, Numbers]) -> Row:
    """Give the row of what no contact is known of; every method leaves it there."""
    return {
        "contact": UNASSIGNED,
        "paths_with_it": goals,
        "few": False,
        **dict.fromkeys(credits, rest),
        "low": rest,
        "high": rest,
        "widest_disagreement": 0.0,
    }


def _result(
    place: int,
    paths: Paths,
    credit: Numbers,
    ends: Numbers,
    method: str,
    metric: str,
    counts: dict[str, int],
) -> Result:
    found, name = _interval(place, credit, ends), paths.channels[place]
    total = float(credit.sum())
    return Result(
        name=f"{NAME}.{method}.{name}",
        unit=metric,
        n=counts,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="bootstrap",
        evidence="split",
        sentence=said_of(name, found, found.estimate / total if total else 0.0, method, metric),
        method=f"{method}, {DRAWS} Poisson draws of whose paths they are",
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
        Option("metric", "text", "goals", both("what is split", "was aufgeteilt wird"), METRICS),
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
        SHARES,
        EPOCH,
        LEAVE_OUT,
    ),
    question,
    answer_credit,
)
