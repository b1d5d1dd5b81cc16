"""Elements from files and from Python code, on the same way as those from HTTP."""

import json
from collections.abc import Sequence

import msgspec

from wegweiser.collect.batch import Unmapped
from wegweiser.collect.decode import decode
from wegweiser.collect.read import Reading
from wegweiser.collect.wire import route_of
from wegweiser.flow.callers import Callers
from wegweiser.flow.count import tally_of
from wegweiser.flow.intake import Intake
from wegweiser.flow.reading import Reader
from wegweiser.terms.errors import InputRefused, KeyRefused
from wegweiser.terms.event import Refused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Collected, Tally
from wegweiser.terms.source import SECRET_SCOPES, Caller, SourceKind, Trust

__all__ = ["Loader", "Unmapped"]


class Loader:
    """Takes elements of a named source, which is made when it does not exist."""

    def __init__(self, callers: Callers, reader: Reader, intake: Intake):
        self._callers = callers
        self._reader = reader
        self._intake = intake

    async def take(
        self,
        source: str,
        elements: Sequence[JsonObject],
        unmapped: Sequence[Unmapped] = (),
        kind: SourceKind = "bulk",
    ) -> Tally:
        """Store elements (at most 5,000); gives the counts of these elements alone."""
        return await self.take_from(self._caller(source, kind), elements, unmapped)

    async def take_own(
        self,
        caller: Caller,
        source: str,
        elements: Sequence[JsonObject],
        unmapped: Sequence[Unmapped] = (),
    ) -> Tally:
        """Store elements (at most 5,000) of the holder of a key.

        Raises KeyRefused for any source but the caller's own, also for one that there is not.
        """
        found = self._callers.named(source)
        if found is None or found.source_id != caller.source_id:
            told = f"This key sends for its own source, not for {source[:100]!r}."
            raise KeyRefused("forbidden", told, 403)
        return await self.take_from(caller, elements, unmapped)

    def looked(self, source: str, elements: Sequence[JsonObject]) -> Reading:
        """Read elements as `take` does, and store nothing; for a source that may not be yet."""
        found = self._callers.named(source)
        named = found.source_id if found is not None else ""
        caller = Caller(named, "bulk", Trust.SERVER, SECRET_SCOPES)
        return self._read(caller, elements)

    def masked(self, value: Json) -> Json:
        """Give what was sent without being read as it may be kept."""
        return self._reader.masked(value)

    async def take_from(
        self, caller: Caller, elements: Sequence[JsonObject], unmapped: Sequence[Unmapped] = ()
    ) -> Tally:
        """Store elements (at most 5,000) of somebody who is known already."""
        reading = self._read(caller, elements)
        lost = [
            Refused(
                len(elements) + index,
                "unmapped",
                row.message,
                self._reader.masked(row.row),
                row.message_id,
                row.mapping,
                row.given,
            )
            for index, row in enumerate(unmapped)
        ]
        whole = msgspec.structs.replace(reading.record, refused=(*reading.record.refused, *lost))
        record = self._reader.fitted(msgspec.structs.replace(reading, record=whole)).record
        landed = await self._intake.append(record)
        assert isinstance(landed.record, Collected)
        return tally_of(landed.record, landed.verdict)

    def _read(self, caller: Caller, elements: Sequence[JsonObject]) -> Reading:
        route = route_of("POST", "/v1/batch")
        return self._reader.read(decode(_encoded(elements), batch=True), route, caller)

    def _caller(self, source: str, kind: SourceKind) -> Caller:
        found = self._callers.named(source)
        if found is None:
            self._callers.create(source, kind)
            found = self._callers.named(source)
        assert found is not None
        return Caller(found.source_id, found.kind, Trust.SERVER, SECRET_SCOPES)


def _encoded(elements: Sequence[JsonObject]) -> bytes:
    """Write elements as a batch; what only Python can hold is left to the patient parser."""
    batch = {"batch": elements}
    try:
        return msgspec.json.encode(batch)
    except UnicodeEncodeError:
        return json.dumps(batch, default=msgspec.to_builtins).encode()
    except TypeError as error:
        raise InputRefused("bad_shape", f"This is no JSON value: {error}.", 422) from error
