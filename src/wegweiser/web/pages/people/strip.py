"""The stage of a person or an account over half a year: a strip of weeks, and its runs in words."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import msgspec

from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.journey import ON_PATH, STAGES
from wegweiser.web.pages.journeys.words import WAYS_IN_WORDS
from wegweiser.web.text import Reader
from wegweiser.web.words import stage_in_words
from wegweiser.workspace.journey_flow_operations import way_of

WEEKS = 26
# The present week stands against so many weeks before.
DIRECTION_WEEKS = 4
WEEK_MS = 7 * DAY_MS
Stages = Callable[[Sequence[int]], Sequence[str]]
Names = Mapping[str, Mapping[str, str]]


class Week(msgspec.Struct, frozen=True):
    """One week of the strip: its place, and how far along the path it stands (1 to 5, 0 beside)."""

    x: int
    step: int


class Run(msgspec.Struct, frozen=True):
    """A time in one stage."""

    stage: str
    days: str


class Strip(msgspec.Struct, frozen=True):
    """The strip, its runs with the newest first, and where it goes in a sentence."""

    weeks: tuple[Week, ...]
    runs: tuple[Run, ...]
    direction: str


def strip_of(reader: Reader, stages_at: Stages, names: Names, since: int) -> Strip:
    """Read the stage at the end of each week (ms) since a moment, half a year at most."""
    marks = [reader.now - back * WEEK_MS for back in range(WEEKS - 1, -1, -1)]
    marks = [mark for mark in marks if mark > since] or [reader.now]
    stages = list(stages_at(marks))
    runs: list[Run] = []
    for stage, places in groupby(range(len(marks)), key=lambda place: stages[place]):
        held = [marks[place] for place in places]
        runs.append(Run(stage_in_words(reader, names, stage), _days(reader, held, marks)))
    weeks = tuple(Week(place, _step(stage)) for place, stage in enumerate(stages))
    return Strip(weeks, tuple(reversed(runs)), _direction(reader, stages, names))


def _step(stage: str) -> int:
    """Give how far along the path a stage is.

    >>> _step("dormant"), _step("customer"), _step("stalled")
    (1, 5, 0)
    """
    place = [*STAGES].index(stage) if stage in STAGES else ON_PATH
    return max(1, place) if place < ON_PATH else 0


def _days(reader: Reader, held: Sequence[int], marks: Sequence[int]) -> str:
    first, last = reader.day_of(held[0]), reader.day_of(held[-1])
    if held[-1] == marks[-1]:
        return reader.say("since {day}", day=first)
    return first if first == last else reader.say("{since} to {until}", since=first, until=last)


def _direction(reader: Reader, stages: Sequence[str], names: Names) -> str:
    """Say in a sentence where it went in the last four weeks."""
    if len(stages) <= DIRECTION_WEEKS:
        return ""
    before, now = stages[-1 - DIRECTION_WEEKS], stages[-1]
    way = way_of(before, now)
    if way == "stayed":
        return reader.say("No other stage than four weeks ago.")
    return reader.say(
        "In four weeks {way}: from {source} to {target}.",
        way=reader.say(WAYS_IN_WORDS[way]),
        source=stage_in_words(reader, names, before),
        target=stage_in_words(reader, names, now),
    )
