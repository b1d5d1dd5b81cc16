"""Series side by side over the same periods, on the scale on which they are watched."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import special

Kind = Literal["count", "share", "ratio", "cost", "value"]
Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
_HALF = 0.5


class Series(msgspec.Struct, frozen=True):
    """One series: a count, a share or ratio of `part` to `whole`, a cost, or a plain value.

    Counts are watched as log(y + ½), shares as logit, ratios as the logarithm of a quotient,
    costs as that of `whole` (money) to `part` (what it brought), values as they are. Not a number
    is a period of which nothing came; what came `late` is known not to be whole.
    """

    name: str
    kind: Kind
    part: Reals
    whole: Reals | None = None
    late: Marks | None = None


class Panel(msgspec.Struct, frozen=True):
    """Series × periods: shown and watched values, kinds, what they are made of, what is late."""

    names: tuple[str, ...]
    shown: Reals
    watched: Reals
    kinds: npt.NDArray[np.str_]
    parts: Reals
    wholes: Reals
    late: Marks

    @property
    def size(self) -> tuple[int, int]:
        """How many series and how many periods."""
        rows, columns = self.watched.shape
        return rows, columns


def panel_of(series: Sequence[Series]) -> Panel:
    """Put series side by side; all begin with the same period, shorter ones end earlier.

    >>> panel_of([Series("visits", "count", np.array([0.0, 9.5]))]).watched.round(3).tolist()
    [[-0.693, 2.303]]
    """
    periods = max(len(one.part) for one in series)
    ones = np.ones(periods)
    wholes = [_long(ones if one.whole is None else one.whole, periods) for one in series]
    parts = [_long(one.part, periods) for one in series]
    late = np.zeros((len(series), periods), dtype=np.bool_)
    for row, one in enumerate(series):
        if one.late is not None:
            late[row, : len(one.late)] = one.late
    kinds = np.array([one.kind for one in series])
    pairs = list(zip(kinds, parts, wholes, strict=True))
    return Panel(
        tuple(one.name for one in series),
        np.array([_shown(*pair) for pair in pairs]),
        np.array([_watched(*pair) for pair in pairs]),
        kinds,
        np.array(parts),
        np.array(wholes),
        late,
    )


def _long(values: Reals, periods: int) -> Reals:
    longer = np.full(periods, np.nan)
    longer[: len(values)] = values
    return longer


def _shown(kind: str, part: Reals, whole: Reals) -> Reals:
    if kind in ("count", "value"):
        return part
    with np.errstate(divide="ignore", invalid="ignore"):
        divided = whole / part if kind == "cost" else part / whole
        return np.where((whole > 0) & np.isfinite(divided), divided, np.nan)


def _watched(kind: str, part: Reals, whole: Reals) -> Reals:
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "value":
            return part.copy()
        if kind == "count":
            return np.log(part + _HALF)
        if kind == "share":
            scaled = np.log(part + _HALF) - np.log(np.maximum(whole - part, 0) + _HALF)
        else:
            scaled = np.log(part + _HALF) - np.log(whole + _HALF)
        return np.where(whole > 0, -scaled if kind == "cost" else scaled, np.nan)


def shown_of(kind: str, watched: Reals) -> Reals:
    """Turn watched values back into those that people read.

    >>> shown_of("share", np.array([0.0])).tolist()
    [0.5]
    """
    if kind == "value":
        return watched
    if kind == "share":
        back: Reals = special.expit(watched)
        return back
    if kind == "count":
        return np.maximum(np.exp(watched) - _HALF, 0.0)
    return np.exp(watched)


def chance_spread(panel: Panel, period: int, expected: Reals) -> Reals:
    """Give, per series, the standard deviation that chance alone brings in a period.

    Poisson for counts, ratios and costs, binomial for shares, nothing for plain values.
    """
    whole = np.maximum(np.nan_to_num(panel.wholes[:, period], nan=1.0), 1.0)
    at = np.clip(np.nan_to_num(expected), -30.0, 30.0)
    rate = special.expit(at)
    spread = np.where(panel.kinds == "count", np.exp(-at / 2), 0.0)
    spread = np.where(panel.kinds == "ratio", np.exp(-at / 2) / np.sqrt(whole), spread)
    spread = np.where(panel.kinds == "cost", np.exp(at / 2) / np.sqrt(whole), spread)
    binomial = 1 / np.sqrt(whole * rate * (1 - rate) + 1e-12)
    found: Reals = np.where(panel.kinds == "share", binomial, spread)
    return np.minimum(found, 3.0)
