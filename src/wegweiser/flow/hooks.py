"""Deliveries of webhooks: verified, kept as they came, mapped, and mapped anew when asked."""

from collections.abc import AsyncIterator, Callable

import msgspec

from wegweiser.collect.batch import ELEMENTS_PER_BATCH, Unmapped
from wegweiser.collect.body import unpacked
from wegweiser.collect.foreign_body import (
    kept_headers,
    read_body,
    read_fields,
    read_handshake,
)
from wegweiser.collect.hook import Hook
from wegweiser.collect.limit import BODY_BYTES_SECRET
from wegweiser.collect.mapping import OF_HOOKS, OF_ROWS, RowMapping, Unmappable
from wegweiser.collect.proof_of_hook import verify
from wegweiser.flow.hook_book import HookBook
from wegweiser.flow.hook_bytes import HookBytes
from wegweiser.flow.intake import Intake
from wegweiser.flow.loader import Loader
from wegweiser.flow.mappings import MappingBook
from wegweiser.flow.turns import Turns
from wegweiser.log.record import decode, encode
from wegweiser.ports.clock import Clock
from wegweiser.ports.event_log import EventLog
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.event import Refused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Arrived, Tally
from wegweiser.terms.wire import WireRequest

RECORDS_PER_SLICE = 50


class Delivered(msgspec.Struct, frozen=True):
    """What became of a delivery; `answer` is that of a handshake, which is not kept."""

    tally: Tally = Tally()
    position: int | None = None
    answer: Json = None


class HookDesk:
    """Takes deliveries; whatever was kept can be mapped again after a mapping was mended."""

    def __init__(
        self,
        book: HookBook,
        mappings: MappingBook,
        loader: Loader,
        intake: Intake,
        log: EventLog,
        clock: Clock,
        address: Callable[[], str],
        bytes_per_day: int,
    ):
        self.book = book
        self._mappings = mappings
        self._loader = loader
        self._intake = intake
        self._log = log
        self._clock = clock
        self._address = address
        self._bytes = HookBytes(bytes_per_day, clock)

    async def receive(self, request: WireRequest) -> Delivered:
        """Take one delivery: on disk before it is mapped, mapped or set aside before the answer.

        Who sent it is known before its body is read; only of a handshake, which providers do not
        sign, a little JSON is read earlier. Raises NotFound for an unknown address, KeyRefused
        for a wrong signature, ComeAgain when the hook brought too much today, BodyRefused for a
        body that is too large.
        """
        hook = self.book.at(request.path)
        answer = _handshake(hook, request)
        if answer is not None:
            return Delivered(answer=answer)
        self._verify(hook, request)
        self._bytes.require(hook.key)
        arrived = self._read(hook, request)
        answer = hook.answer(_activation(arrived))
        if answer is not None:
            return Delivered(answer=answer)
        self._bytes.count(hook.key, len(encode(arrived)))
        landed = await self._intake.append(arrived)
        return Delivered(await self._mapped(hook, arrived), landed.position)

    def _verify(self, hook: Hook, request: WireRequest) -> None:
        address = self._address().rstrip("/") + request.path
        url = f"{address}?{request.query}" if request.query else address
        secrets = self.book.secrets(hook.key)
        verify(hook.verification, secrets, request, self._clock.now_ms(), url)

    def _read(self, hook: Hook, request: WireRequest) -> Arrived:
        raw = unpacked(request, BODY_BYTES_SECRET)
        content_type = request.headers.get("content-type", "")
        query = self._loader.masked(read_fields(request.query))
        assert isinstance(query, dict)
        return Arrived(
            received_at=self._clock.now_ms(),
            hook=hook.key,
            body=self._loader.masked(read_body(raw, content_type, hook.json_fields)),
            headers=kept_headers(request.headers, hook.verification.private_headers),
            query=query,
        )

    async def _mapped(self, hook: Hook, arrived: Arrived) -> Tally:
        tally = Tally()
        for key in hook.mappings:
            tally += await self._map(hook, key, arrived)
        return tally

    async def _map(self, hook: Hook, key: str, arrived: Arrived) -> Tally:
        mapping = self._mappings.compiled(key, OF_HOOKS)
        activation = _activation(arrived)
        try:
            found = await mapped_in_turns(mapping, activation, hook.key)
        except Unmappable as error:
            lost = _unmapped(mapping, arrived, str(error))
            return await self._loader.take(mapping.source, [], [lost], "live")
        elements = _timed(found, arrived.received_at)
        tally = Tally()
        for start in range(0, len(elements), ELEMENTS_PER_BATCH):
            part = elements[start : start + ELEMENTS_PER_BATCH]
            tally += await self._loader.take(mapping.source, part, (), "live")
        return tally

    def remap(self, refused: Refused, received_at: int) -> list[JsonObject]:
        """Map a record that was set aside as `unmapped` with the mapping as it is now.

        Raises InputRefused `unmapped` where it still cannot be mapped, NotFound where the
        mapping was never applied.
        """
        given = refused.given
        occurrence = given.get("occurrence")
        try:
            if "hook" not in given:
                mapping = self._mappings.compiled(refused.mapping, OF_ROWS)
                count = occurrence if isinstance(occurrence, int) else 0
                return mapping.elements({"row": refused.element}, count)
            mapping = self._mappings.compiled(refused.mapping, OF_HOOKS)
            activation = {
                "body": refused.element,
                "headers": given.get("headers", {}),
                "query": given.get("query", {}),
            }
            return _timed(mapping.elements(activation, hook=str(given["hook"])), received_at)
        except (Unmappable, DocumentRefused) as error:
            raise InputRefused("unmapped", str(error), 422) from error

    async def replay(self, key: str, since: int = 0) -> Tally:
        """Map all that came through a hook since a time in ms with its mappings as they are now.

        What was stored before is a duplicate. Raises NotFound for an unknown hook.
        """
        hook = self.book.get(key)
        upto = await self._intake.settle()
        tally = Tally()
        async for arrived in self._arrived(key, since, upto):
            tally += await self._mapped(hook, arrived)
        return tally

    async def _arrived(self, key: str, since: int, upto: int) -> AsyncIterator[Arrived]:
        """Yield the deliveries of a hook; others have their turn however few these are."""
        turns = Turns()
        for number, (position, payload) in enumerate(self._log.read(0), 1):
            if position > upto:
                return
            if number % RECORDS_PER_SLICE == 0:
                await turns.pause()
            # Most records are none of these, and need not be read for that to be seen.
            if b'"arrived"' not in payload[:40]:
                continue
            record = decode(payload)
            if not isinstance(record, Arrived) or record.hook != key:
                continue
            # Of one that was erased nothing is left to map.
            erased = record.body is None and not record.query and not record.headers
            if record.received_at >= since and not erased:
                yield record


async def mapped_in_turns(
    mapping: RowMapping, activation: JsonObject, hook: str = ""
) -> list[JsonObject]:
    """Give the elements of one delivery; others have their turn between them.

    Raises Unmappable as `RowMapping.elements` does.
    """
    elements: list[JsonObject] = []
    turns = Turns()
    for element in mapping.one_by_one(activation, hook=hook):
        elements.append(element)
        if len(elements) % RECORDS_PER_SLICE == 0:
            await turns.pause()
    return elements


def _handshake(hook: Hook, request: WireRequest) -> Json:
    """Give the answer to a handshake that nobody signed; None for anything else."""
    if hook.challenge is None:
        return None
    asked: JsonObject = {
        "body": read_handshake(request.body),
        "headers": kept_headers(request.headers, hook.verification.private_headers),
        "query": read_fields(request.query),
    }
    return hook.answer(asked)


def _activation(arrived: Arrived) -> JsonObject:
    return {"body": arrived.body, "headers": arrived.headers, "query": arrived.query}


def _timed(elements: list[JsonObject], received_at: int) -> list[JsonObject]:
    """Give elements without a time the one of their arrival, so that a replay changes nothing."""
    at = format_instant(received_at)
    timed: list[JsonObject] = [{"timestamp": at, **element} for element in elements]
    return timed


def _unmapped(mapping: RowMapping, arrived: Arrived, reason: str) -> Unmapped:
    given: JsonObject = {
        "hook": arrived.hook,
        "headers": arrived.headers,
        "query": arrived.query,
    }
    name = mapping.unmapped_id(_activation(arrived), hook=arrived.hook)
    return Unmapped(reason, arrived.body, mapping.key, name, given)
