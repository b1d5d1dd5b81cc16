"""Where operators say who is who: previewed, kept in the log, listed, and taken back."""

import asyncio
from collections.abc import Iterable

from wegweiser.flow.identity_statements import (
    Wish,
    effective,
    judgement_of,
    pairs_from,
    waiting_for,
)
from wegweiser.flow.intake import Intake
from wegweiser.flow.journeys import JourneyBook
from wegweiser.flow.segments import Segments
from wegweiser.flow.supposed import Supposed, affected, names_of, summaries
from wegweiser.flow.tables import RULINGS
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.flow.whole_persons import whole_persons
from wegweiser.log.record import decode
from wegweiser.ports.clock import Clock
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.directory import Directory
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import Identifier, kind_of
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.record import (
    Arrived,
    Collected,
    Decided,
    Judged,
    Ordered,
    Published,
    Record,
    Reported,
    Ruled,
    TakenBack,
)
from wegweiser.terms.ulid import ulid
from wegweiser.terms.wrong import wrong

NAMES_TOLD = 50


class IdentityDesk:
    """Every statement is a record in the log, so that a rebuild comes to the same persons."""

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        views: Views,
        segments: Segments,
        journeys: JourneyBook,
        log: EventLog,
        store: OperationalStore,
        clock: Clock,
    ):
        self._unifier = unifier
        self._intake = intake
        self._views = views
        self._segments = segments
        self._journeys = journeys
        self._log = log
        self._store = store
        self._clock = clock
        self._changing = asyncio.Lock()

    @property
    def _directory(self) -> Directory:
        return self._unifier.directory

    async def preview(self, wish: Wish, by: str) -> JsonObject:
        """Tell who is changed by a statement, before and after, without saying it."""
        async with self._changing:
            await self._intake.settle()
            await whole_persons(self._unifier)
            stated = self._stated(wish, by, "op_preview")
            after = self._supposed(stated)
            old, new = affected(self._directory, after, stated.named)
            views = Supposed(self._unifier, after, self._clock, self._journeys, self._segments)
            waits: JsonObject = {}
            if stated.kind == "release":
                # What waits is too much to be computed twice: it is only counted.
                waits = {"waiting": len(waiting_for(self._directory, stated.named))}
            return {
                **waits,
                "operation_id": None,
                "kind": stated.kind,
                "preview": True,
                "before": summaries(self._views, self._directory, old),
                "after": summaries(views, after, new),
            }

    async def say(self, wish: Wish, by: str) -> JsonObject:
        """Say it; gives who was changed, as they were and as they are now.

        Raises InputRefused where it cannot be said, or where a link would break a rule.
        """
        async with self._changing:
            await self._intake.settle()
            await whole_persons(self._unifier)
            now = self._clock.now_ms()
            stated = self._stated(wish, by, "op_" + ulid(now, self._clock.random_bytes(10)))
            if stated.kind == "release" and not waiting_for(self._directory, stated.named):
                raise InputRefused("not_frozen", wrong("not_frozen"), 409)
            after = self._supposed(stated)
            old, new = affected(self._directory, after, stated.named)
            before = summaries(self._views, self._directory, old)
            landed = await self._intake.append(Judged(judgement=stated))
            await whole_persons(self._unifier)
            live = {
                found
                for person_id in new
                if (found := self._directory.find(f"person_id:{person_id}")) is not None
            }
            return {
                "operation_id": stated.operation_id,
                "kind": stated.kind,
                "preview": False,
                "position": landed.position,
                "before": before,
                "after": summaries(self._views, self._directory, live),
            }

    def _stated(self, wish: Wish, by: str, operation_id: str) -> Judgement:
        said = self.said()
        now, head = self._clock.now_ms(), self._unifier.position
        return judgement_of(wish, self._directory, said, operation_id, now, by, head)

    def _supposed(self, stated: Judgement) -> Directory:
        """Give the directory with one more statement; raises InputRefused for a vain link."""
        after = self._directory.supposing(judgements=(stated,))
        for a, b in stated.pairs if stated.kind == "link" else ():
            if kind_of(a) == "group_id":
                continue
            told = after.why(a, b)
            if not told.joined:
                reason = told.refusals[0].reason if told.refusals else "refused"
                message = wrong("not_one_person", a=str(a), b=str(b), reason=reason)
                raise InputRefused(reason, message, 409, "pairs")
        return after

    def wish_apart(self, person: str, names: Iterable[Identifier], reason: str) -> Wish:
        """Give the wish that identifiers of a person stand apart from everything else of it."""
        person_id = self._views.find_person(person)
        if person_id is None:
            raise NotFound(wrong("no_profile"))
        held = sorted(names_of(self._directory, person_id))
        wanted = list(dict.fromkeys(names))
        lacking = [name for name in wanted if name not in held]
        if lacking or not wanted:
            raise NotFound(wrong("not_in_profile"))
        others = [name for name in held if name not in wanted]
        pairs = tuple(pair for name in wanted for pair in pairs_from(name, [*others, *wanted]))
        if not others or not pairs:
            raise InputRefused("nothing_left", wrong("nothing_left"), 409)
        unique = {tuple(sorted(pair)): pair for pair in pairs}
        return Wish(kind="separate", pairs=tuple(unique.values()), reason=reason)

    def said(self) -> list[Judgement]:
        """Give all statements, oldest first, with those that were undone."""
        return list(self._directory.judgements())

    def operations(self) -> list[JsonObject]:
        """List what operators said about who is who, and the rules they published, newest first."""
        said = self.said()
        undone = effective(said)
        rows = [_row(one, undone[one.operation_id]) for one in said]
        rows += [
            _ruling(int.from_bytes(key, "big"), decode(value))
            for key, value in self._store.scan(RULINGS)
        ]
        # Of two in one millisecond the later one in the log is the newer one.
        return sorted(rows, key=lambda row: str(row["at"]))[::-1]

    def said_about(self, person_id: str) -> list[Judgement]:
        """Give the statements that name a person, oldest first."""
        names = names_of(self._directory, person_id)
        return [one for one in self.said() if not names.isdisjoint(one.named)]

    def operations_of(self, person_id: str) -> list[JsonObject]:
        """List the statements that name a person, newest first."""
        ids = {one.operation_id for one in self.said_about(person_id)}
        return [row for row in self.operations() if row["operation_id"] in ids]

    def position_before(self, at: int) -> int:
        """Give the newest log position that was stored at or before a moment (ms)."""
        low, high = 0, self._unifier.position
        while low < high:
            middle = (low + high + 1) // 2
            stored_at = self.stored_at(middle)
            # What is gone from the log is older than all that is left of it.
            if stored_at is not None and stored_at > at:
                high = middle - 1
            else:
                low = middle
        return low

    def stored_at(self, position: int) -> int | None:
        """Give the moment (ms) at which a log record was stored; None where it is gone."""
        found = next(self._log.read(position - 1), None)
        there = found is not None and found[0] == position
        return _moment_of(decode(found[1])) if found is not None and there else None


def _moment_of(record: Record) -> int:
    match record:
        case Collected() | Reported() | Arrived():
            return record.received_at
        case Judged(judgement=said):
            return said.at
        case Decided(decision=decision):
            return decision.at
        case Ruled() | Published() | TakenBack():
            return record.at
        case Ordered(order=order):
            return order.at


def _row(said: Judgement, undone_by: str) -> JsonObject:
    return {
        "operation_id": said.operation_id,
        "kind": said.kind,
        "at": format_instant(said.at),
        "by": said.by,
        "reason": said.reason,
        "pairs": [[*pair] for pair in said.pairs[:NAMES_TOLD]],
        "names": [*said.names[:NAMES_TOLD]] if said.kind != "undo" else [],
        "hold": said.hold,
        "position": said.position,
        "undoes": said.undoes,
        "undone_by": undone_by,
    }


def _ruling(position: int, record: Record) -> JsonObject:
    assert isinstance(record, Ruled)
    none: list[Json] = []
    return {
        "operation_id": f"rules_{position}",
        "kind": "rules",
        "at": format_instant(record.at),
        "by": record.by,
        "reason": record.reason,
        "pairs": none,
        "names": none,
        "version": record.rules.version,
        "undoes": "",
        "undone_by": "",
    }
