"""Weekly figures of one company: sales, what each channel spent or showed, and other causes."""

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Weeks(msgspec.Struct, frozen=True):
    """N weeks in order: `sales` (N), `media` (N × channels, 0 or more), `controls` (N × controls).

    `names` are the channels; `is_money` tells of each whether its figures are money like the
    sales, so that a return can be told. `first_days` may be empty where no dates are known.
    """

    sales: Floats
    media: Floats
    names: tuple[str, ...]
    controls: Floats
    control_names: tuple[str, ...] = ()
    is_money: tuple[bool, ...] = ()
    first_days: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """The number of weeks."""
        return len(self.sales)

    def until(self, week: int) -> "Weeks":
        """Give the weeks before one, by its number."""
        return msgspec.structs.replace(
            self,
            sales=self.sales[:week],
            media=self.media[:week],
            controls=self.controls[:week],
            first_days=self.first_days[:week],
        )


def weeks_of(
    sales: Floats,
    media: dict[str, Floats],
    controls: dict[str, Floats] | None = None,
    money: frozenset[str] = frozenset(),
    first_days: tuple[str, ...] = (),
) -> Weeks:
    """Make weeks from arrays of one length; raises ValueError where they are not.

    Channels stand in the order of their figures and not of their names, so that the fit of a
    renamed channel is the same to the last digit.

    >>> weeks_of(np.ones(3), {"b": np.ones(3), "a": np.zeros(3)}).names
    ('b', 'a')
    """
    others = controls or {}
    lengths = {len(column) for column in (sales, *media.values(), *others.values())}
    if len(lengths) != 1:
        raise ValueError(f"sales, media and controls need one length, not {sorted(lengths)}")
    if not media:
        raise ValueError("a media mix needs at least one channel")
    figures = {name: np.asarray(column, float) for name, column in media.items()}
    if any(np.any(column < 0) for column in figures.values()):
        raise ValueError("what a channel spends or shows is never below 0")
    names = sorted(figures, key=lambda name: _by_figures(figures[name], name))
    held = sorted(others)
    return Weeks(
        sales=np.asarray(sales, float),
        media=np.column_stack([figures[name] for name in names]),
        names=tuple(names),
        controls=np.column_stack([np.zeros((len(sales), 0)), *(others[name] for name in held)]),
        control_names=tuple(held),
        is_money=tuple(name in money for name in names),
        first_days=first_days,
    )


def _by_figures(column: Floats, name: str) -> tuple[float, list[float], str]:
    return (-float(column.sum()), column.tolist(), name)
