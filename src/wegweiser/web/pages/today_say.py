"""What Today says in words: up to three sentences, what needs somebody, and four figures."""

from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.terms.result import Answer
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.period import Span
from wegweiser.web.pages.rows import estimate_of, number_in, rows_of
from wegweiser.web.pages.today_charts import Daily
from wegweiser.web.pages.today_lift import LiftRow
from wegweiser.web.pages.today_wishes import Wishes
from wegweiser.web.text import Reader, mark

SENTENCES_AT_MOST = 3
# Below this share of change two periods are called much the same.
STEADY = 0.02


class Said(msgspec.Struct, frozen=True):
    """One sentence with its verdict, linked to what it rests on."""

    verdict: str
    tone: str
    sentence: str
    path: str


class Figure(msgspec.Struct, frozen=True):
    """One figure with its change and a small line."""

    name: str
    value: str
    change: str
    beside: str
    spark: tuple[float, ...]


def sentences_of(
    reader: Reader,
    span: Span,
    visits: Answer | None,
    days: Sequence[Daily],
    lifts: Sequence[LiftRow],
) -> tuple[Said, ...]:
    """Say the most important first: clear verdicts, then visitors, then what is still open."""
    clear = [_lift(reader, row) for row in lifts if row.tone]
    undecided = [_lift(reader, row) for row in lifts if not row.tone and row.interval]
    waiting = [_lift(reader, row) for row in lifts if not row.tone and not row.interval][:1]
    told = [*clear, *_visitors(reader, visits, days), *undecided, *waiting]
    return tuple(told[:SENTENCES_AT_MOST])


def _lift(reader: Reader, row: LiftRow) -> Said:
    sentence = row.sentence if row.interval else f"{row.name}: {row.sentence}"
    return Said(row.verdict, row.tone, sentence, f"#{row.anchor}")


def _visitors(reader: Reader, visits: Answer | None, days: Sequence[Daily]) -> list[Said]:
    if visits is None or not visits.n:
        return []
    now, before = _per_day(days), _per_day_before(days)
    if not before:
        sentence = visits.results[0].sentence[reader.language]
        return [Said(reader.say("counted"), "", sentence, "#visitors")]
    share = now / before - 1
    average = reader.number(now, 0 if now >= 10 else 1)
    if abs(share) < STEADY:
        sentence = reader.say(
            "{count} visitors a day, much the same as in the period before.", count=average
        )
        return [Said(reader.say("steady"), "", sentence, "#visitors")]
    more = share > 0
    text = (
        mark("{count} visitors a day, {change} more than in the period before.")
        if more
        else mark("{count} visitors a day, {change} fewer than in the period before.")
    )
    sentence = reader.say(text, count=average, change=reader.percent(abs(share), 0))
    return [Said(reader.say("more") if more else reader.say("fewer"), "", sentence, "#visitors")]


def _per_day(days: Sequence[Daily]) -> float:
    return sum(one.count for one in days) / len(days) if days else 0.0


def _per_day_before(days: Sequence[Daily]) -> float:
    counts = [one.before for one in days if one.before is not None]
    return sum(counts) / len(counts) if counts else 0.0


def figures_of(
    reader: Reader,
    wishes: Wishes,
    answers: Mapping[Wish, Answer],
    sparks: Mapping[str, tuple[float, ...]],
) -> tuple[Figure, ...]:
    """Give the four figures, each with its change against the period before."""
    visits, before = answers.get(wishes.visits), answers.get(wishes.visits_before)
    names = {
        "visitors": reader.say("Visitors"),
        "visits": reader.say("Visits"),
        "views": reader.say("Pages viewed"),
    }
    figures = [
        _figure(
            reader,
            name,
            estimate_of(visits, f"web.visits.{column}"),
            estimate_of(before, f"web.visits.{column}"),
            sparks.get(column, ()),
        )
        for column, name in names.items()
    ]
    seen, seen_before = (
        sum(number_in(row, "exposures") for row in rows_of(answers.get(one)))
        for one in (wishes.messages, wishes.messages_before)
    )
    return (*figures, _figure(reader, reader.say("Messages seen"), seen, seen_before, ()))


def _figure(
    reader: Reader,
    name: str,
    value: float | None,
    before: float | None,
    spark: tuple[float, ...],
) -> Figure:
    if value is None:
        return Figure(name, "–", "", reader.say("nothing in this period"), ())
    if not before:
        return Figure(name, reader.number(value), "", reader.say("nothing to compare with"), spark)
    change = reader.percent(value / before - 1, 1, signed=True)
    beside = reader.say("before: {count}", count=reader.number(before))
    return Figure(name, reader.number(value), change, beside, spark)
