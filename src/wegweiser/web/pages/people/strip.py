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
DORMANT = 0.3
Stages = Callable[[Sequence[int]], Sequence[str]]
Names = Mapping[str, Mapping[str, str]]


class Week(msgspec.Struct, frozen=True):
    """One week of the strip: its place, and how far along the path it stands (to 5, 0 beside).

    `off` tells a week beside the path from one of which nothing is known.
    """

    x: int
    step: float
    off: bool = False


class Run(msgspec.Struct, frozen=True):
    """A time in one stage."""

    stage: str
    days: str


class Strip(msgspec.Struct, frozen=True):
    """The strip, its runs with the newest first, and where it goes in a sentence.

    `top` and `bottom` name the stages at the ends of the path, `first` the day of the first week.
    """

    weeks: tuple[Week, ...]
    runs: tuple[Run, ...]
    direction: str
    top: str = ""
    bottom: str = ""
    first: str = ""

    @property
    def has_off(self) -> bool:
        """True where a week is beside the path."""
        return any(week.off for week in self.weeks)


def strip_of(reader: Reader, stages_at: Stages, names: Names, since: int) -> Strip:
    """Read the stage at the end of each week (ms) since a moment, half a year at most."""
    marks = [reader.now - back * WEEK_MS for back in range(WEEKS - 1, -1, -1)]
    marks = [mark for mark in marks if mark > since] or [reader.now]
    stages = list(stages_at(marks))
    runs: list[Run] = []
    for stage, places in groupby(range(len(marks)), key=lambda place: stages[place]):
        held = [marks[place] for place in places]
        runs.append(Run(stage_in_words(reader, names, stage), _days(reader, held, marks)))
    weeks = tuple(
        Week(place, _step(stage), stage in STAGES[ON_PATH:]) for place, stage in enumerate(stages)
    )
    return Strip(
        weeks,
        tuple(reversed(runs)),
        _direction(reader, stages, names),
        stage_in_words(reader, names, STAGES[ON_PATH - 1]),
        stage_in_words(reader, names, STAGES[0]),
        reader.day_of(marks[0]),
    )


def _step(stage: str) -> float:
    """Give how far along the path a stage is; somebody dormant is seen, and far below explore.

    >>> _step("dormant"), _step("explore"), _step("customer"), _step("stalled")
    (0.3, 1, 5, 0)
    """
    place = [*STAGES].index(stage) if stage in STAGES else ON_PATH
    return max(DORMANT, place) if place < ON_PATH else 0


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
