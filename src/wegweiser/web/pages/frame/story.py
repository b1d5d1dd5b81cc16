"""The card of the demo's story on a real page: what to look at, the truth, and the next stop."""

from collections.abc import Sequence

import msgspec

from wegweiser.web.text import Reader, mark
from wegweiser.workspace.demo_story import Stop

WORD = "stop"
TITLES = {
    "joined": mark("Several identifiers, one person"),
    "went_back": mark("An account that went back"),
    "why": mark("Why this message?"),
    "what_works": mark("What really works"),
    "early_trend": mark("An early trend"),
}
TEXTS = {
    "joined": mark(
        "What this person did stands under Timeline: now forward, now back, now off the path."
        " Under How we know each line says who claimed it, when, and with which event. Take one"
        " line apart, see what would change, and undo it: everything is as before."
    ),
    "went_back": mark(
        "This account was further along and is back at explore: the strip under Stage shows each"
        " turn of half a year. The sentence above it says which events, and which silence, speak"
        " for the stage of today."
    ),
    "why": mark(
        "The funnel shows what was left out and by which rule, the table what was weighed, and"
        " the row in yellow what won."
    ),
    "what_works": mark(
        "Lift compares with accounts to which nothing was shown, and is read at the planned end of"
        " the test. Of a single message so few accounts cannot tell it yet, however often it is"
        " clicked. Credit praises all of them: it only splits what happened among what was seen."
        " Which message does nothing stands below as the truth."
    ),
    "early_trend": mark(
        "Here stands what is rising, since when, and how sure that is. Where to concentrate says"
        " where the next euro should go, and on what that rests."
    ),
}
# Other places that belong to the stop.
BESIDE: dict[str, tuple[tuple[str, str], ...]] = {
    "joined": ((mark("Go to How we know"), "#known"),),
    "went_back": ((mark("All who moved"), "/journeys"),),
    "what_works": (
        (mark("Look at credit beside it"), "/measure/one/credit?period=180d&by=campaign"),
        (mark("Look at every message"), "/measure/one/verdicts"),
    ),
    "early_trend": ((mark("Look where to concentrate"), "/measure/concentrate"),),
}


class StoryCard(msgspec.Struct, frozen=True):
    """One card; `truth` is folded away, `beside` leads to other places of the same stop."""

    place: str
    title: str
    text: str
    next_words: str
    next_path: str
    truth: str = ""
    beside: tuple[tuple[str, str], ...] = ()


def card_of(reader: Reader, stops: Sequence[Stop], path: str, word: str) -> StoryCard | None:
    """Give the card of a page: the stop that the address names, or on Today the beginning."""
    if not stops:
        return None
    if word.isascii() and word.isdigit() and 1 <= int(word[:3]) <= len(stops):
        return _stop(reader, stops, int(word))
    return _beginning(reader, len(stops)) if path == "/" else None


def _beginning(reader: Reader, count: int) -> StoryCard:
    return StoryCard(
        reader.say("The demo company"),
        reader.count(
            "What it can show you in {count} stop", "What it can show you in {count} stops", count
        ),
        reader.say(
            "This company is made up, so the truth about it is known. Every stop is a real page,"
            " and you can compare what it says with the truth."
        ),
        reader.say("Begin the tour"),
        "/story/1",
    )


def _stop(reader: Reader, stops: Sequence[Stop], number: int) -> StoryCard:
    stop, last = stops[number - 1], number == len(stops)
    beside = BESIDE.get(stop.key, ())
    return StoryCard(
        reader.say(
            "Stop {number} of {count}",
            number=reader.number(number),
            count=reader.number(len(stops)),
        ),
        reader.say(TITLES[stop.key]),
        reader.say(TEXTS[stop.key]),
        reader.say("Use your own data") if last else reader.say("Next stop"),
        "/data/start" if last else f"/story/{number + 1}",
        stop.truth[reader.language],
        tuple((reader.say(words), kept(path, str(number))) for words, path in beside),
    )


def kept(path: str, word: str) -> str:
    """Give a path with the stop that the address named, if any.

    >>> kept("/people/p", "1"), kept("/people/p", ""), kept("#known", "1")
    ('/people/p?stop=1', '/people/p', '#known')
    >>> kept("/measure/credit?period=180d", "4")
    '/measure/credit?period=180d&stop=4'
    """
    if path.startswith("#") or not (word.isascii() and word.isdigit()):
        return path
    return f"{path}{'&' if '?' in path else '?'}{WORD}={word}"
