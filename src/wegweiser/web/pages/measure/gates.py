"""Which of the four states a panel is in, from the answer alone."""

from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer, Result
from wegweiser.web.pages.beginning.sources import is_waiting
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.gate import OPEN, Gate, listening, setup
from wegweiser.web.text import Reader, mark

WEEK_MS = 7 * DAY_MS
# A customer value is shown with its error on data that was held back, or not at all.
WITH_HOLDOUT = ("lifetime.value", "lifetime.buying")
# What to do first, by how the name of a measure begins; the first page that is there counts.
FIRST_STEPS = (
    (
        ("lift", "verdicts", "experiment.", "allocate.", "watch.effect"),
        mark("Set up a control group"),
        ("/policies",),
    ),
    (("decisions.", "reach."), mark("Show messages"), ("/messages",)),
    (("",), mark("Connect a source"), ("/data", "/settings/keys")),
)


def gate_of(desk: Desk, reader: Reader, answer: Answer) -> Gate:
    """Give the state: with any estimate the panel is open, else the reason decides."""
    main = _telling(answer)
    sentence = main.sentence[reader.language]
    if is_withheld(answer):
        told = reader.say("There is no error on held-back data yet, so no figure is shown.")
        return Gate("little", reader.say("Too little data"), f"{sentence} {told}")
    if answer.status == "ok" or is_broken(answer):
        return OPEN
    if main.reason == "no_source" and is_waiting(desk):
        return listening(reader)
    if main.reason == "no_source":
        words, path = _first_step(desk, answer.measure)
        return setup(reader, sentence, reader.say(words), path)
    if main.reason == "unidentified":
        return Gate("little", reader.say("Cannot be answered from this log"), sentence)
    return Gate("little", reader.say("Too little data"), f"{sentence}{_ready(reader, main)}")


def _telling(answer: Answer) -> Result:
    """Give the main figure; where only that one is not set up, the first that says more."""
    others = (one for one in answer.results if one.reason != "no_source")
    return answer.main if answer.main.reason != "no_source" else next(others, answer.main)


def is_broken(answer: Answer) -> bool:
    """Tell whether the assignment or the exposure of the test is broken."""
    return any("broken" in (one.verdict, one.reason) for one in answer.results)


def is_withheld(answer: Answer) -> bool:
    """Tell whether a customer value would stand without its error on held-back data."""
    return answer.measure in WITH_HOLDOUT and answer.status == "ok" and holdout_of(answer) is None


def holdout_of(answer: Answer) -> Result | None:
    """Give the error of a customer value on held-back data; None where it has none."""
    found = (one for one in answer.results if one.name.endswith(".holdout"))
    return next((one for one in found if one.estimate is not None), None)


def _ready(reader: Reader, result: Result) -> str:
    if result.weeks_needed is None:
        return ""
    day = reader.day_of(reader.now + int(result.weeks_needed * WEEK_MS))
    return " " + reader.say("At today's pace ready on {day}.", day=day)


def _first_step(desk: Desk, measure: str) -> tuple[str, str]:
    paths = {page.path for family in desk.families for page in family.pages}
    for begins, words, places in FIRST_STEPS:
        if measure.startswith(begins):
            for place in places:
                if place in paths:
                    return words, place
    return FIRST_STEPS[-1][1], "/settings"
