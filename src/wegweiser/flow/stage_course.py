"""Where one person or account stood at several moments, and what was looked at before its move."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from wegweiser.flow.journeys import JourneyBook
from wegweiser.flow.stages import SEEN_WITHIN_MS, People, Stages, Told, busy_of
from wegweiser.profile.stage_course import read_course
from wegweiser.terms.instant import DAY_MS, MINUTE_MS
from wegweiser.terms.journey import Sign

TOUCHED_WITHIN_MS = 14 * DAY_MS


class Course(msgspec.Struct, frozen=True):
    """The shown stage at each mark, and the kinds of evidence in the 14 days before the move.

    The move is the last change of the shown stage; without one the last mark counts instead.
    """

    stages: tuple[str, ...]
    touched: frozenset[str]


def course_of_person(told: Told, marks: Sequence[int]) -> Course:
    """Read the course of a person at marks (ms, ascending)."""
    stages = read_course(told.kernel, told.signs, marks, told.start)
    return Course(stages, touched(told.signs, moved_at(stages, marks)))


def course_of_account(stages: Stages, people: People, marks: Sequence[int]) -> Course:
    """Read the course of an account at marks (ms, ascending), as `Stages.account` reads each."""
    seen = [_seen(people, mark) for mark in marks]
    return course_of_signs(stages.book, stages.signs_of(people), seen, marks)


def course_of_signs(
    book: JourneyBook, signs: Sequence[Sign], seen: Sequence[int], marks: Sequence[int]
) -> Course:
    """Read the course of an account at marks (ms); `seen` people there lately at each of them."""
    busy = zip(map(busy_of, seen), marks, strict=True)
    found: list[str] = []
    # How busy the account was decides the arithmetic; marks of one kind share one walk.
    for number, run in groupby(busy, key=lambda one: one[0]):
        kernel = book.kernel(number)
        found += read_course(kernel, signs, [mark for _, mark in run], kernel.start)
    return Course(tuple(found), touched(signs, moved_at(found, marks)))


def _seen(people: People, mark: int) -> int:
    since = mark - SEEN_WITHIN_MS
    return sum(any(since < one.at <= mark for one in told) for told, _ in people.values())


def moved_at(stages: Sequence[str], marks: Sequence[int]) -> int:
    """Give the mark (ms) from which on the last stage stands; the last mark without a change.

    >>> moved_at(("explore", "evaluate", "evaluate"), (10, 20, 30)), moved_at(("a", "a"), (1, 2))
    (20, 2)
    """
    before = [place for place, stage in enumerate(stages) if stage != stages[-1]]
    return marks[before[-1] + 1] if before else marks[-1]


def touched(signs: Sequence[Sign], at: int) -> frozenset[str]:
    """Name the kinds of evidence in the 14 days up to a moment (ms)."""
    until, since = at // MINUTE_MS, (at - TOUCHED_WITHIN_MS) // MINUTE_MS
    return frozenset(sign.what for sign in signs if since < sign.minute <= until)
