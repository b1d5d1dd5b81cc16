"""Credit by a rule: first, last, linear, position and time decay. A split, not a cause."""

from collections.abc import Callable, Sequence

from wegweiser.measure.credit.path import Paths, Split, split

ENDS = 0.4
Shares = Sequence[float]


def first(steps: int) -> Shares:
    """Give everything to the contact that began.

    >>> first(3)
    [1.0, 0.0, 0.0]
    """
    return [1.0, *(0.0 for _ in range(steps - 1))]


def last(steps: int) -> Shares:
    """Give everything to the contact before the goal."""
    return [*(0.0 for _ in range(steps - 1)), 1.0]


def linear(steps: int) -> Shares:
    """Give every contact the same; one that comes twice counts twice."""
    return [1.0 / steps] * steps


def position(steps: int) -> Shares:
    """Give 40 % to the first and to the last contact and the rest to those between, evenly.

    One contact takes all, two take half each.

    >>> position(4)
    [0.4, 0.1, 0.1, 0.4]
    """
    if steps <= 2:
        return linear(steps)
    between = (1.0 - 2 * ENDS) / (steps - 2)
    return [ENDS, *(between for _ in range(steps - 2)), ENDS]


RULES: dict[str, Callable[[int], Shares]] = {
    "first": first,
    "last": last,
    "linear": linear,
    "position": position,
}


def by_rule(paths: Paths, rule: Callable[[int], Shares]) -> Split:
    """Split every path's goals over its steps by a rule.

    Assumes nothing and proves nothing: the rule is somebody's choice. Source: measurement
    reference 3.7.

    >>> from wegweiser.measure.credit.path import Path, gather
    >>> paths = gather([Path(("mail", "search"), 2), Path(("search",), 1)])
    >>> by_rule(paths, first).of(paths.goals).tolist()
    [2.0, 1.0]
    """
    of_length = {length: rule(length) for length in {len(steps) for steps in paths.steps}}
    return split(paths, lambda _, steps: list(zip(steps, of_length[len(steps)], strict=True)))


def by_decay(paths: Paths) -> Split:
    """Split every path's goals so that a contact counts half after some days.

    The halves were reckoned where the times are known, in the question. Raises ValueError where
    they are not.
    """
    decay = paths.decay
    if decay is None:
        raise ValueError("these paths do not say when their contacts were")
    return split(paths, lambda number, steps: list(zip(steps, decay[number], strict=True)))
