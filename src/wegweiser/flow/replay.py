"""Elements that were set aside: found, mended, read once more, or given up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from wegweiser.collect.decode import decode
from wegweiser.collect.merge_patch import merge_patch
from wegweiser.collect.name import message_id_text
from wegweiser.collect.wire import route_of
from wegweiser.flow.callers import Callers
from wegweiser.flow.count import tally_of
from wegweiser.flow.export import element_of
from wegweiser.flow.intake import Intake
from wegweiser.flow.quarantine import Place, QuarantineBook, Quarantined
from wegweiser.flow.reading import Reader
from wegweiser.flow.taken_back import Range, ranges_of
from wegweiser.flow.turns import Turns
from wegweiser.log.erasure import CODE as ERASED
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.instant import DAY_MS, day_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Collected, Tally
from wegweiser.terms.source import SourceKind, Trust
from wegweiser.terms.wrong import wrong

KEPT_DAYS = 30
RECORDS_AT_ONCE = 200
PLACES_PER_RECORD = 1_000
ROWS_PER_SLICE = 25
# What is kept of these is not what was sent: reading it as it is would pass for something else.
_ONLY_MENDED = ("bad_id", "bad_message_id", "too_deep", "key_too_long", "number_too_long", ERASED)

Row = tuple[Place, Quarantined]
Remap = Callable[[Refused, int], list[JsonObject]]
"""Maps a record that no mapping could read when it came at a time in ms."""


class Chosen(msgspec.Struct, frozen=True):
    """Which elements are meant; what is empty or None chooses all. `day` in UTC."""

    code: str = ""
    source_id: str = ""
    day: int | None = None
    places: tuple[Place, ...] = ()

    def means(self, kept: Quarantined) -> bool:
        """Tell whether an element is one of them."""
        return (
            self.code in ("", kept.refused.code)
            and self.source_id in ("", kept.source_id)
            and self.day in (None, day_of(kept.received_at))
        )


class Leaving(msgspec.Struct):
    """Elements of one source that are given up together, with the trust of the first."""

    trust: Trust
    kind: SourceKind
    places: list[Place] = msgspec.field(default_factory=list)


class Replayed(msgspec.Struct):
    """What became of elements that were read once more; `codes` say why some stay.

    `ranges` are the log positions with which some were stored; they can be taken back.
    """

    tried: int = 0
    stored: int = 0
    duplicate: int = 0
    suppressed: int = 0
    dropped: int = 0
    still_quarantined: int = 0
    codes: dict[str, int] = msgspec.field(default_factory=dict)
    ranges: list[Range] = msgspec.field(default_factory=list)


class QuarantineDesk:
    """Everything it changes is a record in the log, so that a rebuild comes to the same."""

    def __init__(
        self,
        book: QuarantineBook,
        intake: Intake,
        reader: Reader,
        callers: Callers,
        clock: Clock,
        remap: Remap,
    ):
        self._book = book
        self._intake = intake
        self._reader = reader
        self._callers = callers
        self._clock = clock
        self._remap = remap
        self._changing = asyncio.Lock()

    async def found(self, chosen: Chosen, after: Place | None = None) -> AsyncIterator[Row]:
        """Yield what is set aside beyond a place, oldest first, and let others run meanwhile.

        Everything acknowledged before is included, and nothing that comes later. Raises NotFound
        before the first where one of the places holds nothing.
        """
        upto = await self._intake.settle()
        rows = self._named(chosen.places) if chosen.places else self._rows(upto, after)
        async for place, kept in rows:
            if chosen.means(kept):
                yield place, kept

    async def _named(self, places: Sequence[Place]) -> AsyncIterator[Row]:
        for place in places:
            self._require(place)
        for place in dict.fromkeys(places):
            # Somebody may have mended it since.
            kept = self._book.get(place)
            if kept is not None:
                yield place, kept

    async def _rows(self, upto: int, after: Place | None) -> AsyncIterator[Row]:
        turns, seen, more = Turns(), 0, True
        while more:
            more = False
            for place, kept in self._book.rows(after):
                if place[0] > upto:
                    return
                yield place, kept
                after, seen, more = place, seen + 1, True
                if seen % ROWS_PER_SLICE == 0:
                    await turns.pause()

    async def one(self, place: Place) -> Quarantined:
        """Give what is set aside at a place; raises NotFound."""
        await self._intake.settle()
        return self._require(place)

    def _require(self, place: Place) -> Quarantined:
        kept = self._book.get(place)
        if kept is None:
            raise NotFound(wrong("not_set_aside"))
        return kept

    async def replay(self, chosen: Chosen) -> Replayed:
        """Read elements once more, under the rules of now; what is still refused stays."""
        async with self._changing:
            result, codes = Replayed(), Counter[str]()
            waiting: list[Collected] = []
            async for place, kept in self.found(chosen):
                result.tried += 1
                try:
                    waiting.append(self._record(place, kept))
                except InputRefused as refusal:
                    codes[refusal.code] += 1
                if len(waiting) >= RECORDS_AT_ONCE:
                    await self._land(waiting, result)
                    waiting = []
            await self._land(waiting, result)
            result.still_quarantined += codes.total()
            result.codes |= codes
            return result

    async def fix(self, place: Place, element: Json = None, patch: Json = None) -> Replayed:
        """Read a mended element: a whole one, or a merge patch of what is set aside.

        Raises NotFound, or InputRefused with its code where the mended element is refused too.
        """
        async with self._changing:
            await self._intake.settle()
            kept = self._require(place)
            mended = element if patch is None else merge_patch(element_in(kept), patch)
            result = Replayed(tried=1)
            await self._land([self._mended(place, kept, mended)], result)
            return result

    async def _land(self, records: list[Collected], result: Replayed) -> None:
        landed = await asyncio.gather(*(self._intake.append(record) for record in records))
        told = {
            one.verdict.position: tally_of(one.record, one.verdict)
            for one in landed
            if isinstance(one.record, Collected)
        }
        tally = sum(told.values(), Tally())
        result.ranges += ranges_of([position for position, one in told.items() if one.stored])
        result.stored += tally.stored
        result.duplicate += tally.duplicate
        result.suppressed += tally.suppressed
        result.dropped += tally.dropped
        result.still_quarantined += tally.quarantined
        if tally.quarantined:
            result.codes["fold_failed"] = result.codes.get("fold_failed", 0) + tally.quarantined

    def _record(self, place: Place, kept: Quarantined) -> Collected:
        """Read an element as it is; raises InputRefused with the code that it still deserves."""
        refused = kept.refused
        if refused.code in _ONLY_MENDED:
            raise InputRefused(refused.code, refused.message)
        if refused.code == "fold_failed":
            return Collected(
                received_at=kept.received_at,
                source_id=kept.source_id,
                trust=kept.trust,
                kind=kept.kind,
                events=(_event(refused),),
                replaces=(place,),
            )
        if refused.mapping:
            return self._read(place, kept, self._remap(refused, kept.received_at))
        return self._read(place, kept, [refused.element])

    def _mended(self, place: Place, kept: Quarantined, mended: Json) -> Collected:
        if kept.refused.mapping:
            refused = msgspec.structs.replace(kept.refused, element=mended)
            return self._read(place, kept, self._remap(refused, kept.received_at))
        return self._read(place, kept, [_under_its_id(mended, kept.refused)])

    def _read(
        self, place: Place, kept: Quarantined, elements: list[JsonObject] | list[Json]
    ) -> Collected:
        if not elements:
            raise InputRefused("unmapped", wrong("maps_to_nothing"), 422)
        reading = self._reader.read(
            decode(msgspec.json.encode({"batch": elements}), batch=True),
            route_of("POST", "/v1/batch"),
            self._callers.standing_for(kept.source_id, kept.kind, kept.trust),
            received_at=kept.received_at,
        )
        for refused in reading.record.refused:
            raise InputRefused(refused.code, refused.message, 422)
        for told in reading.rejected:
            raise InputRefused(told.code, wrong("turned_away", code=told.code), 422)
        return msgspec.structs.replace(reading.record, replaces=(place,))

    async def discard(self, chosen: Chosen) -> int:
        """Give elements up; they count as dropped. Gives their number."""
        async with self._changing:
            return await self._give_up(self.found(chosen))

    async def expire(self) -> None:
        """Give up what has been set aside for longer than 30 days."""
        before = self._clock.now_ms() - KEPT_DAYS * DAY_MS
        async with self._changing:
            await self._give_up(self._received_before(before))

    async def _received_before(self, before: int) -> AsyncIterator[Row]:
        async for place, kept in self.found(Chosen()):
            if kept.received_at >= before:
                return
            yield place, kept

    async def _give_up(self, found: AsyncIterator[Row]) -> int:
        """Let elements go in records of one source each; only their places are held."""
        waiting: dict[str, Leaving] = {}
        number = 0
        async for place, kept in found:
            leaving = waiting.setdefault(kept.source_id, Leaving(kept.trust, kept.kind))
            leaving.places.append(place)
            number += 1
            if len(leaving.places) >= PLACES_PER_RECORD:
                await self._let_go(kept.source_id, waiting.pop(kept.source_id))
        for source_id, leaving in waiting.items():
            await self._let_go(source_id, leaving)
        return number

    async def _let_go(self, source_id: str, leaving: Leaving) -> None:
        await self._intake.append(
            Collected(
                received_at=self._clock.now_ms(),
                source_id=source_id,
                trust=leaving.trust,
                kind=leaving.kind,
                dropped=len(leaving.places),
                replaces=tuple(leaving.places),
            )
        )


def element_in(kept: Quarantined) -> Json:
    """Give the element as it can be mended: one that could not be folded as it was sent."""
    if kept.refused.code == "fold_failed":
        return element_of(_event(kept.refused))
    return kept.refused.element


def _event(refused: Refused) -> Event:
    try:
        return msgspec.convert(refused.element, Event)
    except msgspec.ValidationError as error:
        raise InputRefused("fold_failed", wrong("unreadable_event"), 422) from error


def _under_its_id(mended: Json, refused: Refused) -> Json:
    """Give a mended element the messageId that it came with; raises InputRefused for another."""
    if not isinstance(mended, dict) or not refused.message_id or refused.code == "bad_message_id":
        return mended
    stated = message_id_text(mended.get("messageId"))
    if stated and stated != refused.message_id:
        raise InputRefused(
            "bad_message_id",
            wrong("keeps_message_id", id=repr(refused.message_id)),
            422,
            "messageId",
        )
    return {**mended, "messageId": refused.message_id}
