"""Draws who is told where fewer contacts are left than people: one by one, by section 4's chances.

Whoever stands for a contact has an own choice of what to tell already. The chance of a person is
the sum of what all pairs of that person and a message would have among all pairs of all people.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.policy import Numbers
from wegweiser.decide.probability import in_units, select
from wegweiser.terms.decision import Round

_Alive = NDArray[np.bool_]


class Member(msgspec.Struct, frozen=True):
    """Somebody who has something to tell: what it may be worth, and whose contact it would be.

    `name` orders people and is unlike any other; `utilities` are those of all messages that may
    be told, `rooms` the budgets that a contact takes from. "" is an unknown `role`. With `by_lot`
    worth does not count.
    """

    name: str
    utilities: Utilities
    rooms: frozenset[str]
    role: str = ""
    by_lot: bool = False


class Fared(msgspec.Struct, frozen=True):
    """The rounds in which a member stood, and the budget that kept it out; "" who was drawn."""

    rounds: tuple[Round, ...]
    kept_out: str = ""


class Exploration(msgspec.Struct, frozen=True):
    """The share that exploration has, and over how many of the best prospects it is spread."""

    floor: float
    top: int


def share(
    members: Sequence[Member],
    rooms: Mapping[str, int],
    exploration: Exploration,
    number: Callable[[int], int],
) -> tuple[list[str], dict[str, Fared]]:
    """Draw until every budget is used: nobody twice, of a role at most half, rounded up.

    `rooms` is how many contacts each budget has left, `number` gives the 32-bit random integer of
    a round. Gives the names of those drawn, in that order, and how everybody fared.
    """
    ordered = sorted(members, key=lambda one: one.name)
    draws = _Draws(ordered, rooms)
    while draws.alive.any():
        standing = [ordered[place] for place in np.flatnonzero(draws.alive)]
        units = in_units(chances_of(standing, exploration))
        draws.take(units, number(len(draws.drawn)))
    fared = {one.name: draws.fared(place) for place, one in enumerate(ordered)}
    return [ordered[place].name for place in draws.drawn], fared


class _Draws:
    def __init__(self, members: Sequence[Member], rooms: Mapping[str, int]) -> None:
        self._members = members
        self._rooms = rooms
        self._used: Counter[str] = Counter()
        self._used_by: Counter[tuple[str, str]] = Counter()
        self._rounds: list[list[Round]] = [[] for _ in members]
        self._kept_out = [""] * len(members)
        self.drawn: list[int] = []
        self.alive: _Alive = np.ones(len(members), dtype=bool)
        self._close()

    def take(self, units: NDArray[np.uint64], drawn: int) -> None:
        """Give one contact to whom a number falls on, and note the round for all who stood."""
        places, ends = np.flatnonzero(self.alive), np.cumsum(units)
        whole = int(ends[-1])
        for place, own, end in zip(places.tolist(), units.tolist(), ends.tolist(), strict=True):
            self._rounds[place].append(Round(end - own, own, whole - end, drawn))
        winner = int(places[ends.searchsorted(np.uint64(drawn), side="right")])
        self.drawn.append(winner)
        self.alive[winner] = False
        member = self._members[winner]
        for room in member.rooms:
            self._used[room] += 1
            self._used_by[room, member.role] += 1
        self._close()

    def _close(self) -> None:
        """Take out whom a budget has no room for any more."""
        for place in np.flatnonzero(self.alive).tolist():
            member = self._members[place]
            full = [room for room in sorted(member.rooms) if self._is_full(room, member.role)]
            if full:
                self.alive[place] = False
                self._kept_out[place] = full[0]

    def _is_full(self, room: str, role: str) -> bool:
        limit = self._rooms[room]
        # Of people without a known role nobody knows that they are alike.
        half = bool(role) and self._used_by[room, role] >= -(-limit // 2)
        return half or self._used[room] >= limit

    def fared(self, place: int) -> Fared:
        """Tell how a member fared."""
        return Fared(tuple(self._rounds[place]), self._kept_out[place])


def chances_of(members: Sequence[Member], exploration: Exploration) -> Numbers:
    """Give everybody's chance of the next contact; "nothing" is none, as all have something.

    Whoever is drawn by lot has an equal part; the others share what is left by worth.

    >>> one = np.ones(2)
    >>> pairs = Utilities(0 * one, one, one, 0 * one)
    >>> ada = Member("ada", pairs, frozenset(), by_lot=True)
    >>> eve, ida = (Member(name, pairs, frozenset()) for name in ("eve", "ida"))
    >>> chances_of([ada, eve, ida], Exploration(0.02, 10)).round(4).tolist()
    [0.3333, 0.3333, 0.3333]
    """
    count = len(members)
    by_lot = np.array([one.by_lot for one in members], dtype=bool)
    found = np.full(count, 1.0 / count)
    weighed = [one for one in members if not one.by_lot]
    if weighed:
        part = len(weighed) / count
        found[~by_lot] = part * _by_worth(weighed, exploration)
    return found


def _by_worth(members: Sequence[Member], exploration: Exploration) -> Numbers:
    joined = _joined([one.utilities for one in members])
    chosen = select(joined, False, exploration.floor, exploration.top, True).probability
    owner = np.repeat(np.arange(len(members)), [len(one.utilities.mean) for one in members])
    return np.bincount(owner, weights=chosen, minlength=len(members)).astype(np.float64)


def _joined(parts: Sequence[Utilities]) -> Utilities:
    """Put all pairs on one shelf; a model without doubt stands there with the least spread."""
    return Utilities(
        np.concatenate([part.mean for part in parts]),
        np.concatenate([part.spread for part in parts]),
        np.concatenate([part.worth for part in parts]),
        np.concatenate([part.cost for part in parts]),
    )
