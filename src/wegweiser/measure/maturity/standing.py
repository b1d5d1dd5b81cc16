"""From lines of evidence to stages: in place, in part, missing; and the next three steps."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wegweiser.measure.maturity.evidence import Evidence
from wegweiser.measure.maturity.line import STAGES, Line, State
from wegweiser.measure.maturity.lines_high import MARKET, SUCCESS, WATCHING
from wegweiser.measure.maturity.lines_low import REVENUE, WEB

StageState = Literal["in_place", "in_part", "missing", "not_yet_visible"]
LINES: tuple[Line, ...] = (*WEB, *REVENUE, *SUCCESS, *MARKET, *WATCHING)
STEPS = 3


class Judged(msgspec.Struct, frozen=True):
    """One line with its figure and state."""

    line: Line
    figure: float | None
    state: State


class Stage(msgspec.Struct, frozen=True):
    """One stage: its state and which share of its lines is in place."""

    number: int
    state: StageState
    lines: tuple[Judged, ...]

    @property
    def share(self) -> float:
        """Give the share of needed lines that are in place."""
        needed = [one for one in self.lines if one.state != "not_needed"]
        return sum(one.state == "in_place" for one in needed) / max(1, len(needed))


class Standing(msgspec.Struct, frozen=True):
    """All five stages, the one that is reached (0 while nothing is visible), and what is next.

    A stage is reached when it is at least in part there and all below it are in place.
    """

    stages: tuple[Stage, ...]
    reached: int
    steps: tuple[Judged, ...]

    @property
    def is_visible(self) -> bool:
        """Tell whether anything at all is known."""
        return any(one.figure is not None for stage in self.stages for one in stage.lines)


def standing(evidence: Evidence, lines: Sequence[Line] = LINES) -> Standing:
    """Judge all stages.

    >>> standing(Evidence([], 0)).reached
    0
    """
    stages = tuple(_stage(number, lines, evidence) for number in STAGES)
    reached = 0
    for stage in stages:
        if stage.state not in ("in_place", "in_part"):
            break
        reached = stage.number
        if stage.state == "in_part":
            break
    return Standing(stages, reached, _steps(stages))


def _stage(number: int, lines: Sequence[Line], evidence: Evidence) -> Stage:
    judged = tuple(
        Judged(line, line.read(evidence), line.state(evidence))
        for line in lines
        if line.stage == number
    )
    states = [one.state for one in judged if one.state != "not_needed"]
    good = states.count("in_place")
    state: StageState
    if good == len(states):
        state = "in_place"
    elif 2 * good >= len(states):
        state = "in_part"
    else:
        state = "not_yet_visible" if set(states) == {"not_yet_visible"} else "missing"
    return Stage(number, state, judged)


def _steps(stages: Sequence[Stage]) -> tuple[Judged, ...]:
    """Choose three: of the lowest stage that is not in place first, most worth per effort first."""
    open_lines = [
        one
        for stage in stages
        for one in stage.lines
        if one.state in ("missing", "not_yet_visible")
    ]
    open_lines.sort(key=lambda one: (one.line.stage, -one.line.worth / one.line.effort))
    return tuple(open_lines[:STEPS])
