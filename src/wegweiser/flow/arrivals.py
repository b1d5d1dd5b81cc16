"""What arrived last, read backwards from the end of the log: element by element, and by source."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from wegweiser.flow.export import element_of
from wegweiser.flow.intake import Intake
from wegweiser.flow.quarantine import Place, quarantine_id
from wegweiser.flow.source_pulse import Heard, Pulse, pulse_of
from wegweiser.flow.tables import VERDICTS, number_key
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import FAILED_FROM, Unifier
from wegweiser.log.record import decode
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.statement import read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json
from wegweiser.terms.record import Collected, Verdict

MOST_RECORDS = 2_000
MOST_BYTES = 8_000_000
RECORDS_AT_ONCE = 50


class Sought(msgspec.Struct, frozen=True):
    """Which elements are wanted; what is empty means all. `name` is the shown name of an event."""

    source_id: str = ""
    name: str = ""
    person_id: str = ""
    limit: int = 200


class Arrival(msgspec.Struct, frozen=True):
    """One element as it came: `fate` is stored, duplicate or quarantined; times in ms.

    `quarantine_id` is there while the element is set aside.
    """

    received_at: int
    at: int
    source_id: str
    fate: str
    name: str
    message_id: str
    element: Json
    person_id: str = ""
    code: str = ""
    message: str = ""
    quarantine_id: str = ""


class Arrivals:
    """Looks at the last 2,000 requests, or 8 MB of them, whatever is less."""

    def __init__(
        self, log: EventLog, store: OperationalStore, unifier: Unifier, intake: Intake
    ) -> None:
        self._log = log
        self._store = store
        self._unifier = unifier
        self._intake = intake

    async def _records(self) -> list[tuple[int, Collected]]:
        """Give the newest records, the newest first; everything acknowledged is among them."""
        end = await self._intake.settle()
        turns, room = Turns(), MOST_BYTES
        found: list[tuple[int, Collected]] = []
        last = end - MOST_RECORDS
        while end > max(last, 0) and room > 0:
            start = max(0, end - RECORDS_AT_ONCE)
            rows = [*islice(self._log.read(start), end - start)]
            for position, payload in reversed(rows):
                room -= len(payload)
                record = decode(payload) if room > 0 and position <= end else None
                if isinstance(record, Collected):
                    found.append((position, record))
            end = start
            await turns.pause()
        return found

    async def newest(self, sought: Sought) -> list[Arrival]:
        """Give the newest elements that are sought, the newest first."""
        found: list[Arrival] = []
        turns = Turns()
        for position, record in await self._records():
            await turns.pause()
            if sought.source_id in ("", record.source_id):
                meant = (one for one in self._elements(position, record) if _means(sought, one))
                found += islice(meant, sought.limit - len(found))
            if len(found) >= sought.limit:
                break
        return found

    async def pulses(self, now: int) -> dict[str, Pulse]:
        """Tell how each source that was heard lately does, by its id."""
        heard: dict[str, list[Heard]] = {}
        turns = Turns()
        for position, record in await self._records():
            await turns.pause()
            # What leaves the quarantine says nothing of the source now.
            if record.replaces:
                continue
            elements = [*self._elements(position, record)]
            heard.setdefault(record.source_id, []).append(
                Heard(
                    at=record.received_at,
                    elements=len(elements) + record.rejected + record.dropped + record.suppressed,
                    refused=len(record.refused) + record.rejected,
                    delays_ms=tuple(
                        max(0, one.received_at - one.at) for one in elements if one.fate == "stored"
                    ),
                    persons={
                        one.person_id: self._known(one.person_id)
                        for one in elements
                        if one.person_id
                    },
                )
            )
        return {source_id: pulse_of(rows, now) for source_id, rows in heard.items()}

    def _known(self, person_id: str) -> bool:
        return self._unifier.directory.known(person_id)

    def _elements(self, position: int, record: Collected) -> Iterator[Arrival]:
        """Yield the elements of a record, the last one first; nothing of what was erased."""
        verdict = self._verdict(position)
        erased = {*verdict.erased, *(one.index for one in record.erased)}
        for index, event in reversed([*enumerate(record.events)]):
            if index not in erased:
                yield self._stored(position, index, event, record, verdict)
        for refused in reversed(record.refused):
            place = (position, refused.index)
            if -1 - refused.index in erased:
                continue
            element = refused.element
            yield Arrival(
                received_at=record.received_at,
                at=record.received_at,
                source_id=record.source_id,
                fate="quarantined" if self._is_aside(place) else "mended",
                name=_name_in(element),
                message_id=refused.message_id,
                element=element,
                code=refused.code,
                message=refused.message,
                quarantine_id=quarantine_id(place) if self._is_aside(place) else "",
            )

    def _stored(
        self, position: int, index: int, event: Event, record: Collected, verdict: Verdict
    ) -> Arrival:
        place = (position, FAILED_FROM + index)
        fate = "duplicate" if index in verdict.repeats else "stored"
        failed = index in verdict.failed
        return Arrival(
            received_at=record.received_at,
            at=event.at,
            source_id=record.source_id,
            fate="quarantined" if failed else fate,
            name=event.shown_name,
            message_id=event.message_id,
            element=element_of(event),
            person_id=self._person(position, event, record),
            code="fold_failed" if failed else "",
            quarantine_id=quarantine_id(place) if failed and self._is_aside(place) else "",
        )

    def _person(self, position: int, event: Event, record: Collected) -> str:
        try:
            leaf = read_event(event, record.trust, record.source_id, position).leaf
        except InputRefused:
            return ""
        directory = self._unifier.directory
        return directory.person_of(leaf) if directory.has_leaf(leaf) else ""

    def _is_aside(self, place: Place) -> bool:
        return self._unifier.quarantine.holds([place])

    def _verdict(self, position: int) -> Verdict:
        stored = self._store.get(VERDICTS, [number_key(position)])[0]
        return Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)


def _means(sought: Sought, one: Arrival) -> bool:
    return sought.name in ("", one.name) and sought.person_id in ("", one.person_id)


def _name_in(element: Json) -> str:
    """Find the name that an element that was refused gives itself, as far as it is text."""
    if not isinstance(element, dict):
        return ""
    found = element.get("event") or element.get("type")
    return found[:100] if isinstance(found, str) else ""
