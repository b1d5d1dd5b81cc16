"""What was counted for one campaign, channel or message, read from the rows of the question."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

import msgspec

from wegweiser.measure.arms import TWO_ARMS
from wegweiser.measure.form import Row, real, text
from wegweiser.measure.lift_sums import Sums, read_sums
from wegweiser.measure.verdict.question import NOTHING

# A thing's effect is its own where at most so many of its units were offered another.
OWN_BELOW = 0.05


class Thing(msgspec.Struct, frozen=True):
    """One thing: its sums per arm, what treated units were shown, and what that cost.

    `followed` are units that were offered something else within the window, `last_clicks` the
    goals that a last click would give it. `cost` is None where nobody knows the cost of some
    contact; that of `imported` ones is known by imported costs.
    """

    name: str
    sums: dict[str, Sums]
    followed: float
    contacts: float
    cost: float | None
    last_clicks: int
    imported: float = 0.0

    @property
    def units(self) -> int:
        """Give the units with a closed window, over all arms."""
        return sum(arm.closed for arm in self.sums.values())

    @property
    def followed_share(self) -> float:
        """Give the share of units that were offered something else as well."""
        return self.followed / self.units if self.units else 0.0

    @property
    def is_own(self) -> bool:
        """True when hardly any of its units were offered something else."""
        return self.followed_share <= OWN_BELOW


def read_things(rows: Sequence[Row]) -> list[Thing]:
    """Read one thing per name; units without any message make no thing."""
    names = dict.fromkeys(text(row, "thing") for row in rows)
    return [
        _thing(name, [row for row in rows if row["thing"] == name])
        for name in names
        if name != NOTHING
    ]


def _thing(name: str, rows: list[Row]) -> Thing:
    placed = [row for row in rows if row["arm"] != TWO_ARMS]
    contacts = sum(real(row, "contacts") for row in placed)
    costed = sum(real(row, "costed") for row in placed)
    return Thing(
        name,
        read_sums(rows),
        sum(real(row, "followed") for row in placed),
        contacts,
        # A contact that is neither free of charge nor declared has a cost that nobody knows.
        sum(real(row, "cost") for row in placed) if costed >= contacts else None,
        max(round(real(row, "last_clicks")) for row in rows),
        sum(real(row, "imported") for row in placed if "imported" in row),
    )


def together(things: Iterable[Thing]) -> dict[str, Sums]:
    """Add up the arms of several things."""
    found: dict[str, list[Sums]] = {}
    for thing in things:
        for arm, sums in thing.sums.items():
            found.setdefault(arm, []).append(sums)
    return {arm: reduce(add, parts) for arm, parts in found.items()}
