"""The measure `trend.outside`: what rises in series from outside, and whether own counts agree."""

from collections import defaultdict
from datetime import date, timedelta

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, real, rows_of, text
from wegweiser.measure.trend.backtest import FALL_BACK_PERIODS, fell_back, periods_to_peak
from wegweiser.measure.trend.indexed import (
    LEAST_PERIODS,
    NEWEST,
    IndexedFlags,
    Reals,
    began,
    flags_then,
)
from wegweiser.measure.trend.mention import mention_steps
from wegweiser.measure.trend.own_count import agrees
from wegweiser.measure.trend.pool import periods_between
from wegweiser.measure.trend.sentence import periods_word
from wegweiser.measure.trend.stood_still import flat_runs, known_then
from wegweiser.measure.words import Sentence, both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "trend.outside"


class Outside(msgspec.Struct, frozen=True):
    """One series over periods in a row, with its flags and the days on which it stood still.

    `known` holds the series once for each period, as it was known at its end.
    """

    name: str
    periods: tuple[str, ...]
    known: tuple[Reals, ...]
    flags: IndexedFlags
    flat: tuple[tuple[str, str], ...]


def question(asked: Asked) -> Question:
    """Ask for the days of every indexed series, and for own mentions of terms of the same name.

    Only periods that are over are asked for: what a week has shown by Tuesday is not its mean.
    """
    per = asked.text("per")
    return asked.question(f"""
{mention_steps(per)},
outside as (
  select name, strftime(day, '%Y-%m-%d') as day, value
  from series, local_time
  where role = 'index' and day >= begins::date
    and date_trunc('{per}', day) + interval 1 {per} <= ends),
named as (select distinct lower(trim(name)) as name from outside)
select 'value' as part, name, '' as kind, day, sum(value) as value, count(*) as n
from outside group by all
union all
select 'own', n.name, m.kind, strftime(m.period, '%Y-%m-%d'), 0, count(distinct (person_id, day))
from mentions m join named n on n.name = lower(m.term)
where m.kind <> 'message' group by all
union all
select 'all', '', kind, strftime(period, '%Y-%m-%d'), 0, count(distinct (person_id, day))
from mentions where kind <> 'message' group by all
order by all
""")


def answer_outside(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Rank and date rises of series from outside; their size is not told, for it is not known."""
    rows = rows_of(table)
    per = asked.text("per")
    held = [row for row in rows if row["part"] == "value"]
    if not held:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    series = [_series(name, given, per) for name, given in _by_name(held)]
    longest = max(len(one.periods) for one in series)
    if longest < LEAST_PERIODS:
        told = _short(longest, per)
        return answer(NAME, asked, asked_question, [told], [], len(held))
    shown = [_row(one, rows) for one in series]
    shown.sort(
        key=lambda row: (row["status"] != "rising", -real(row, "strength"), str(row["name"]))
    )
    results = [_rising(shown, len(held)), *_broken(series), _lead(series, per)]
    return answer(NAME, asked, asked_question, results, shown, len(held))


def _by_name(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[text(row, "name")].append(row)
    return sorted(found.items())


def _series(name: str, rows: list[Row], per: str) -> Outside:
    """Average the days of each period; days on which the source stood still are left out."""
    days = sorted(rows, key=lambda row: text(row, "day"))
    raw = np.array([real(row, "value") for row in days])
    of = [_period(text(row, "day"), per) for row in days]
    periods = periods_between(of[0], of[-1], per)
    place = {period: at for at, period in enumerate(periods)}
    known = known_then(raw, [place[period] for period in of], len(periods))
    flat = [(text(days[a], "day"), text(days[b], "day")) for a, b in flat_runs(raw)]
    return Outside(name, periods, tuple(known), flags_then(known, per), tuple(flat))


def _period(day: str, per: str) -> str:
    at = date.fromisoformat(day)
    begins = at.replace(day=1) if per == "month" else at - timedelta(days=at.weekday())
    return begins.isoformat()


def _row(one: Outside, rows: list[Row]) -> Row:
    now = len(one.periods) - 1
    is_rising = bool(one.flags.rising[now])
    since = now
    while is_rising and since > 0 and one.flags.rising[since - 1]:
        since -= 1
    own = agrees(one.name, one.periods, rows) if is_rising else ""
    return {
        "name": one.name,
        "status": "rising" if is_rising else "steady",
        "since": one.periods[since] if is_rising else None,
        "began": one.periods[began(one.known[since], since)] if is_rising else None,
        "strength": float(one.flags.strength[now]),
        "own_counts": own,
        "confidence": "none" if not is_rising else "medium" if own == "agree" else "low",
        "last": one.periods[now],
        "broken": "; ".join(f"{first} to {last}" for first, last in one.flat),
    }


def _rising(shown: list[Row], days: int) -> Result:
    rising = [row for row in shown if row["status"] == "rising"]
    names = ", ".join(text(row, "name") for row in rising[:3])
    count = float(len(rising))
    return Result(
        name=f"{NAME}.rising",
        unit="series",
        n={"series": len(shown), "events": days},
        enough_data=True,
        estimate=count,
        low=count,
        high=count,
        sentence=both(
            f"{len(rising)} of {len(shown)} series from outside rise"
            f"{': ' + names if names else ''}. An index tells that and since when, not how much.",
            f"{len(rising)} von {len(shown)} Reihen von außen steigen"
            f"{': ' + names if names else ''}. Ein Index sagt, dass und seit wann, nicht wie"
            " viel.",
        ),
        method="mean of 3 periods against the 24 before, robust scale, last year's season",
    )


def _broken(series: list[Outside]) -> list[Result]:
    found = []
    for one in series:
        for first, last in one.flat:
            told = both(
                f"{one.name}: the source was broken from {first} to {last} (always the same"
                " value). These days are left out.",
                f"{one.name}: Die Quelle war vom {first} bis {last} gestört (immer derselbe Wert)."
                " Diese Tage sind ausgelassen.",
            )
            name = f"{NAME}.broken.{one.name}.{first}"
            found.append(gated(name, "days", "broken", {"events": len(one.periods)}, told))
    return found


def _lead(series: list[Outside], per: str) -> Result:
    """Say how long before their peak rises were flagged, and how many fell back."""
    leads, back = [], []
    for one in series:
        values = _looked_back(one)
        for first in first_flags(one.flags):
            fallen = fell_back(values, first, float(one.flags.expected[first]))
            if fallen is not None:
                leads.append(periods_to_peak(values, first))
                back.append(fallen)
    if not leads:
        told = both(
            "No rise of the past is over, so that lead time is not known.",
            "Noch kein früherer Anstieg ist vorbei; wie früh Meldungen kommen, ist nicht bekannt.",
        )
        return gated(f"{NAME}.lead_time", per, "too_little", {"flags": 0}, told)
    low, middle, high = (float(end) for end in np.quantile(leads, [0.25, 0.5, 0.75]))
    return Result(
        name=f"{NAME}.lead_time",
        unit=per,
        n={"flags": len(leads), "fell_back": sum(back)},
        enough_data=True,
        estimate=middle,
        low=low,
        high=high,
        level=0.5,
        sentence=_lead_told(middle, len(leads), sum(back), per),
        method="backtest: flags see only what was there; the ends hold half of the rises",
    )


def _looked_back(one: Outside) -> Reals:
    """Give the series as it is known now; what is no longer believed, as it was then."""
    then = np.array([values[-1] for values in one.known])
    return np.where(np.isnan(one.known[-1]), then, one.known[-1])


def _lead_told(middle: float, flags: int, back: int, per: str) -> Sentence:
    said = {lang: number(middle, lang, 0 if middle == int(middle) else 1) for lang in ("en", "de")}
    return both(
        f"Rises of the past were flagged {said['en']} {periods_word(per, 'en')} before their peak"
        f" (median of {flags}); {back} of them fell back within 8.",
        f"Frühere Anstiege wurden {said['de']} {periods_word(per, 'de')} vor ihrem Höhepunkt"
        f" gemeldet (Median aus {flags}); {back} davon fielen binnen 8 zurück.",
    )


def first_flags(flags: IndexedFlags) -> list[int]:
    """Give the flags that none came before in 8 periods."""
    found, last = [], -FALL_BACK_PERIODS - 1
    for at in np.flatnonzero(flags.rising).tolist():
        if at - last > FALL_BACK_PERIODS:
            found.append(at)
        last = at
    return found


def _nothing() -> Result:
    told = both(
        "No series from outside has a whole week in this period. `wegweiser trends load FILE` takes"
        " date, series and value.",
        "Keine Reihe von außen hat in diesem Zeitraum eine ganze Woche. `wegweiser trends load"
        " DATEI` nimmt date, series und value.",
    )
    return gated(f"{NAME}.rising", "series", "no_source", {"series": 0, "events": 0}, told)


def _short(longest: int, per: str) -> Result:
    told = both(
        f"{longest} of {LEAST_PERIODS} {periods_word(per, 'en')} are known: {NEWEST} to judge, and"
        " those before to compare with.",
        f"Es sind {longest} von {LEAST_PERIODS} {periods_word(per, 'de')} bekannt: {NEWEST} zum"
        " Beurteilen und die davor zum Vergleich.",
    )
    return gated(f"{NAME}.rising", "series", "too_little", {"periods": longest}, told)


MEASURE = Measure(
    NAME,
    both("What rises outside", "Was außerhalb steigt"),
    (Option("per", "text", "week", both("length of periods", "Länge"), ("week", "month")),),
    question,
    answer_outside,
)
