"""The messages on Today: who saw them, clicked them and reached the goal, and what they did."""

from collections.abc import Mapping

import msgspec

from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import Answer, Result
from wegweiser.web.charts.figures import Interval
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.messages.standing import message_path
from wegweiser.web.pages.rows import number_in, number_or_none, rows_of, text_in
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.pages.today.charts import points
from wegweiser.web.pages.today.wishes import Wishes
from wegweiser.web.text import Reader
from wegweiser.web.words import TONES, VERDICTS, verdict_of

_BEGIN = "verdicts.message."


class MessageRow(msgspec.Struct, frozen=True):
    """One message; a rate is empty while too few people saw it, `verdict` before it is judged."""

    message: str
    path: str
    people: str = ""
    exposures: str = ""
    clicked: str = ""
    clicked_between: str = ""
    reached: str = ""
    reached_between: str = ""
    verdict: str = ""
    tone: str = ""
    sentence: str = ""
    lift: str = ""
    lift_between: str = ""
    interval: Interval | None = None


def message_rows(
    reader: Reader, wishes: Wishes, answers: Mapping[Wish, Answer], known: frozenset[str]
) -> tuple[MessageRow, ...]:
    """Make a row of each message that was seen or judged; `known` ones have a page of their own."""
    seen = {text_in(row, "message"): row for row in rows_of(answers.get(wishes.messages))}
    judged, lifts = _judged(answers.get(wishes.verdicts))
    names = [*seen, *(name for name in judged if name not in seen)]
    return tuple(
        _row(reader, name, seen.get(name), judged.get(name), lifts.get(name, {}), name in known)
        for name in names
    )


def _judged(answer: Answer | None) -> tuple[dict[str, Result], dict[str, JsonObject]]:
    results = {} if answer is None else {one.name: one for one in answer.results}
    found = {
        name.removeprefix(_BEGIN): one for name, one in results.items() if name.startswith(_BEGIN)
    }
    return found, {text_in(row, "thing"): row for row in rows_of(answer)}


def _row(
    reader: Reader,
    name: str,
    seen: JsonObject | None,
    judged: Result | None,
    lift: JsonObject,
    known: bool,
) -> MessageRow:
    row = MessageRow(message=name, path=message_path(name) if known else "/measure/lift")
    if seen is not None:
        row = msgspec.structs.replace(
            row,
            people=shown(reader, int(number_in(seen, "people"))),
            exposures=shown(reader, int(number_in(seen, "exposures"))),
            clicked=_rate(reader, seen, "click_rate"),
            clicked_between=_between(reader, seen, "click_rate"),
            reached=_rate(reader, seen, "goal_rate"),
            reached_between=_between(reader, seen, "goal_rate"),
        )
    return row if judged is None else _with_verdict(reader, row, judged, lift)


def _with_verdict(reader: Reader, row: MessageRow, judged: Result, lift: JsonObject) -> MessageRow:
    code = verdict_of(judged)
    words, tone = reader.say(VERDICTS[code]), TONES.get(code, "")
    row = msgspec.structs.replace(
        row, verdict=words, tone=tone, sentence=judged.sentence[reader.language]
    )
    ends = [number_or_none(lift, name) for name in ("lift", "lift_low", "lift_high")]
    estimate, low, high = ends
    # Where the test itself is broken its figures stay hidden.
    if estimate is None or low is None or high is None or code == "broken":
        return row
    of_100 = points(reader, estimate, 2)
    between = reader.say(
        "between {low} and {high}", low=points(reader, low, 2), high=points(reader, high, 2)
    )
    label = reader.say(
        "{name}: {shown} of 100, {verdict}", name=row.message, shown=of_100, verdict=words
    )
    interval = Interval(row.message, estimate, low, high, of_100, label, tone, row.path)
    return msgspec.structs.replace(row, lift=of_100, lift_between=between, interval=interval)


def _rate(reader: Reader, row: JsonObject, name: str) -> str:
    share = number_or_none(row, name)
    return "" if share is None else reader.percent(share)


def _between(reader: Reader, row: JsonObject, name: str) -> str:
    low, high = number_or_none(row, f"{name}_low"), number_or_none(row, f"{name}_high")
    if low is None or high is None:
        return ""
    return reader.say(
        "between {low} and {high}", low=reader.number(low * 100, 1), high=reader.percent(high)
    )
