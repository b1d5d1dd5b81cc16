"""The four states of a page or panel: needs setup, waiting, too little, has data."""

import msgspec

from wegweiser.terms.instant import DAY_MS
from wegweiser.web.pages.frame.controls import Controls
from wegweiser.web.pages.frame.rests import State
from wegweiser.web.text import Reader

LONGEST_WAIT_DAYS = 730


class Gate(msgspec.Struct, frozen=True):
    """A state in words; `more` is a link behind the sentence, `button` leads to `path`."""

    state: State
    name: str = ""
    sentence: str = ""
    more: str = ""
    more_path: str = ""
    button: str = ""
    path: str = ""


OPEN = Gate("data")


def setup(reader: Reader, sentence: str, button: str, path: str) -> Gate:
    """Say what will stand here; the panel is shown with figures of an example."""
    return Gate("setup", reader.say("Not set up yet"), sentence, button=button, path=path)


def waiting(reader: Reader, rejected: str = "", path: str = "") -> Gate:
    """Say that nothing has come yet, and why the last attempt was refused."""
    if not rejected:
        return Gate("waiting", reader.say("Listening"), reader.say("No event yet."))
    told = reader.say("No event yet. Last attempt rejected: {reason}", reason=rejected)
    return Gate(
        "waiting", reader.say("Listening"), told, reader.say("Show it") if path else "", path
    )


def listening(reader: Reader) -> Gate:
    """Say that nothing has come yet, and where one sees whether anything does."""
    gate = waiting(reader)
    return Gate(gate.state, gate.name, gate.sentence, reader.say("Show sources"), "/data")


def little(reader: Reader, have: int, needed: int, per_day: float) -> Gate:
    """Say how many are there of how many, and when there will be enough at today's pace."""
    words = {"have": reader.number(have), "needed": reader.number(needed)}
    days = (needed - have) / per_day if per_day > 0 else LONGEST_WAIT_DAYS + 1
    if days > LONGEST_WAIT_DAYS:
        told = reader.say(
            "{have} of about {needed} people needed; not reachable within two years at"
            " today's pace.",
            **words,
        )
    else:
        ready = reader.day_of(reader.now + int(days * DAY_MS))
        told = reader.say(
            "{have} of about {needed} people needed; at today's pace ready on {day}.",
            day=ready,
            **words,
        )
    return Gate("little", reader.say("Too little data"), told)


def computing(reader: Reader) -> Gate:
    """Say that figures are under way."""
    told = reader.say("The figures are being computed. The page fetches them by itself.")
    return Gate("computing", reader.say("Computing"), told)


def stale(reader: Reader, at_ms: int) -> Gate:
    """Show the last answer, grey, with its date."""
    told = reader.say("This is the last answer, of {moment}.", moment=reader.moment(at_ms))
    return Gate("stale", reader.say("Not up to date"), told)


def no_match(reader: Reader, controls: Controls | None, guilty: str = "") -> Gate:
    """Say that a filter matches nobody: names the guilty chip and offers to remove it."""
    chips = controls.chips if controls else ()
    chip = next((one for one in chips if one.name == guilty), chips[-1] if chips else None)
    name = reader.say("Nothing matches")
    if chip is None:
        return Gate("nothing", name, reader.say("Nothing lies in this period."))
    told = reader.say(
        "The filter {name}: {values} leaves nothing over.", name=chip.name, values=chip.values
    )
    return Gate("nothing", name, told, button=reader.say("Remove this filter"), path=chip.without)
