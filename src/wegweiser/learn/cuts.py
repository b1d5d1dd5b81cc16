"""Eight bins for the values of an attribute, cut where they fall into equal parts."""

from collections.abc import Sequence

BINS = 8
# So many values are awaited before the cuts are made; they stay as they are from then on.
WAITED = 256


def wait(values: list[float], value: float) -> None:
    """Keep a value until there are enough; changes `values`."""
    if len(values) < WAITED:
        values.append(value)


def cut(values: Sequence[float]) -> tuple[float, ...]:
    """Give at most seven ascending cuts, or none before enough values are there.

    Equal values stay together, so that few distinct values make fewer bins.

    >>> cut([float(value) for value in range(256)])
    (32.0, 64.0, 96.0, 128.0, 160.0, 192.0, 224.0)
    >>> cut([1.0] * 255)
    ()
    """
    if len(values) < WAITED:
        return ()
    ordered = sorted(values)
    places = (len(ordered) * part // BINS for part in range(1, BINS))
    return tuple(sorted({ordered[place] for place in places}))
