"""What happened to one message: stored, repeated, set aside, suppressed, and what it gave."""

import asyncio
from collections.abc import Iterator

import msgspec

from wegweiser.collect.duplicate import fingerprint
from wegweiser.flow.callers import Callers
from wegweiser.flow.intake import Intake
from wegweiser.flow.quarantine import quarantine_id
from wegweiser.flow.segments import Segments
from wegweiser.flow.tables import VERDICTS, number_key
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import FAILED_FROM, Unifier
from wegweiser.log.record import decode
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.statement import read_event
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Evidence
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Collected, Verdict

RECORDS_PER_SLICE = 50
LONGEST_ID = 1_000
OCCURRENCES = 100
FOR_EVER = 1 << 62
# The reasons for which an event can have moved somebody.
BY_EVENTS = ("event", "merge")


class MessageTrail:
    """Looks through the log, as no index by message is worth its room; others run meanwhile."""

    def __init__(
        self,
        log: EventLog,
        store: OperationalStore,
        unifier: Unifier,
        intake: Intake,
        callers: Callers,
        segments: Segments,
    ):
        self._log = log
        self._store = store
        self._unifier = unifier
        self._intake = intake
        self._callers = callers
        self._live_segments = segments
        # One way through the log at a time, so that many questions delay nobody.
        self._reading = asyncio.Lock()

    async def of(self, message_id: str) -> JsonObject:
        """Tell everything that became of a message; raises NotFound where nobody ever sent it."""
        if not 0 < len(message_id) <= LONGEST_ID:
            raise NotFound("No message with this id was received.")
        upto = await self._intake.settle()
        marks = {
            fingerprint(source.source_id, message_id): source.source_id
            for source in self._callers.sources()
        }
        async with self._reading:
            found = await self._found(message_id, marks, upto)
        if not found:
            raise NotFound("No message with this id was received, or nothing of it was kept.")
        fates = [str(row["fate"]) for row in found]
        order = ("stored", "quarantined", "erased", "suppressed", "dropped", "duplicate")
        fate = next((one for one in order if one in fates), fates[0])
        told: list[Json] = [*found]
        return {"message_id": message_id, "fate": fate, "received": len(found), "trail": told}

    async def _found(self, message_id: str, marks: dict[bytes, str], upto: int) -> list[JsonObject]:
        found: list[JsonObject] = []
        turns = Turns()
        # As the log holds it: texts are looked for before anything is decoded.
        sought = [msgspec.json.encode(message_id)[1:-1]]
        sought += [msgspec.json.encode(mark)[1:-1] for mark in marks]
        for number, (position, payload) in enumerate(self._log.read(0), 1):
            if position > upto or len(found) >= OCCURRENCES:
                break
            if any(text in payload for text in sought):
                record = decode(payload)
                if isinstance(record, Collected):
                    found += self._in_record(position, record, message_id, marks)
            if number % RECORDS_PER_SLICE == 0:
                await turns.pause()
        return found

    def _in_record(
        self, position: int, record: Collected, message_id: str, marks: dict[bytes, str]
    ) -> Iterator[JsonObject]:
        verdict = self._verdict(position)
        place: JsonObject = {
            "position": position,
            "source": self._source(record.source_id),
            "trust": record.trust.name.lower(),
            "received_at": format_instant(record.received_at),
        }
        for index, event in enumerate(record.events):
            if event.message_id == message_id:
                told = self._of_event(index, event, record, verdict, position)
                yield {**place, "index": index, **told}
        for refused in record.refused:
            if refused.message_id == message_id:
                kept = self._unifier.quarantine.get((position, refused.index)) is not None
                yield {
                    **place,
                    "index": refused.index,
                    "fate": "quarantined" if kept else "mended_or_given_up",
                    "code": refused.code,
                    "reason": refused.message,
                    "quarantine_id": quarantine_id((position, refused.index)),
                }
        for erased in record.erased:
            if erased.mark in marks:
                yield {**place, "index": erased.index, "fate": "erased"}
        for mark in record.suppressed_marks:
            if mark in marks:
                yield {**place, "fate": "suppressed"}
        for mark in record.dropped_marks:
            if mark in marks:
                yield {**place, "fate": "dropped", "reason": "consent"}

    def _of_event(
        self, index: int, event: Event, record: Collected, verdict: Verdict, position: int
    ) -> JsonObject:
        told: JsonObject = {
            "event_time": format_instant(event.at),
            "type": event.type,
            "event": event.shown_name,
            "flags": [*event.flags],
        }
        if index in verdict.repeats:
            return {"fate": "duplicate", **told}
        if index in verdict.failed:
            place = (position, FAILED_FROM + index)
            return {"fate": "quarantined", "quarantine_id": quarantine_id(place), **told}
        return {"fate": "stored", **told, **self._given(event, record, position)}

    def _given(self, event: Event, record: Collected, position: int) -> JsonObject:
        """Tell the leaf of a stored event and the evidence that it gave."""
        try:
            stated = read_event(event, record.trust, record.source_id, position)
        except InputRefused as refusal:
            return {"leaf": None, "reason": refusal.code}
        directory = self._unifier.directory
        known = directory.has_leaf(stated.leaf)
        person_id = directory.person_of(stated.leaf) if known else None
        return {
            "leaf": stated.leaf,
            "person_id": person_id,
            "account": stated.scope or None,
            "identifiers": [*stated.identifiers],
            "evidence": [self._evidence(item) for item in stated.evidence],
            "segments": [] if person_id is None else self._segments(person_id, position),
        }

    def _segments(self, person_id: str, position: int) -> list[Json]:
        """Give what the person entered and left by this event: before the next one of theirs."""
        subject = f"person_id:{person_id}"
        self._live_segments.refresh(subject)
        places = self._unifier.places
        leaves = {share.leaf for share in self._unifier.directory.leaves_of(person_id)}
        positions = {at for leaf in leaves for _, at in places.of_leaf(leaf, 0, FOR_EVER)}
        until = min((at for at in positions if at > position), default=FOR_EVER)
        return [
            {"segment": move.segment, "entered": move.entered, "at": format_instant(move.at)}
            for move in reversed(self._live_segments.history_of(subject))
            if position <= move.position < until and move.reason in BY_EVENTS
        ]

    def _evidence(self, item: Evidence) -> JsonObject:
        told = self._unifier.directory.why(item.a, item.b)
        reasons = [one.reason for one in told.refusals if one.evidence.pair == item.pair]
        return {
            "a": item.a,
            "b": item.b,
            "trust": item.trust.name.lower(),
            "one_person": told.joined,
            "reason": reasons[0] if reasons else "",
        }

    def _verdict(self, position: int) -> Verdict:
        stored = self._store.get(VERDICTS, [number_key(position)])[0]
        return Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)

    def _source(self, source_id: str) -> str:
        names = {source.source_id: source.name for source in self._callers.sources()}
        return names.get(source_id, source_id)
