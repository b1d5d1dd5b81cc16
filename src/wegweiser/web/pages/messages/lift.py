"""What messages do, from the measures: verdict with lift, and who saw and clicked them."""

import msgspec

from wegweiser.terms.json import JsonObject
from wegweiser.terms.policy import Bundle
from wegweiser.terms.result import Answer, Result
from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.rows import number_in, number_or_none, rows_of, text_in
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.pages.today.charts import points
from wegweiser.web.pages.today.wishes import shares_of
from wegweiser.web.text import Reader
from wegweiser.web.words import TONES, VERDICTS, verdict_of

VERDICT = "verdicts"
SEEN = "message.goals"
CONTESTS = "decisions.contests"
_BEGIN = "verdicts.message."
RIVALS_SHOWN = 10


class Verdict(msgspec.Struct, frozen=True):
    """The verdict on one message in words, with its sentence and its interval."""

    words: str
    tone: str
    sentence: str
    shown: str
    between: str


class Seen(msgspec.Struct, frozen=True):
    """How many people saw and clicked a message; the rate is empty where too few did."""

    people: str
    exposures: str
    click_rate: str
    exposures_number: float


class Rival(msgspec.Struct, frozen=True):
    """Another message in the same contests, and how often each was chosen."""

    message: str
    contests: str
    won: str
    lost: str


def verdict_wish(bundle: Bundle) -> Wish:
    """Ask for the verdict on each message since the test began."""
    return wish(VERDICT, {"by": "message", "shares": shares_of(bundle.arms)})


def verdicts_of(reader: Reader, answer: Answer | None) -> dict[str, Verdict]:
    """Give the verdict on each message that was judged."""
    if answer is None:
        return {}
    rows = {text_in(row, "thing"): row for row in rows_of(answer)}
    return {
        one.name.removeprefix(_BEGIN): _verdict(reader, one, rows)
        for one in answer.results
        if one.name.startswith(_BEGIN)
    }


def _verdict(reader: Reader, result: Result, rows: dict[str, JsonObject]) -> Verdict:
    code = verdict_of(result)
    row = rows.get(result.name.removeprefix(_BEGIN), {})
    lift, low, high = (number_or_none(row, name) for name in ("lift", "lift_low", "lift_high"))
    of_100 = between = ""
    # Where the test itself is broken its figures stay hidden.
    if lift is not None and low is not None and high is not None and code != "broken":
        of_100 = points(reader, lift, 2)
        between = reader.say(
            "between {low} and {high}", low=points(reader, low, 2), high=points(reader, high, 2)
        )
    words = reader.say(VERDICTS[code])
    return Verdict(words, TONES.get(code, ""), result.sentence[reader.language], of_100, between)


def seen_of(reader: Reader, answer: Answer | None) -> dict[str, Seen]:
    """Give how many people saw each message."""
    return {text_in(row, "message"): _seen(reader, row) for row in rows_of(answer)}


def _seen(reader: Reader, row: JsonObject) -> Seen:
    rate = number_or_none(row, "click_rate")
    return Seen(
        shown(reader, int(number_in(row, "people"))),
        shown(reader, int(number_in(row, "exposures"))),
        "" if rate is None else reader.percent(rate),
        number_in(row, "exposures"),
    )


def rivals_of(reader: Reader, answer: Answer | None, key: str) -> tuple[Rival, ...]:
    """Give the messages that met this one, those that win over it most often first."""
    sums: dict[str, list[float]] = {}
    for row in rows_of(answer):
        message, rival = text_in(row, "message"), text_in(row, "rival")
        won, lost = number_in(row, "chosen"), number_in(row, "rival_chosen")
        if rival == key:
            # The same two met with the other one in front.
            message, rival, won, lost = rival, message, lost, won
        if message == key:
            met = sums.setdefault(rival, [0.0, 0.0, 0.0])
            for at, number in enumerate((number_in(row, "contests"), won, lost)):
                met[at] += number
    ordered = sorted(sums.items(), key=lambda one: (-one[1][2], one[0]))[:RIVALS_SHOWN]
    return tuple(
        Rival(rival, *(shown(reader, int(number)) for number in met)) for rival, met in ordered
    )
