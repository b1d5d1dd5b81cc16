"""What arrived last, read backwards from the end of the log: element by element, and by source."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import compress, islice

import msgspec

from wegweiser.flow.export import element_of
from wegweiser.flow.glances import MOST_BYTES, MOST_RECORDS, Glance, Glances, glance_at
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

RECORDS_AT_ONCE = 50
# Of how many people of a source it is told whether they are known; the newest ones.
PERSONS_LOOKED_AT = 500


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
        self._glances = Glances()
        self._looking = asyncio.Lock()

    async def _records(self, end: int, after: int = 0) -> list[tuple[int, int, Collected]]:
        """Give (position, bytes, record) of the newest up to `end`, the newest first."""
        turns, room = Turns(), MOST_BYTES
        found: list[tuple[int, int, Collected]] = []
        last = max(end - MOST_RECORDS, after)
        upto = end
        while upto > last and room > 0:
            start = max(last, upto - RECORDS_AT_ONCE)
            rows = [*islice(self._log.read(start), upto - start)]
            for position, payload in reversed(rows):
                room -= len(payload)
                record = decode(payload) if room > 0 and position <= upto else None
                if isinstance(record, Collected):
                    found.append((position, len(payload), record))
            upto = start
            await turns.pause()
        return found

    async def newest(self, sought: Sought) -> list[Arrival]:
        """Give the newest elements that are sought, the newest first."""
        found: list[Arrival] = []
        turns = Turns()
        # Everything acknowledged is among them.
        for position, _, record in await self._records(await self._intake.settle()):
            await turns.pause()
            if sought.source_id in ("", record.source_id):
                meant = (one for one in self._elements(position, record) if _means(sought, one))
                found += islice(meant, sought.limit - len(found))
            if len(found) >= sought.limit:
                break
        return found

    async def pulses(self, now: int) -> dict[str, Pulse]:
        """Tell how each source that was heard lately does, by its id.

        What is known of people is told of the newest 500 of each source.
        """
        async with self._looking:
            told = await self._look()
        verdicts = await self._verdicts([one.position for one in told])
        heard: dict[str, list[Heard]] = {}
        for one, verdict in zip(told, verdicts, strict=True):
            heard.setdefault(one.source_id, []).append(_heard(one, verdict))
        people = await self._people(told[::-1])
        return {
            source_id: pulse_of(rows, now, people.get(source_id, {}))
            for source_id, rows in heard.items()
        }

    def forget(self) -> None:
        """Read the newest requests anew when they are next wanted: an erasure changed them."""
        self._glances = Glances()

    async def _look(self) -> list[Glance]:
        """Read what came since the last look; everything acknowledged is among it."""
        end = await self._intake.settle()
        glances = self._glances
        newest = await self._records(end, glances.upto)
        # What leaves the quarantine says nothing of the source now.
        newer = [glance_at(*one) for one in reversed(newest) if not one[2].replaces]
        glances.add(newer, end)
        return [*glances]

    async def _people(self, newest_first: Sequence[Glance]) -> dict[str, dict[str, bool]]:
        """Say of the newest people of each source whether more than a device is known of them."""
        people: dict[str, dict[str, bool]] = {}
        turns = Turns()
        for one in newest_first:
            found = people.setdefault(one.source_id, {})
            if len(found) >= PERSONS_LOOKED_AT:
                continue
            for position, payload in islice(self._log.read(one.position - 1), 1):
                record = decode(payload)
                if position == one.position and isinstance(record, Collected):
                    await turns.pause()
                    found |= self._people_of(position, record, PERSONS_LOOKED_AT - len(found))
        return people

    def _people_of(self, position: int, record: Collected, room: int) -> dict[str, bool]:
        """Say of up to `room` people of a record whether they are known; nothing of the erased."""
        erased = {*self._verdict(position).erased, *(one.index for one in record.erased)}
        found: dict[str, bool] = {}
        for index, event in reversed([*enumerate(record.events)]):
            person = "" if index in erased else self._person(position, event, record)
            if person and len(found) < room:
                found[person] = self._unifier.directory.known(person)
        return found

    async def _verdicts(self, positions: Sequence[int]) -> list[Verdict]:
        found: list[Verdict] = []
        turns = Turns()
        for first in range(0, len(positions), RECORDS_AT_ONCE):
            some = positions[first : first + RECORDS_AT_ONCE]
            rows = self._store.get(VERDICTS, [number_key(one) for one in some])
            found += [_verdict_in(*one) for one in zip(some, rows, strict=True)]
            await turns.pause()
        return found

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
        return _verdict_in(position, self._store.get(VERDICTS, [number_key(position)])[0])


def _verdict_in(position: int, stored: bytes | None) -> Verdict:
    return Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)


def _heard(one: Glance, verdict: Verdict) -> Heard:
    """Put what came together with what became of it; nothing of what was erased counts."""
    erased = one.emptied.union(verdict.erased)
    gone = erased.union(verdict.repeats, verdict.failed)
    stored = [index not in gone for index in range(len(one.delays_ms))] if gone else None
    refused = [index for index in one.refused if -1 - index not in erased]
    kept = sum(index not in erased for index in range(len(one.delays_ms)))
    return Heard(
        at=one.at,
        elements=kept + len(refused) + one.uncounted,
        refused=len(one.refused) + one.rejected,
        delays_ms=tuple(one.delays_ms if stored is None else compress(one.delays_ms, stored)),
    )


def _means(sought: Sought, one: Arrival) -> bool:
    return sought.name in ("", one.name) and sought.person_id in ("", one.person_id)


def _name_in(element: Json) -> str:
    """Find the name that an element that was refused gives itself, as far as it is text."""
    if not isinstance(element, dict):
        return ""
    found = element.get("event") or element.get("type")
    return found[:100] if isinstance(found, str) else ""
