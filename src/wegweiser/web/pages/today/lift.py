"""The rows of lift on Today: per goal, the chosen messages against each comparison group."""

import msgspec

from wegweiser.terms.figure import decimals_among
from wegweiser.terms.result import Answer, Result
from wegweiser.web.charts.figures import Interval
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.today.charts import points
from wegweiser.web.pages.today.wishes import LiftWish, Wishes
from wegweiser.web.text import Reader
from wegweiser.web.words import ARMS, TONES, VERDICTS, named, verdict_of

_OF_HUNDRED = 100.0


class LiftRow(msgspec.Struct, frozen=True):
    """One comparison: its verdict, its sentence, and the interval where there is one."""

    anchor: str
    name: str
    verdict: str
    tone: str
    sentence: str
    units: str
    shown: str
    between: str
    interval: Interval | None
    method: str
    sql: str


def lift_rows(reader: Reader, wishes: Wishes, answers: dict[Wish, Answer]) -> tuple[LiftRow, ...]:
    """Make a row of each comparison that was answered."""
    shown = [(lift, answers[lift.wish]) for lift in wishes.lifts if lift.wish in answers]
    firsts = [answer.results[0] for _, answer in shown]
    decimals = decimals_among(
        _OF_HUNDRED * (one.high - one.low)
        for one in firsts
        if one.low is not None and one.high is not None
    )
    return tuple(_row(reader, lift, answer, decimals) for lift, answer in shown)


def _row(reader: Reader, lift: LiftWish, answer: Answer, decimals: int) -> LiftRow:
    first = answer.results[0]
    verdict = verdict_of(first)
    words = reader.say(VERDICTS[verdict])
    interval = _interval(reader, lift, first, decimals, words)
    return LiftRow(
        anchor=_anchor(lift),
        name=_name(reader, lift),
        verdict=words,
        tone=TONES.get(verdict, ""),
        sentence=_sentence(reader, first),
        units=reader.number(first.n.get("units", 0)),
        shown=interval.shown if interval else "",
        between=_between(reader, first, decimals),
        interval=interval,
        method=first.method,
        sql=answer.question.sql,
    )


def _sentence(reader: Reader, result: Result) -> str:
    if result.reason == "no_source":
        return reader.say("In one of the two groups there is nobody yet.")
    return result.sentence[reader.language]


def _name(reader: Reader, lift: LiftWish) -> str:
    control = named(reader, ARMS, lift.control)
    return reader.say("{goal} against {control}", goal=lift.title or lift.goal, control=control)


def _anchor(lift: LiftWish) -> str:
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in lift.goal)
    return f"lift-{plain}-{lift.control}"


def _interval(
    reader: Reader, lift: LiftWish, result: Result, decimals: int, words: str
) -> Interval | None:
    estimate, low, high = result.estimate, result.low, result.high
    if estimate is None or low is None or high is None:
        return None
    shown = points(reader, estimate, decimals)
    name = _name(reader, lift)
    return Interval(
        name=name,
        estimate=estimate,
        low=low,
        high=high,
        shown=shown,
        label=reader.say(
            "{name}: {shown} of 100, {verdict}", name=name, shown=shown, verdict=words
        ),
        tone=TONES.get(verdict_of(result), ""),
        path=f"/#{_anchor(lift)}",
    )


def _between(reader: Reader, result: Result, decimals: int) -> str:
    if result.low is None or result.high is None:
        return ""
    return reader.say(
        "between {low} and {high}",
        low=points(reader, result.low, decimals),
        high=points(reader, result.high, decimals),
    )
