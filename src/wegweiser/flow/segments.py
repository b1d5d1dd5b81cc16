"""Live segments: whoever changed is looked at again, and whoever time alone may move."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from wegweiser.decide.document import Documents
from wegweiser.flow.activation import account_activation, activation
from wegweiser.flow.mappings import Put
from wegweiser.flow.segment_around import GROUP, PERSON, Around, reads_of
from wegweiser.flow.segment_facts import (
    lookups_of,
    moved_by_time,
    next_look,
    scope_of,
    tell_apart,
)
from wegweiser.flow.segment_history import SegmentHistory
from wegweiser.flow.segment_judge import ReadStage, Unjudged
from wegweiser.flow.segment_members import Memberships
from wegweiser.flow.segment_queue import SegmentQueue
from wegweiser.flow.segment_rules import Of, Segment, SegmentBook
from wegweiser.flow.segment_standing import Move, Reason
from wegweiser.flow.segment_versions import SegmentVersions
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.profile.reading import CellAt
from wegweiser.terms.identity import identifier, kind_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile

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
        # Copies outside hear of everything, also that the name of a member changed.
        self.copies: list[Callable[[Move], None]] = []
        self.around = Around(unifier, views)
        self.history = SegmentHistory(store)
        self.unknown: Counter[str] = Counter()
        self.drifted = 0
        self.book = SegmentBook(store)
        self.versions = SegmentVersions(store)
        self.members = Memberships(store, self._tell)
        self._queue = SegmentQueue(unifier, self.around, self.members, store, clock)
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
        book, members = self.book, self.members
        for key in book.by_key.keys() - members.states.keys():
            members.retract(key)
        members.retiring = frozenset(members.states.keys() - book.by_key.keys())
        members.by_consent = frozenset(one.key for one in book.of["person"] if one.with_consent)
        self._lookups = {of: lookups_of(segments) for of, segments in book.of.items()}
        self._timed = {of: moved_by_time(segments) for of, segments in book.of.items()}
        self.around.take_up(reads_of(book.of["person"], book.of["account"]))
        self.is_watching = bool(book.by_key or members.retiring)
        self._views.segments = self if self.is_watching else Unjudged()

    @property
    def lagging(self) -> int:
        """How many persons and accounts are still to be looked at."""
        return len(self._queue.pending)

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        self.book.check(documents)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; everybody is looked at again in the background."""
        before = dict(self.book.by_key)
        kept = self.book.put(documents)
        self.versions.note(before, self.book.by_key, self._clock.now_ms())
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

    async def remove(self, key: str) -> None:
        """Declare a segment no more: its members leave it, and its sizes are forgotten.

        Raises InputRefused while another segment asks for it.
        """
        self.book.remove(key)
        self._take_up()
        self._views.forget_views()
        await self.settle()

    def of_person(
        self, profile: PersonProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Judge a person whose view was read anew; gives the keys of its segments."""
        subject = identifier(PERSON, profile.person_id)
        facts = activation(profile)
        wanted = self._lookups["person"].of_accounts
        if wanted:
            facts["accounts"] = self.around.accounts(profile.accounts, wanted)
        return self._judge("person", subject, facts, cells, stage)

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
        for one in self.book.of[of]:
            answer = one.rule.evaluate(scope)
            if answer:
                inside.append(one.key)
            elif answer is None:
                self.unknown[one.key] += 1
        looks = (next_look(one, scope, now) for one in self._timed[of])
        check_at = min((at for at in looks if at is not None), default=None)
        keys = sorted(str(key) for key in inside)
        # Whoever reads a view before its turn settles it, for the reason that it waits for.
        waiting = self._queue.pending.get(subject, "event")
        reason = waiting if self._reason == "event" else self._reason
        reason = "rebuild" if self._rebuilding else reason
        choices = tell_apart(facts.get("consent")) if self.members.by_consent else 0
        self.members.settle(subject, keys, check_at, now, self._unifier.position, reason, choices)
        self._queue.pending.pop(subject, None)
        return tuple(keys)

    def _tell(self, move: Move) -> None:
        for copy in self.copies:
            copy(move)
        self.history.note(move)
        if move.outside:
            return
        if move.reason == "recount":
            self.drifted += 1
            _log.error("segment %s differed from its recount", move.segment)
        for listener in self.listeners:
            listener(move)

    def changed(self, person_ids: Iterable[str]) -> None:
        """Take note of persons whom the fold touched, before anybody reads them."""
        self._queue.changed(person_ids)

    def everything_changed(self, reason: Reason) -> None:
        """Look at everybody again, because they may be made up or read in another way."""
        self._again = reason
        self.members.doubt()

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget persons and accounts ("group_id:..."); gives what is to be committed at once."""
        for subject in [*(identifier(PERSON, one) for one in person_ids), *accounts]:
            names = self.members.names_of(subject)
            for name in names:
                self._queue.drop(name)
            self.history.forget(names)
        return self.drain()

    async def run(self) -> None:
        """Look again at whoever may have moved; others get their turn between any two."""
        if self.is_watching:
            async with self._working:
                self._views.forget_changed()
                self._note_journey()
                await self._retire()
                self._queue.note_due()
                await self._look_at_pending()
                await self._count_again()

    async def _retire(self) -> None:
        """Let everybody leave what is declared no more, and forget it."""
        for key in sorted(self.members.retiring):
            await self._commit()
            turns, now, position = Turns(), self._clock.now_ms(), self._unifier.position
            for subject, _ in self.members.members(key):
                self.members.leave(subject, key, now, position)
                await turns.pause()
            self.members.retire(key)
            self.unknown.pop(key, None)
        if self.members.retiring:
            self._take_up()

    async def settle(self) -> None:
        """Bring all memberships up to now, and commit them; what comes meanwhile may wait."""
        if self.is_watching:
            await self._commit()
            now, rounds, still = self._clock.now_ms(), 0, True
            while self.members.due(now, 1) or (self._is_behind() and (still or rounds < 2)):
                before = self._unifier.position
                await self.run()
                await self._commit()
                # Of a stream that never ends, two rounds take in all that had come before.
                rounds, still = rounds + 1, self._unifier.position == before
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
        behind = self._queue.pending or self._uncounted() or self.members.retiring
        return bool(behind)

    def refresh(self, subject: str) -> None:
        """Judge one person or account by the present time, before it is read."""
        if self.is_watching:
            self._look(subject, self._waits_for(subject) or "event")

    def _waits_for(self, subject: str) -> Reason | None:
        """Tell why somebody is to be looked at just now, None without a reason."""
        self._views.forget_changed()
        check_at = self.members.standing(subject).check_at
        due = check_at is not None and check_at <= self._clock.now_ms()
        return "time" if due else self._queue.pending.get(subject)

    async def _look_at_pending(self) -> None:
        turns, pending = Turns(), self._queue.pending
        for subject in list(pending):
            if subject in pending:
                self._look(subject, pending[subject])
                await turns.pause()

    def _look(self, subject: str, reason: Reason) -> None:
        """Read a view, which judges it; for another reason than an event it is made anew."""
        self._queue.pending.pop(subject, None)
        if not self._queue.is_alive(subject):
            self._queue.drop(subject)
            return
        self._reason = reason
        try:
            if reason != "event":
                self._views.renew(subject)
            self._views.judge(subject)
        finally:
            self._reason = "event"

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
            if self._queue.is_alive(subject):
                # Whatever moved them while it was counted is no fault of the live state.
                waits = self._waits_for(subject) if reason == "recount" else None
                if waits is not None:
                    self._look(subject, waits)
                self._look(subject, reason)
                await turns.pause()
        for subject in list(self.members.subjects()):
            if not self._queue.is_alive(subject):
                self._queue.tidy(subject)
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
        return [*self.members.drain(), *self.history.drain(), *self._queue.drain()]

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        self.members.evict()
        self.history.evict()

    def history_of(self, subject: str) -> list[Move]:
        """Give what somebody entered and left, newest first, under all its former names too."""
        return self.history.of(self.members.names_of(subject))

    def of_account_now(self, group_id: str) -> Collection[str]:
        """Give the keys of the segments that an account is in, as it was judged last."""
        return self.keys_of(identifier(GROUP, group_id)) if self.book.of["account"] else ()

    def keys_of(self, subject: str) -> Collection[str]:
        """Give the keys of the segments that somebody is in."""
        return sorted(self.members.standing(subject).inside())

    def get(self, key: str) -> Segment | None:
        """Find a declared segment."""
        return self.book.by_key.get(key)


def _of(subject: str) -> Of:
    return "person" if kind_of(subject) == PERSON else "account"
