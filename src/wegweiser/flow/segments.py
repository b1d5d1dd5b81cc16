"""Live segments: whoever changed is looked at again, and whoever time alone may move."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

import msgspec

from wegweiser.decide.document import Documents
from wegweiser.flow.activation import account_activation, activation
from wegweiser.flow.mappings import Put
from wegweiser.flow.segment_facts import lookups_of, next_look, scope_of
from wegweiser.flow.segment_judge import ReadStage, Unjudged
from wegweiser.flow.segment_members import Memberships, Move, Reason
from wegweiser.flow.segment_rules import Of, Segment, SegmentBook
from wegweiser.flow.stages import MOST_COLLEAGUES
from wegweiser.flow.tables import META
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.reading import CellAt
from wegweiser.terms.identity import identifier, kind_of, value_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile

PERSON, GROUP = "person_id", "group_id"
PENDING = b"segments_pending"
DUE_AT_ONCE = 5_000
_log = logging.getLogger(__name__)


class Segments:
    """Keeps the members of all declared segments; without one (`is_watching`) it costs nothing.

    Every view of a person or account is judged when it is read anew, so that it always agrees
    with its memberships; `run` reads the views of all who changed.
    """

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        store: OperationalStore,
        clock: Clock,
        commit: Callable[[], Awaitable[object]],
        journey: Callable[[], str],
    ):
        """`commit` makes durable what was drained so far; `journey` names how stages are read."""
        self._unifier = unifier
        self._directory = unifier.directory
        self._views = views
        self._clock = clock
        self._commit = commit
        self._read_journey = journey
        self._journey = journey()
        self.listeners: list[Callable[[Move], None]] = []
        self.unknown: Counter[str] = Counter()
        self.drifted = 0
        self.book = SegmentBook(store)
        self.members = Memberships(store, self._tell)
        stored = store.get(META, [PENDING])[0]
        names = [] if stored is None else msgspec.json.decode(stored, type=list[str])
        self._pending: dict[str, Reason] = dict.fromkeys(names, "event")
        self._written = names
        self._reason: Reason = "event"
        # With nothing folded yet, whatever is known of before is to be counted again.
        self._rebuilding = unifier.position == 0 and bool(self.members.states)
        self._again: Reason = "publish"
        if self._rebuilding:
            self.members.begin_anew()
        self._working = asyncio.Lock()
        unifier.beside.append(self)
        self._take_up()

    def _take_up(self) -> None:
        """Watch over what is declared now."""
        states = self.members.states
        for key in self.book.by_key.keys() - states.keys():
            self.members.retract(key)
        self._lookups = {of: lookups_of(segments) for of, segments in self.book.of.items()}
        self.is_watching = bool(self.book.by_key)
        self._views.segments = self if self.is_watching else Unjudged()

    @property
    def lagging(self) -> int:
        """How many persons and accounts are still to be looked at."""
        return len(self._pending)

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        self.book.check(documents)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; everybody is looked at again in the background."""
        before = dict(self.book.by_key)
        kept = self.book.put(documents)
        changed = [
            key for key, one in self.book.by_key.items() if not one.is_same_rule(before.get(key))
        ]
        for key in changed:
            self.members.retract(key)
        if changed:
            self._again = "publish"
            self._take_up()
            self._views.forget_views()
        return kept

    def of_person(
        self, profile: PersonProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Judge a person whose view was read anew; gives the keys of its segments."""
        subject = identifier(PERSON, profile.person_id)
        return self._judge("person", subject, activation(profile), cells, stage)

    def of_account(
        self, group_id: str, profile: AccountProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Judge an account whose view was read anew; gives the keys of its segments."""
        facts = account_activation(group_id, profile)
        return self._judge("account", identifier(GROUP, group_id), facts, cells, stage)

    def _judge(
        self, of: Of, subject: str, facts: JsonObject, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        now = self._clock.now_ms()
        inside: list[Json] = []
        scope = scope_of(of, facts, cells, stage, self._lookups[of], inside, now)
        looks: list[int] = []
        for one in self.book.of[of]:
            answer = one.rule.evaluate(scope)
            if answer:
                inside.append(one.key)
            elif answer is None:
                self.unknown[one.key] += 1
            look = next_look(one, scope, now)
            if look is not None:
                looks.append(look)
        check_at = min(looks, default=None)
        keys = sorted(str(key) for key in inside)
        reason = "rebuild" if self._rebuilding else self._reason
        self.members.settle(subject, keys, check_at, now, self._unifier.position, reason)
        self._pending.pop(subject, None)
        return tuple(keys)

    def _tell(self, move: Move) -> None:
        if move.reason == "recount":
            self.drifted += 1
            _log.error("segment %s differed from its recount", move.segment)
        for listener in self.listeners:
            listener(move)

    def changed(self, person_ids: Iterable[str]) -> None:
        """Take note of persons whom the fold touched, before anybody reads them."""
        directory, with_accounts = self._directory, bool(self.book.of["account"])
        for person_id in person_ids:
            subject = identifier(PERSON, person_id)
            alive = directory.find(subject)
            if alive == person_id:
                self._pending.setdefault(subject, "event")
            elif alive is None:
                self._drop(subject)
            else:
                survivor = identifier(PERSON, alive)
                self.members.adopt(survivor, subject, self._clock.now_ms())
                self._pending.pop(subject, None)
                self._pending[survivor] = "merge"
            if alive is not None and (with_accounts or self._lookups["person"].with_stage):
                self._note_around(alive)

    def _note_around(self, person_id: str) -> None:
        """Take note of the accounts of a person, and of the colleagues whose stage leans on it."""
        for link in self._directory.accounts_of(person_id):
            if self.book.of["account"]:
                self._pending.setdefault(identifier(GROUP, link.group_id), "event")
            if self._lookups["person"].with_stage:
                members = {one.person_id for one in self._directory.members_of(link.group_id)}
                for colleague in members if len(members) <= MOST_COLLEAGUES else ():
                    self._pending.setdefault(identifier(PERSON, colleague), "event")

    def _drop(self, subject: str) -> None:
        """Let somebody who is no more leave everything."""
        now, position = self._clock.now_ms(), self._unifier.position
        self.members.settle(subject, (), None, now, position, "erasure")
        self.members.depart(subject, now)
        self._pending.pop(subject, None)

    def everything_changed(self, reason: Reason) -> None:
        """Look at everybody again, because they may be made up or read in another way."""
        self._again = reason
        self.members.doubt()

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget persons and accounts ("group_id:..."); gives what is to be committed at once."""
        for subject in [*(identifier(PERSON, one) for one in person_ids), *accounts]:
            self._drop(subject)
        return self.drain()

    async def run(self) -> None:
        """Look again at whoever may have moved; others get their turn between any two."""
        if self.is_watching:
            async with self._working:
                self._views.forget_changed()
                self._note_journey()
                self._note_due()
                await self._look_at_pending()
                await self._count_again()

    async def settle(self) -> None:
        """Bring all memberships up to now, and commit them."""
        if self.is_watching:
            await self._commit()
            while self.members.due(self._clock.now_ms(), 1) or self._is_behind():
                await self.run()
                await self._commit()
            await self._commit()

    def _note_journey(self) -> None:
        """Look at everybody again once stages are read in another way, where rules ask for them."""
        before, self._journey = self._journey, self._read_journey()
        if before != self._journey and any(one.with_stage for one in self._lookups.values()):
            self._views.forget_views()
            self.everything_changed("publish")

    def _is_behind(self) -> bool:
        self._views.forget_changed()
        self._note_journey()
        return bool(self._pending) or bool(self._uncounted())

    def refresh(self, subject: str) -> None:
        """Judge one person or account by the present time, before it is read."""
        if self.is_watching:
            self._views.forget_changed()
            check_at = self.members.standing(subject).check_at
            due = check_at is not None and check_at <= self._clock.now_ms()
            self._look(subject, "time" if due else self._pending.get(subject, "event"))

    def _note_due(self) -> None:
        for subject in self.members.due(self._clock.now_ms(), DUE_AT_ONCE):
            self._pending.setdefault(subject, "time")

    async def _look_at_pending(self) -> None:
        turns = Turns()
        while self._pending:
            subject = next(iter(self._pending))
            self._look(subject, self._pending[subject])
            await turns.pause()

    def _look(self, subject: str, reason: Reason) -> None:
        """Read a view, which judges it; for another reason than an event it is made anew."""
        self._pending.pop(subject, None)
        if not self._is_alive(subject):
            self._drop(subject)
            return
        self._reason = reason
        try:
            if reason != "event":
                self._views.renew(subject)
            self._views.judge(subject)
        finally:
            self._reason = "event"

    def _is_alive(self, subject: str) -> bool:
        if kind_of(subject) == PERSON:
            return self._directory.find(subject) == value_of(subject)
        return self._directory.account_id(value_of(subject)) is not None

    def _uncounted(self) -> dict[str, int]:
        """Give the segments for which not everybody was looked at yet, with their versions."""
        states = self.members.states
        return {key: states[key].version for key in self.book.by_key if not states[key].counted}

    async def _count_again(self) -> None:
        counting = self._uncounted()
        if counting:
            await self._look_at_all(self._again)
            for key, version in counting.items():
                if self.members.states[key].version == version:
                    self.members.complete(key)
            self._rebuilding = False

    async def recount(self) -> int:
        """Look at everybody by a fresh reading; gives how many memberships had been wrong."""
        if not self.is_watching:
            return 0
        await self.settle()
        before = self.drifted
        async with self._working:
            await self._look_at_all("recount")
        await self._commit()
        return self.drifted - before

    async def _look_at_all(self, reason: Reason) -> None:
        turns = Turns()
        for subject in self._everybody():
            if self._is_alive(subject):
                self._look(subject, reason)
                await turns.pause()
        for subject in list(self.members.subjects()):
            if not self._is_alive(subject):
                self._drop(subject)
            elif not self.book.of[_of(subject)]:
                self._look(subject, reason)
            await turns.pause()

    def _everybody(self) -> Iterable[str]:
        if self.book.of["person"]:
            for person_id in self._directory.persons():
                yield identifier(PERSON, person_id)
        if self.book.of["account"]:
            for group_id in self._directory.accounts():
                yield identifier(GROUP, group_id)

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed, with whoever is still to be looked at."""
        if self.is_watching:
            self._views.forget_changed()
        names = list(self._pending)
        rows = self.members.drain()
        if names != self._written:
            self._written = names
            rows.append(Change(META, PENDING, msgspec.json.encode(names) if names else None))
        return rows

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        self.members.evict()

    def keys_of(self, subject: str) -> Collection[str]:
        """Give the keys of the segments that somebody is in."""
        return sorted(self.members.standing(subject).inside())

    def get(self, key: str) -> Segment | None:
        """Find a declared segment."""
        return self.book.by_key.get(key)


def _of(subject: str) -> Of:
    return "person" if kind_of(subject) == PERSON else "account"
