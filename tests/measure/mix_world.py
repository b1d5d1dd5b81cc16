"""Weekly worlds with known shares, for tests of the media mix."""

from datetime import date, timedelta

import numpy as np

from wegweiser.measure.mix.shape import CARRY_WEEKS, acted, lagged
from wegweiser.measure.mix.weeks import Floats, Weeks, weeks_of

FIRST = date(2020, 1, 6)
_BEFORE = CARRY_WEEKS - 1


class World:
    """Two channels `a` (always on) and `b` (often off) that bring what is told."""

    def __init__(
        self,
        chance: np.random.Generator,
        weeks: int = 156,
        noise: float = 0.25,
        memory: float = 0.0,
        effects: tuple[float, float] = (3.0, 2.0),
    ):
        self.decay = chance.uniform(0.1, 0.7, 2)
        self.steepness = chance.uniform(2.0, 5.0, 2)
        self.effects = np.array(effects)
        spent = chance.gamma(2.0, 1.0, (weeks + _BEFORE, 2))
        spent[:, 1] *= chance.random(weeks + _BEFORE) < 0.4
        self.top = spent[_BEFORE:].max(axis=0)
        active = acted(lagged(spent / self.top), self.decay[None], self.steepness[None])[0]
        brought = self.effects[:, None] * active
        self.spent: Floats = spent[_BEFORE:]
        self.sales: Floats = (
            _background(weeks) + brought.sum(axis=0) + _noise(chance, weeks, noise, memory)
        )
        kept = brought[:, _BEFORE:].sum(axis=1) / self.sales[_BEFORE:].sum()
        self.shares = {"a": float(kept[0]), "b": float(kept[1])}

    @property
    def weeks(self) -> Weeks:
        """The figures as a company would have them."""
        return weeks_of(self.sales, {"a": self.spent[:, 0], "b": self.spent[:, 1]})

    def lift(self, channel: int, spend: float, more: float) -> float:
        """Give what a steady step in weekly spend truly brings."""
        parts = np.array([spend, spend + more]) / self.top[channel]
        low, high = self.effects[channel] * np.tanh(0.5 * self.steepness[channel] * parts)
        return float(high - low)


def _background(weeks: int) -> Floats:
    at = np.arange(weeks)
    turns = 2 * np.pi * at / (365.25 / 7)
    return np.asarray(4 + 0.5 * at / weeks + 0.4 * np.sin(turns) + 0.3 * np.cos(2 * turns))


def _noise(chance: np.random.Generator, weeks: int, size: float, memory: float) -> Floats:
    found = chance.normal(0, size, weeks) * np.sqrt(1 - memory**2)
    for week in range(1, weeks):
        found[week] += memory * found[week - 1]
    return found


def series_rows(columns: dict[str, tuple[str, Floats]]) -> list[dict[str, object]]:
    """Give rows of imported series: name -> (role, values), one value a week."""
    return [
        {
            "file": "weeks.csv",
            "day": FIRST + timedelta(weeks=week),
            "name": name,
            "role": role,
            "value": float(value),
            "received_at": 0,
        }
        for name, (role, values) in columns.items()
        for week, value in enumerate(values)
    ]
