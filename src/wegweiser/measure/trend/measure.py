"""The measure `trend.rising`: what is coming, in the words of those who search, read and speak."""

import hashlib
import math

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, answer, gated, rows_of
from wegweiser.measure.statistic import wilson
from wegweiser.measure.trend.backtest import Episode, episodes
from wegweiser.measure.trend.flags import Flags, flag
from wegweiser.measure.trend.forecast import forecast_of
from wegweiser.measure.trend.mention import ALL_KINDS
from wegweiser.measure.trend.pool import LEAST_BASE, RECENT, Told, read_told
from wegweiser.measure.trend.question import question
from wegweiser.measure.trend.rated import ORDER, Rated, rated_terms, seen_terms
from wegweiser.measure.trend.sentence import (
    fell_back_told,
    growth_told,
    lead_told,
    new_told,
    periods_word,
    rising_told,
)
from wegweiser.measure.trend.shown import potential_results, rows_shown
from wegweiser.measure.words import both
from wegweiser.terms.result import Answer, Question, Result

NAME = "trend.rising"
LEAST_FLAGS = 5


def answer_rising(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Rate every term in the newest whole period, and say how early flags came in the past."""
    rows = rows_of(table)
    kind = asked.text("kind")
    chosen = [row for row in rows if not kind or row["kind"] in (kind, "")]
    told = read_told(chosen, asked.text("per"))
    gate = _gate(told, asked)
    if gate is not None:
        return answer(NAME, asked, asked_question, [gate], [], told.mentions)
    flags = flag(told.pools, asked.text("per"))
    seed = seed_of(asked_question)
    if asked.text("term"):
        found, shown = forecast_of(NAME, told, flags, asked, seed)
        return answer(NAME, asked, asked_question, found, shown, told.mentions)
    rated = _sorted(
        [
            *(
                one
                for pool, of in zip(told.pools, flags, strict=True)
                for one in rated_terms(pool, of, told.periods)
            ),
            *seen_terms(chosen, told.periods),
        ]
    )
    results = [_rising(rated, told), *_growths(rated), *_new(rated), *_past(told, flags, asked)]
    results += potential_results(NAME, rated, told.goals, asked, seed)
    listed = [one for one in rated if asked.text("show") == "all" or one.status != "steady"]
    shown = rows_shown(listed[: asked.whole("limit")], told.goals, asked, seed)
    return answer(NAME, asked, asked_question, results, shown, told.mentions)


def seed_of(asked_question: Question) -> int:
    """Give where chance begins: the same question draws the same."""
    said = msgspec.json.encode([asked_question.sql, asked_question.parameters])
    return int.from_bytes(hashlib.sha256(said).digest()[:8], "big")


def _sorted(rated: list[Rated]) -> list[Rated]:
    def place(one: Rated) -> tuple[int, float, int, str, str]:
        growth = -math.inf if one.growth is None else -one.growth.low
        return ORDER.index(one.status), growth, -one.mentions, one.kind, one.term

    return sorted(rated, key=place)


def _gate(told: Told, asked: Asked) -> Result | None:
    counts = {"events": told.mentions, "terms": told.terms, "periods": len(told.periods)}
    if not told.mentions:
        return gated(f"{NAME}.rising", "topics", "no_source", counts, _NOTHING)
    needed = LEAST_BASE + RECENT
    if any((pool.base_periods >= LEAST_BASE).any() for pool in told.pools if pool.terms):
        return None
    if len(told.periods) >= needed:
        return gated(f"{NAME}.rising", "topics", "too_little", counts, _RARE)
    per = asked.text("per")
    early = both(
        f"{len(told.periods)} of {needed} whole {periods_word(per, 'en')} are there: 8 to compare"
        " with, and the newest two.",
        f"Es sind erst {len(told.periods)} von {needed} ganzen {periods_word(per, 'de')} bekannt:"
        " 8 zum Vergleich und die neuesten zwei.",
    )
    return gated(f"{NAME}.rising", "topics", "too_little", counts, early)


_NOTHING = both(
    "No search, view, conversation or click arrived in a whole week of this period.",
    "In keiner ganzen Woche dieses Zeitraums kam eine Suche, ein Aufruf, ein Gespräch oder ein"
    " Klick an.",
)
_RARE = both(
    "No term has 20 mentions in three periods yet, so that none can be rated.",
    "Noch hat kein Begriff 20 Nennungen in drei Zeiträumen, so dass keiner beurteilt werden kann.",
)


def _rising(rated: list[Rated], told: Told) -> Result:
    emerging = [one for one in rated if one.status == "emerging"]
    bursts = sum(one.status == "burst" for one in rated)
    compared = int(sum(pool.active[-1] for pool in told.pools))
    count = float(len(emerging))
    return Result(
        name=f"{NAME}.rising",
        unit="topics",
        n={"events": told.mentions, "terms": compared, "periods": len(told.periods)},
        enough_data=True,
        estimate=count,
        low=count,
        high=count,
        sentence=rising_told(emerging, bursts, compared, told.periods[-1]),
        method="negative binomial tail, Benjamini-Hochberg at 10% over all terms",
    )


def _growths(rated: list[Rated]) -> list[Result]:
    return [
        Result(
            name=f"{NAME}.growth.{one.kind}.{one.term}",
            unit="times as often as before",
            n={"events": one.mentions, "units": one.people or 0},
            enough_data=True,
            estimate=one.growth.estimate,
            low=one.growth.low,
            high=one.growth.high,
            kind="frequentist",
            sentence=growth_told(one, one.growth),
            method="ratio of shares, log scale with dispersion",
        )
        for one in rated
        if one.growth is not None and one.status in ("emerging", "burst")
    ]


def _new(rated: list[Rated]) -> list[Result]:
    return [
        Result(
            name=f"{NAME}.new.{one.kind}.{one.term}",
            unit="mentions",
            n={"events": one.mentions, "units": one.people or 0},
            enough_data=True,
            estimate=float(one.mentions),
            low=float(one.mentions),
            high=float(one.mentions),
            sentence=new_told(one),
            method="full count; never met in the base, held against the rule of three",
        )
        for one in rated
        if one.is_new and one.status in ("emerging", "burst")
    ]


def _past(told: Told, flags: tuple[Flags, ...], asked: Asked) -> list[Result]:
    """Say how early flags came before, and which share came to nothing."""
    past = [one for pool, of in zip(told.pools, flags, strict=True) for one in episodes(pool, of)]
    judged = [one for one in past if one.fell_back is not None]
    back = sum(bool(one.fell_back) for one in judged)
    if len(judged) < LEAST_FLAGS:
        few = both(
            f"Only {len(judged)} of {LEAST_FLAGS} rises of the past are over: how early flags come"
            " is not known yet.",
            f"Erst {len(judged)} von {LEAST_FLAGS} früheren Anstiegen sind vorbei: Wie früh"
            " Meldungen kommen, ist noch nicht bekannt.",
        )
        counts = {"flags": len(judged)}
        return [
            gated(f"{NAME}.lead_time", asked.text("per"), "too_little", counts, few),
            gated(f"{NAME}.fell_back", "share of flags", "too_little", counts, few),
        ]
    return [_lead(judged, asked.text("per")), _fell_back(back, len(judged), asked.text("per"))]


def _lead(judged: list[Episode], per: str) -> Result:
    sound = [one for one in judged if not one.fell_back] or judged
    lead = float(np.median([one.to_peak for one in sound]))
    return Result(
        name=f"{NAME}.lead_time",
        unit=per,
        n={"flags": len(sound)},
        enough_data=True,
        estimate=lead,
        low=float(np.quantile([one.to_peak for one in sound], 0.25)),
        high=float(np.quantile([one.to_peak for one in sound], 0.75)),
        level=0.5,
        sentence=lead_told(lead, len(sound), per),
        method="backtest: flags see only what was there; the ends hold half of the rises",
    )


def _fell_back(back: int, judged: int, per: str) -> Result:
    found = wilson(back, judged)
    return Result(
        name=f"{NAME}.fell_back",
        unit="share of flags",
        n={"flags": judged},
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        sentence=fell_back_told(found, back, judged, per),
        method="Wilson over the flags of the past",
    )


_LIMIT = Option("limit", "whole", 100, both("terms shown", "gezeigte Begriffe"))
MEASURE = Measure(
    NAME,
    both("What is rising", "Was steigt"),
    (
        Option("per", "text", "week", both("length of periods", "Länge"), ("week", "month")),
        Option(
            "kind",
            "text",
            "",
            both("kind of terms, empty for all", "Art der Begriffe, leer für alle"),
            ("", *ALL_KINDS),
        ),
        Option("term", "text", "", both("a term to forecast", "ein Begriff zur Vorhersage")),
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("window_days", "whole", 30, both("days for the goal", "Tage bis zum Ziel")),
        Option("margin", "number", 0.0, both("money earned per goal", "Ertrag je Ziel")),
        Option(
            "show",
            "text",
            "rising",
            both("rising terms, or all", "steigende Begriffe, oder alle"),
            ("rising", "all"),
        ),
        _LIMIT,
    ),
    question,
    answer_rising,
)
