"""What Today says in words: up to three sentences, the most important first, each with a link."""

from collections.abc import Sequence

import msgspec

from wegweiser.terms.result import Answer
from wegweiser.web.pages.today.charts import Daily
from wegweiser.web.pages.today.lift import LiftRow
from wegweiser.web.pages.today.messages import MessageRow
from wegweiser.web.text import Reader, mark

SENTENCES_AT_MOST = 3
# Below this share of change two periods are called much the same, from the other on it is news.
STEADY, NEWS = 0.02, 0.1
_ALIKE = {
    "before": mark("{count} visitors a day, much the same as in the period before."),
    "year": mark("{count} visitors a day, much the same as a year before."),
}
_MORE = {
    "before": mark("{count} visitors a day, {change} more than in the period before."),
    "year": mark("{count} visitors a day, {change} more than a year before."),
}
_FEWER = {
    "before": mark("{count} visitors a day, {change} fewer than in the period before."),
    "year": mark("{count} visitors a day, {change} fewer than a year before."),
}


class Said(msgspec.Struct, frozen=True):
    """One sentence with its verdict, linked to what it rests on; `news` is out of the ordinary."""

    verdict: str
    tone: str
    sentence: str
    path: str
    news: bool = False


def sentences_of(
    reader: Reader,
    alarms: Sequence[Said],
    messages: Sequence[MessageRow],
    lifts: Sequence[LiftRow],
    visitors: Sequence[Said],
) -> tuple[Said, ...]:
    """Say the most important first: alarms, clear verdicts, visitors, then what is still open.

    A day without any news says so first.
    """
    ways = [_lift(row) for row in lifts]
    clear = [*_messages(messages), *(one for one in ways if one.tone)]
    undecided = [one for one in ways if not one.tone]
    told = [*alarms, *clear, *visitors, *undecided[:2]]
    if told and not any(one.news for one in told):
        told.insert(0, _quiet(reader))
    return tuple(told[:SENTENCES_AT_MOST])


def _quiet(reader: Reader) -> Said:
    sentence = reader.say("Nothing unusual since yesterday.")
    return Said(reader.say("as expected"), "", sentence, "/measure/watch")


def _messages(rows: Sequence[MessageRow]) -> list[Said]:
    """Give what was found of single messages, harm before help."""
    found = [
        Said(row.verdict, row.tone, row.sentence, row.path, news=True)
        for row in rows
        if row.tone and row.sentence
    ]
    return sorted(found, key=lambda one: one.tone != "bad")


def _lift(row: LiftRow) -> Said:
    sentence = row.sentence if row.interval else f"{row.name}: {row.sentence}"
    return Said(row.verdict, row.tone, sentence, "/measure/lift", news=bool(row.tone))


def visitors_said(
    reader: Reader, visits: Answer | None, days: Sequence[Daily], compare: str
) -> tuple[Said, ...]:
    """Say how many visitors came, and whether that is another number than before.

    `compare` is the word of the address: with which days these are compared.
    """
    path = "/measure/web"
    if visits is None or not visits.n:
        return ()
    now, before = _per_day(days), _per_day_before(days)
    if not before:
        sentence = visits.results[0].sentence[reader.language]
        return (Said(reader.say("counted"), "", sentence, path),)
    share = now / before - 1
    average = reader.number(now, 0 if now >= 10 else 1)
    if abs(share) < STEADY:
        sentence = reader.say(_ALIKE[compare], count=average)
        return (Said(reader.say("steady"), "", sentence, path),)
    more = share > 0
    text = (_MORE if more else _FEWER)[compare]
    sentence = reader.say(text, count=average, change=reader.percent(abs(share), 0))
    word = reader.say("more") if more else reader.say("fewer")
    return (Said(word, "", sentence, path, news=abs(share) >= NEWS),)


def _per_day(days: Sequence[Daily]) -> float:
    return sum(one.count for one in days) / len(days) if days else 0.0


def _per_day_before(days: Sequence[Daily]) -> float:
    counts = [one.before for one in days if one.before is not None]
    return sum(counts) / len(counts) if counts else 0.0
