"""Elements from files and from Python code, on the same way as those from HTTP."""

from collections.abc import Sequence

import msgspec

from wegweiser.collect.decode import decode
from wegweiser.collect.wire import route_of
from wegweiser.flow.callers import Callers
from wegweiser.flow.count import tally_of
from wegweiser.flow.intake import Intake
from wegweiser.flow.reading import Reader
from wegweiser.terms.event import Refused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Tally
from wegweiser.terms.source import SECRET_SCOPES, Caller, SourceKind, Trust


class Unmapped(msgspec.Struct, frozen=True):
    """A row that a mapping could not turn into an event, with the reason."""

    message: str
    row: Json


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
        reading = self._reader.read(
            decode(msgspec.json.encode({"batch": elements}), batch=True),
            route_of("POST", "/v1/batch"),
            self._caller(source, kind),
        )
        lost = [
            Refused(len(elements) + index, "unmapped", row.message, row.row)
            for index, row in enumerate(unmapped)
        ]
        record = msgspec.structs.replace(reading.record, refused=(*reading.record.refused, *lost))
        landed = await self._intake.append(record)
        return tally_of(record, landed.verdict)

    def _caller(self, source: str, kind: SourceKind) -> Caller:
        found = self._callers.named(source)
        if found is None:
            self._callers.create(source, kind)
            found = self._callers.named(source)
        assert found is not None
        return Caller(found.source_id, found.kind, Trust.SERVER, SECRET_SCOPES)
