"""The step counter of one evaluation: what costs time is charged by its size."""

from collections.abc import Sequence

from wegweiser.query.cel.pattern import Pattern
from wegweiser.query.cel.values import Scope, TooLong

# No name in a rule begins with this sign, so no variable can be mistaken for the counter.
STEPS = "#steps"
# Built-in functions go over this many characters or elements in the time of one step.
CHARACTERS_PER_STEP = 256
ELEMENTS_PER_STEP = 16

# A pattern goes over this much work (characters times its parts) in the time of a few steps.
MATCH_WORK_PER_STEP = 1_024

Steps = list[int]


def steps_of(scope: Scope) -> Steps | None:
    """Give the counter that is left in a list of one number, None where nothing is counted."""
    left = scope.get(STEPS)
    return left if isinstance(left, list) else None


def charge(left: Steps, cost: int) -> None:
    """Count steps; raises TooLong when there are no more.

    >>> left = [10]
    >>> charge(left, 4); left
    [6]
    """
    left[0] -= cost
    if left[0] < 0:
        raise TooLong(cost)


def cost_of_call(values: Sequence[object]) -> int:
    """Give the steps of a built-in function for all its values."""
    cost = sum(map(cost_of, values))
    for pattern in values:
        if isinstance(pattern, Pattern):
            texts = (value for value in values if isinstance(value, str))
            cost += sum(map(pattern.work, texts)) // MATCH_WORK_PER_STEP
    return cost


def cost_of(value: object) -> int:
    """Give the steps for handing a value to a built-in function once.

    >>> cost_of("short"), cost_of("x" * 1_024)
    (0, 4)
    """
    if isinstance(value, str):
        return len(value) // CHARACTERS_PER_STEP
    return len(value) // ELEMENTS_PER_STEP if isinstance(value, list | tuple) else 0
