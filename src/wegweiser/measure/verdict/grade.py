"""Grades kept advice by what later data said of the same thing."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wegweiser.terms.advice import KeptAdvice

Grade = Literal["stands", "reversed", "open"]


class Grades(msgspec.Struct, frozen=True):
    """How kept keeps and drops fared: a grade per advice in the order given, and how many."""

    grades: tuple[Grade | None, ...]
    stood: int
    reversed: int
    open: int

    @property
    def share_reversed(self) -> float | None:
        """Give the share of graded keeps and drops that later data reversed."""
        graded = self.stood + self.reversed
        return self.reversed / graded if graded else None


def graded(kept: Sequence[KeptAdvice]) -> Grades:
    """Hold every keep and drop against the latest later advice on the same thing and goal.

    Reversed where the later interval of profit lies wholly on the other side of 0, or says change;
    it stands where that lies on the same side; else it is open.

    >>> graded([]).share_reversed is None
    True
    """
    grades = tuple(_grade(one, kept) for one in kept)
    return Grades(grades, grades.count("stands"), grades.count("reversed"), grades.count("open"))


def _grade(one: KeptAdvice, kept: Sequence[KeptAdvice]) -> Grade | None:
    if one.advice not in ("keep", "drop"):
        return None
    later = [other for other in kept if other.at > one.at and _is_same(one, other)]
    if not later:
        return "open"
    last = max(later, key=lambda other: other.at)
    if last.profit_low is None or last.profit_high is None:
        return "open"
    below, above = last.profit_high < 0, last.profit_low > 0
    wanted, against = (above, below) if one.advice == "keep" else (below, above)
    if against or (one.advice == "keep" and last.advice == "change"):
        return "reversed"
    return "stands" if wanted else "open"


def _is_same(one: KeptAdvice, other: KeptAdvice) -> bool:
    goals = (one.options.get("goal", ""), other.options.get("goal", ""))
    return (one.by, one.thing) == (other.by, other.thing) and goals[0] == goals[1]
