"""The feed of profile changes: read on from any position, in order, each change at least once.

What events changed is read off the log itself, so that a feed costs nothing while nobody reads it
and goes back as far as the log does; everything else stands in the journal.
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from wegweiser.flow.feed_journal import JOURNAL_FROM, FeedJournal
from wegweiser.flow.tables import VERDICTS, number_key
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.log.record import decode
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.statement import Stated, read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.identity import identifier
from wegweiser.terms.profile_change import FeedCursor, ProfileChange
from wegweiser.terms.record import Collected, Decided, Record, Verdict

EVENTS_AT_ONCE = 2_000
_CONSENT = ("consent", "consentManagement", "gpc")

# Whom a record changed, and which parts of the profile.
Changed = tuple[str, frozenset[str], int]


class FeedPage(msgspec.Struct, frozen=True):
    """Changes in order, and the cursor to read on after, also where nothing was found."""

    changes: tuple[ProfileChange, ...]
    reached: FeedCursor


class _Held(msgspec.Struct):
    cursor: FeedCursor
    at: int
    parts: set[str]


class ChangeFeed:
    """Reads what is committed; several changes of one profile by events become one.

    Of one profile nothing overtakes what happened before. Names and values are not told: whoever
    hears of a change reads the profile.
    """

    def __init__(
        self,
        log: EventLog,
        store: OperationalStore,
        unifier: Unifier,
        journal: FeedJournal,
        committed: Callable[[], int],
    ):
        self._log = log
        self._store = store
        self._unifier = unifier
        self.journal = journal
        self._committed = committed

    @property
    def head(self) -> FeedCursor:
        """The cursor after everything that is committed now."""
        return FeedCursor(self._committed(), self.journal.committed)

    def misses(self, after: FeedCursor) -> bool:
        """Tell whether something after a cursor is no longer kept, or was never here."""
        return after < self.journal.floor or self.is_ahead(after)

    def is_ahead(self, after: FeedCursor) -> bool:
        """Tell whether a cursor lies behind the end of the log, as after a restored backup."""
        return after.position > self._log.head()

    async def page(self, after: FeedCursor) -> FeedPage:
        """Give the next changes after a cursor."""
        head, turns = self.head, Turns()
        if after >= head:
            return FeedPage((), after)
        held: dict[str, _Held] = {}
        upto, seen = after.position, 0
        for position, payload in self._log.read(max(after.position - 1, 0)):
            if position > head.position or seen >= EVENTS_AT_ONCE:
                break
            record = decode(payload)
            seen += self._see(position, record, after, held)
            upto = position
            await turns.pause()
        upto = head.position if seen < EVENTS_AT_ONCE else upto
        reached = head if upto == head.position else FeedCursor(upto, self.journal.committed)
        found = [
            ProfileChange(
                one.cursor, "profile.changed", subject, one.at, {"parts": [*sorted(one.parts)]}
            )
            for subject, one in held.items()
        ]
        found += self.journal.after(after, upto)
        return FeedPage(tuple(sorted(found, key=lambda one: one.cursor)), reached)

    def _see(self, position: int, record: Record, after: FeedCursor, held: dict[str, _Held]) -> int:
        """Take note of what a record changed; gives how much there was to look at."""
        looked_at = 0
        for number, (subject, parts, at) in enumerate(self._changed(position, record)):
            looked_at += 1
            cursor = FeedCursor(position, min(number, JOURNAL_FROM - 1))
            if cursor <= after:
                continue
            one = held.get(subject)
            if one is None:
                held[subject] = _Held(cursor, at, set(parts))
            else:
                one.parts |= parts
                one.at = max(one.at, at)
        return max(looked_at, 1)

    def _changed(self, position: int, record: Record) -> Iterator[Changed]:
        match record:
            case Collected():
                gone = self._gone(position)
                for index, event in enumerate(record.events):
                    if index not in gone:
                        yield from self._by_event(position, event, record)
            case Decided(decision=decision) if decision.leaf:
                yield from self._of_leaf(decision.leaf, {"decisions"}, decision.at)

    def _by_event(self, position: int, event: Event, record: Collected) -> Iterator[Changed]:
        try:
            stated = read_event(event, record.trust, record.source_id, position)
        except InputRefused:
            return  # what is left of an erased event names nobody
        yield from self._of_leaf(stated.leaf, _parts(event, stated), event.at)
        if stated.account_leaf:
            yield stated.account_leaf, frozenset(("traits",)), event.at

    def _of_leaf(self, leaf: str, parts: Iterable[str], at: int) -> Iterator[Changed]:
        person_id = self._unifier.person_of(leaf)
        if person_id is not None:
            yield identifier("person_id", person_id), frozenset(parts), at

    def _gone(self, position: int) -> frozenset[int]:
        stored = self._store.get(VERDICTS, [number_key(position)])[0]
        found = Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)
        return found.gone


def _parts(event: Event, stated: Stated) -> set[str]:
    found = {"events"}
    if event.type == "identify" and event.traits:
        found.add("traits")
    if any(name in event.context for name in _CONSENT):
        found.add("consent")
    if stated.memberships:
        found.add("accounts")
    return found
