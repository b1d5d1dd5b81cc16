"""What the courses of accounts rest on: read a person at a time, kept small until it changes."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.flow.owner_book import is_complete
from wegweiser.flow.plain_persons import PlainPersons
from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.stage_course import Course, course_of_signs
from wegweiser.flow.stages import SEEN_WITHIN_MS, People, Stages, evidence_of
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.profile import reading
from wegweiser.profile.aged import day_of_place
from wegweiser.profile.reading import CellAt
from wegweiser.profile.touch import Touch, earlier_touch
from wegweiser.profile.trait import read_traits
from wegweiser.profile.view import account_cells
from wegweiser.resolve.account_index import Plain
from wegweiser.resolve.account_side import MemberShare
from wegweiser.resolve.person import LeafShare
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Leaf, identifier
from wegweiser.terms.journey import Sign
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import Happening

# Signs and moments that are kept, eight bytes each; beyond them the accounts read first go.
MOST_KEPT = 8_000_000
# Of more persons than these it is cheaper to read all accounts anew.
MOST_CHANGED = 50_000
_NOBODY = np.zeros(0, np.int64)


class Footing(msgspec.Struct, frozen=True, eq=False):
    """One account: its signs as minutes and kinds, when each person was seen (ms), its channel.

    `seen` is sorted within each person; `starts` tells where in it each of them begins.
    """

    minutes: NDArray[np.int32]
    kinds: NDArray[np.int32]
    seen: NDArray[np.int64]
    starts: NDArray[np.int64]
    channel: str

    @property
    def size(self) -> int:
        """How many signs and moments these are."""
        return len(self.minutes) + len(self.seen)

    def people_at(self, marks: Sequence[int]) -> list[int]:
        """Count the people seen in the 90 days up to each mark (ms)."""
        if not len(self.starts):
            return [0] * len(marks)
        seen = self.seen
        within = ((seen > mark - SEEN_WITHIN_MS) & (seen <= mark) for mark in marks)
        return [int(np.logical_or.reduceat(one, self.starts).sum()) for one in within]


class CourseMemory:
    """Footings of accounts; one goes when a member changes, all when another table counts."""

    def __init__(
        self, unifier: Unifier, views: ProfileCache, stages: Stages, store: OperationalStore
    ):
        self._directory = unifier.directory
        self._shelf = unifier.shelf
        self._views = views
        self._store = store
        self._plain = PlainPersons(self._directory, store)
        self._rows_count = False
        self._stages = stages
        self._held: dict[str, Footing] = {}
        self._size = 0
        self._kinds: dict[Sign, int] = {}
        self._basis: tuple[object, ...] = ()
        self._changed: set[str] = set()
        # Nothing is noted before anything is kept.
        self._listens = False
        self._times_forgotten = 0
        views.heard.append(self._hear)
        views.forgotten.append(self.forget_all)

    def _hear(self, changed: Iterable[str]) -> None:
        if self._listens:
            self._changed.update(changed)
            if len(self._changed) > MOST_CHANGED:
                self.forget_all()

    def forget_all(self) -> None:
        """Read every account anew when it is next wanted."""
        self._held.clear()
        self._changed.clear()
        self._size = 0
        # What is being read meanwhile is not kept; kinds stay, as it names them.
        self._times_forgotten += 1

    async def refresh(self, turns: Turns, is_committed: bool = False) -> None:
        """Let go of the accounts of everybody who changed; before a reading of many.

        Where everything `is_committed`, rows tell who most people are.
        """
        self._listens = True
        self._rows_count = is_committed and is_complete(self._store)
        self._views.forget_changed()
        book = self._directory.account_book
        basis = (self._stages.book.journey.version, book.joins, book.senders())
        if basis != self._basis:
            self.forget_all()
            self._basis = basis
        while self._changed:
            self._forget_accounts_of(self._changed.pop())
            await turns.pause()

    def _forget_accounts_of(self, person_id: str) -> None:
        try:
            groups = self._directory.accounts_named_by(person_id)
        except NotFound:
            self.forget_all()
            return
        for group_id in groups:
            self._let_go(group_id)
        # One of them may be half read just now, from before the change.
        self._times_forgotten += 1

    def _let_go(self, group_id: str) -> None:
        held = self._held.pop(group_id, None)
        self._size -= 0 if held is None else held.size

    async def footing(self, group_id: str, turns: Turns) -> Footing:
        """Give what the course of an account rests on; the same object while nothing changed."""
        held = self._held.get(group_id)
        if held is not None:
            return held
        forgotten = self._times_forgotten
        people: dict[str, tuple[Sequence[Happening], float]] = {}
        first: Touch | None = None
        together = self._directory.account_book.together(group_id)
        for parts in self._directory.each_member_of(group_id, self._plain_with):
            counted = [part for part in parts if part.counts]
            if counted:
                cells = account_cells(together, [*self._cells(counted)])
                first = earlier_touch(first, reading.first_touch(cells))
                people[counted[0].person_id] = (evidence_of(cells), self._weight(counted))
            await turns.pause()
        found = self._packed(people, "" if first is None else first.channel)
        if forgotten == self._times_forgotten:
            self._keep(group_id, found)
        return found

    def _plain_with(self, leaf: Leaf) -> Plain | None:
        return self._plain.with_leaf(leaf) if self._rows_count else None

    def _cells(self, parts: Iterable[MemberShare]) -> Iterator[CellAt]:
        return (cell for part in parts for share in part.shares for cell in self._within(share))

    def _within(self, share: LeafShare) -> Iterator[CellAt]:
        for day, scope, cell in self._shelf.look(share.leaf):
            if share.covers(day_of_place(day, cell)):
                yield CellAt(share.leaf, day, scope, cell, share.part_of)

    def _weight(self, parts: Iterable[MemberShare]) -> float:
        return max(0.0, *(self._stages.weight_of(part.role, part.confidence) for part in parts))

    def _packed(self, people: People, channel: str) -> Footing:
        signs = self._stages.signs_of(people)
        kinds = self._kinds
        seen = [
            np.sort([one.at for one in evidence]) for evidence, _ in people.values() if evidence
        ]
        sizes = [len(one) for one in seen]
        return Footing(
            np.array([sign.minute for sign in signs], np.int32),
            np.array([kinds.setdefault(_kind(sign), len(kinds)) for sign in signs], np.int32),
            np.concatenate(seen).astype(np.int64) if seen else _NOBODY,
            np.cumsum([0, *sizes[:-1]]).astype(np.int64) if seen else _NOBODY,
            channel,
        )

    def _keep(self, group_id: str, found: Footing) -> None:
        self._let_go(group_id)
        self._held[group_id] = found
        self._size += found.size
        while self._size > MOST_KEPT:
            self._let_go(next(iter(self._held)))

    def course(self, footing: Footing, marks: Sequence[int]) -> Course:
        """Give where an account stood at each moment (ms, ascending)."""
        kinds = list(self._kinds)
        pairs = zip(footing.minutes.tolist(), footing.kinds.tolist(), strict=True)
        signs = [_at(minute, kinds[kind]) for minute, kind in pairs]
        return course_of_signs(self._stages.book, signs, footing.people_at(marks), marks)

    def traits(self, group_id: str) -> JsonObject:
        """Give the traits of an account."""
        together = sorted(self._directory.account_book.together(group_id))
        own = (LeafShare(identifier("group_id", one)) for one in together)
        cells = [cell for share in own for cell in self._within(share)]
        return read_traits(*reading.registers(cells), "account")


def _kind(sign: Sign) -> Sign:
    return _at(0, sign)


def _at(minute: int, sign: Sign) -> Sign:
    return Sign(minute, sign.what, sign.look, sign.opens, sign.dwell, sign.weight, sign.factors)
