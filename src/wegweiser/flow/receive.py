"""One collect request from bytes to answer: key, unpack, decode, read, append, answer."""

from collections.abc import Sequence

from wegweiser.collect import wire
from wegweiser.collect.body import unpacked
from wegweiser.collect.decode import decode, decode_value
from wegweiser.collect.key import header_keys, refuse_secret_in_browser
from wegweiser.collect.limit import body_limit_bytes
from wegweiser.collect.read import Reading
from wegweiser.collect.route import METHODS_ALLOWED
from wegweiser.flow.callers import Callers
from wegweiser.flow.intake import Intake
from wegweiser.flow.reading import Reader
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller, Scope
from wegweiser.terms.wire import WireRequest, WireResponse


class Receiver:
    """Answers the collect routes in the Segment dialect (wire, sections 1 to 5)."""

    def __init__(self, callers: Callers, reader: Reader, intake: Intake, clock: Clock):
        self._callers = callers
        self._reader = reader
        self._intake = intake
        self._clock = clock

    async def receive(self, request: WireRequest) -> WireResponse:
        """Answer one request; 200 only after its events are on disk and folded."""
        if request.method == "OPTIONS":
            return wire.preflight()
        route = wire.route_of(request.method, request.path)
        decoded = decode(unpacked(request, self._body_limit(request)), route.batch)
        caller = self.caller(request, "ingest", decoded.root, decoded.elements)
        reading = self._reader.read(
            decoded,
            route,
            caller,
            client=request.client,
            sent_at=request.headers.get("sentat"),
            gpc=request.headers.get("sec-gpc") == "1",
        )
        return await self._answer(reading)

    async def _answer(self, reading: Reading) -> WireResponse:
        landed = await self._intake.append(reading.record)
        if reading.refusal is not None:
            raise reading.refusal
        return wire.success(
            len(landed.verdict.repeats),
            reading.repaired,
            reading.quarantined,
            reading.rejected,
            position=landed.position,
        )

    def value(self, request: WireRequest, limit_bytes: int) -> Json:
        """Read a body that carries no events, unpacked and repaired as on every route."""
        return decode_value(unpacked(request, limit_bytes))

    def _body_limit(self, request: WireRequest) -> int:
        """Give the limit of this body; an unknown key in a header is refused before parsing."""
        keys = header_keys(request)
        if not keys:
            return body_limit_bytes(public=True, key_in_header=False)
        caller = self._callers.of_key(keys[0])
        return body_limit_bytes(caller.public, key_in_header=True)

    def caller(
        self,
        request: WireRequest,
        scope: Scope,
        root: JsonObject | None = None,
        elements: Sequence[Json] = (),
    ) -> Caller:
        """Tell who calls; raises KeyRefused when the key is unknown or lacks the scope."""
        caller = self._callers.of_key(wire.written_keys(request, root or {}, elements))
        refuse_secret_in_browser(request, caller)
        if not _may(caller, scope):
            raise KeyRefused("forbidden", f"This key may not do this; it lacks {scope}.", 403)
        return caller

    def failure(
        self, error: InputRefused | ComeAgain, allow: str = METHODS_ALLOWED
    ) -> WireResponse:
        """Write an error in the shape that every client understands."""
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        return wire.failure(error, jitter, allow=allow)

    def preflight(self) -> WireResponse:
        """Answer a browser's question whether it may send."""
        return wire.preflight()


def _may(caller: Caller, scope: Scope) -> bool:
    """A public key may also ask for its own visitor, a secret one also send plain events."""
    return scope in caller.scopes or scope == ("decide" if caller.public else "ingest")
