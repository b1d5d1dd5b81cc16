"""Which of those whom a batch waits for belong to one account that may not tell them all."""

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

from wegweiser.decide.contact import SHARED_SCOPES
from wegweiser.decide.shared_out import rooms_for
from wegweiser.flow.asked_as import leaf_of
from wegweiser.flow.batch_book import Batch, BatchBook
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.terms.decision import Ask, Situation, Subject
from wegweiser.terms.identity import value_of

# Of a larger account so many are decided together, then the next.
MOST_TOGETHER = 500
Row = tuple[int, Subject]


class Part(msgspec.Struct, frozen=True):
    """Some of those whom a batch waits for, by their numbers; decided `together` or by oneself."""

    rows: tuple[Row, ...]
    together: bool = False


class Colleagues:
    """Finds for the next of a batch everybody else of their accounts, wherever they stand in it."""

    def __init__(self, unifier: Unifier, views: Views, book: BatchBook, clock: Clock):
        self._unifier = unifier
        self._views = views
        self._book = book
        self._clock = clock
        self._turns = Turns()
        # Batch and bundle that the numbers by account are of.
        self._read_for = ("", "")
        self._numbers: dict[str, list[int]] = {}

    async def parts(self, batch: Batch, rows: Sequence[Row]) -> list[Part]:
        """Divide the next rows of a batch, and join those that have to be decided with them.

        People of one account whom a cap may not let all be told come with all others of it; whoever
        is left follows one by one, in order.
        """
        bundle = self._unifier.policy.bundle
        if not any(cap.scope in SHARED_SCOPES for cap in bundle.caps):
            return [Part(tuple(rows))]
        if self._read_for != (batch.batch_id, self._unifier.policy.bundle_id):
            await self._read(batch.batch_id, self._unifier.policy.bundle_id)
        found: list[Part] = []
        taken: set[int] = set()
        first = {self._account_of(subject): (number, subject) for number, subject in rows[::-1]}
        for account, (number, subject) in reversed(first.items()):
            if joined := self._joined(batch, account, number, subject):
                found.append(Part(tuple(joined), together=True))
                taken |= {number for number, _ in joined}
        alone = tuple(row for row in rows if row[0] not in taken)
        return [*found, Part(alone)] if alone else found

    def _joined(self, batch: Batch, account: str, number: int, subject: Subject) -> list[Row]:
        """Give all of an account to be decided together, of whom one waits; empty for nobody."""
        numbers = self._numbers.get(account, [])
        # Whoever stands before the first who waits is decided.
        numbers = numbers[bisect_left(numbers, number) :]
        if len(numbers) < 2 or not self._may_lack(batch, number, subject, len(numbers)):
            return []
        found: list[Row] = []
        while numbers and len(found) < MOST_TOGETHER:
            found += self._book.numbered(batch.batch_id, numbers[:MOST_TOGETHER])
            numbers = numbers[MOST_TOGETHER:]
        return found[:MOST_TOGETHER] if len(found) > 1 else []

    async def _read(self, batch_id: str, bundle_id: str) -> None:
        """Note the numbers of everybody whom a batch still waits for, by their accounts."""
        found: dict[str, list[int]] = {}
        for number, subject in self._book.waiting_for(batch_id):
            if account := self._account_of(subject):
                found.setdefault(account, []).append(number)
            await self._turns.pause()
        self._numbers = {name: held for name, held in found.items() if len(held) > 1}
        self._read_for = batch_id, bundle_id

    def _account_of(self, subject: Subject) -> str:
        """Name the account that a decision about a subject counts for, empty without one."""
        stated = value_of(subject.account)
        leaf = leaf_of(subject)
        person_id = self._unifier.person_of(leaf) if leaf and not stated else None
        named = stated or (self._views.first_account(person_id) if person_id else "")
        return self._unifier.directory.account_book.principal(named) if named else ""

    def _may_lack(self, batch: Batch, number: int, subject: Subject, count: int) -> bool:
        """Tell whether a cap leaves somebody something, and perhaps less than so many would take.

        Of buying groups nobody has counted the members: there it may.
        """
        policy = self._unifier.policy
        placement = policy.placements.get(batch.placement)
        if placement is None:
            return False
        asked = Situation(
            request_id=batch.request_id(number), subject=subject, placements=(Ask(placement.key),)
        )
        facts, now = self._views.facts(asked, policy), self._clock.now_ms()
        rooms = rooms_for(policy, facts, placement, now).values()
        left = min((room.left for room in rooms), default=0)
        grouped = any(cap.scope == "group" for cap in policy.bundle.caps)
        return left > 0 and (grouped or left < count)
