"""The four figures of Today, each with its change and a small line; everybody chooses their own."""

from collections.abc import Callable, Mapping

import msgspec

from wegweiser.terms.result import Answer
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.rows import estimate_of, number_in, rows_of
from wegweiser.web.pages.today.days import spark_of
from wegweiser.web.pages.today.wishes import Wishes
from wegweiser.web.text import Reader, mark

FIGURES = {
    "gained": mark("Incremental revenue"),
    "known": mark("Known profiles"),
    "decisions": mark("Decisions"),
    "accounts": mark("Engaged accounts"),
    "visitors": mark("Visitors"),
    "visits": mark("Visits"),
    "views": mark("Pages viewed"),
    "seen": mark("Messages seen"),
}
USUAL = ("gained", "known", "decisions", "accounts")
COUNT = len(USUAL)
_REACH = {"known": "known_people", "decisions": "decisions", "accounts": "engaged_accounts"}


class Figure(msgspec.Struct, frozen=True):
    """One figure with its change and a small line; `path` leads to what it is made of."""

    name: str
    value: str
    change: str
    beside: str
    spark: tuple[float, ...]
    path: str


class Asked(msgspec.Struct, frozen=True):
    """What the figures are made of; `computing` tells whether an answer is under way."""

    reader: Reader
    wishes: Wishes
    answers: Mapping[Wish, Answer]
    currency: str
    computing: Callable[[Wish], bool]

    def answer(self, one: Wish | None) -> Answer | None:
        """Give an answer where there is one."""
        return None if one is None else self.answers.get(one)


def chosen_of(written: str) -> tuple[str, ...]:
    """Read which figures somebody chose; the usual ones for nothing that can be read.

    >>> chosen_of("visits,known,visits,x"), chosen_of("")
    (('visits', 'known'), ('gained', 'known', 'decisions', 'accounts'))
    """
    known = tuple(dict.fromkeys(one for one in written.split(",") if one in FIGURES))
    return known[:COUNT] or USUAL


def figures_of(asked: Asked, chosen: tuple[str, ...]) -> tuple[Figure, ...]:
    """Make the figures that somebody chose, in their order."""
    return tuple(_MADE[name](asked, name) for name in chosen)


def _reach(asked: Asked, name: str) -> Figure:
    return _counted(asked, name, asked.wishes.reach, asked.wishes.reach_before, _REACH[name])


def _visits(asked: Asked, name: str) -> Figure:
    return _counted(asked, name, asked.wishes.visits, asked.wishes.visits_before, name)


def _counted(asked: Asked, name: str, now: Wish, before: Wish | None, column: str) -> Figure:
    full = f"{now.measure}.{column}"
    answer = asked.answer(now)
    return _figure(
        asked,
        name,
        now,
        (estimate_of(answer, full), estimate_of(asked.answer(before), full)),
        spark_of(answer, column),
        f"/measure/one/{now.measure}",
    )


def _seen(asked: Asked, name: str) -> Figure:
    values = [
        None
        if one is None or asked.answer(one) is None
        else sum(number_in(row, "exposures") for row in rows_of(asked.answer(one)))
        for one in (asked.wishes.messages, asked.wishes.messages_before)
    ]
    now = asked.wishes.messages
    return _figure(asked, name, now, (values[0], values[1]), (), "/measure/one/message.goals")


def _figure(
    asked: Asked,
    name: str,
    now: Wish,
    values: tuple[float | None, float | None],
    spark: tuple[float, ...],
    path: str,
) -> Figure:
    """Write a count beside that of the time before."""
    reader, words = asked.reader, asked.reader.say(FIGURES[name])
    value, before = values
    if value is None:
        told = _missing(asked, now, reader.say("nothing in this period"))
        return Figure(words, "–", "", told, (), path)
    if not before:
        beside = reader.say("nothing to compare with")
        return Figure(words, reader.number(value), "", beside, spark, path)
    change = reader.percent(value / before - 1, 1, signed=True)
    beside = reader.say("before: {count}", count=reader.number(before))
    return Figure(words, reader.number(value), change, beside, spark, path)


def _missing(asked: Asked, wanted: Wish, otherwise: str) -> str:
    """Say why there is no figure: nothing is said of a period before it was looked at."""
    return asked.reader.say("Computing") if asked.computing(wanted) else otherwise


def _gained(asked: Asked, name: str) -> Figure:
    """Write what the messages brought beyond the control group, with its interval."""
    reader, path = asked.reader, "/measure/lift"
    words, answer = reader.say(FIGURES[name]), asked.answer(asked.wishes.gained)
    if asked.wishes.gained is None:
        told = reader.say("needs a control group and a goal with a value")
        return Figure(words, "–", "", told, (), path)
    found = () if answer is None else answer.results
    one = next((each for each in found if each.name == "lift.incremental"), None)
    if one is None or one.estimate is None or one.low is None or one.high is None:
        told = _missing(asked, asked.wishes.gained, reader.say("too little data"))
        return Figure(words, "–", "", told, (), path)
    low, value, high = (
        reader.money(amount, asked.currency, 0) for amount in (one.low, one.estimate, one.high)
    )
    told = reader.say("since the test began, between {low} and {high}", low=low, high=high)
    # Where it may as well be a loss as a gain, no amount stands for it in large type.
    shown = reader.say("not decided yet") if one.low < 0 < one.high else value
    return Figure(words, shown, "", told, (), path)


_MADE: dict[str, Callable[[Asked, str], Figure]] = {
    "gained": _gained,
    **dict.fromkeys(_REACH, _reach),
    **dict.fromkeys(("visitors", "visits", "views"), _visits),
    "seen": _seen,
}
