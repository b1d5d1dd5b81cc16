"""One chosen term: its past with what was expected, and its next 13 periods."""

from datetime import date, timedelta

import numpy as np

from wegweiser.measure.form import Asked, Row, gated
from wegweiser.measure.trend.flags import Flags
from wegweiser.measure.trend.pool import Pool, Told, periods_between
from wegweiser.measure.trend.projection import AHEAD, project
from wegweiser.measure.trend.sentence import ends, periods_word
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Result


def forecast_of(
    measure: str, told: Told, flags: tuple[Flags, ...], asked: Asked, seed: int
) -> tuple[list[Result], list[Row]]:
    """Forecast a term 4 and 13 periods ahead; a term that was never frequent is not forecast."""
    term = asked.text("term")
    for pool, of in zip(told.pools, flags, strict=True):
        if term in pool.terms:
            return _forecast(measure, told, pool, of, pool.terms.index(term), asked, seed)
    counts = {"terms": told.terms}
    unknown = both(
        f'"{term}" never had 20 mentions in three {periods_word(asked.text("per"), "en")}, so that'
        " nothing can be said of what comes.",
        f"„{term}“ hatte nie 20 Nennungen in drei {periods_word(asked.text('per'), 'de')}, so dass"
        " sich nichts über Kommendes sagen lässt.",
    )
    return [gated(f"{measure}.in_{AHEAD[0]}", "mentions", "too_little", counts, unknown)], []


def _forecast(
    measure: str, told: Told, pool: Pool, flags: Flags, at: int, asked: Asked, seed: int
) -> tuple[list[Result], list[Row]]:
    term = pool.terms[at]
    chance = np.random.default_rng([seed, *f"{pool.kind}|{term}".encode()])
    spread = float(flags.spread[-1])
    projected = project(pool.mentions[at, -6:], pool.totals[-6:], spread, chance)
    rows = [_past_row(told, pool, flags, at, place) for place in range(len(told.periods))]
    coming = _coming(told.periods[-1], asked.text("per"))
    for ahead, period in enumerate(coming, 1):
        found = projected.at(ahead)
        rows.append(
            {
                "period": period,
                "mentions": found.estimate,
                "low": found.low,
                "high": found.high,
                "expected": None,
                "status": "forecast",
            }
        )
    results = []
    for ahead in AHEAD:
        found = projected.at(ahead)
        said = {lang: number(found.estimate, lang) for lang in ("en", "de")}
        results.append(
            Result(
                name=f"{measure}.in_{ahead}",
                unit="mentions per period",
                n={"events": int(pool.mentions[at].sum()), "periods": len(told.periods)},
                enough_data=True,
                estimate=found.estimate,
                low=found.low,
                high=found.high,
                kind="bootstrap",
                evidence="model",
                sentence=both(
                    f'In {ahead} {periods_word(asked.text("per"), "en")} "{term}" is met'
                    f" {said['en']} times ({ends(found, 'en')}), if growth fades as usual.",
                    f"In {ahead} {periods_word(asked.text('per'), 'de')} kommt „{term}“"
                    f" {said['de']}-mal vor ({ends(found, 'de')}), wenn das Wachstum wie üblich"
                    " nachlässt.",
                ),
                method="damped growth, simulated",
            )
        )
    return results, rows


def _past_row(told: Told, pool: Pool, flags: Flags, at: int, place: int) -> Row:
    emerging, burst = flags.emerging[at, place], flags.flagged[at, place]
    has_base = bool(pool.base_periods[at, place])
    return {
        "period": told.periods[place],
        "mentions": float(pool.seen[at, place]),
        "low": None,
        "high": None,
        "expected": float(flags.expected[at, place]) if has_base else None,
        "status": "emerging" if emerging else "burst" if burst else "counted",
    }


def _coming(newest: str, per: str) -> tuple[str, ...]:
    first = date.fromisoformat(newest)
    last = first + timedelta(days=AHEAD[-1] * (7 if per == "week" else 31))
    return periods_between(newest, last.isoformat(), per)[1 : AHEAD[-1] + 1]
