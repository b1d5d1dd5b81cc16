"""One collect request from bytes to answer: key, unpack, decode, read, append, answer."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import msgspec

from wegweiser.collect import wire
from wegweiser.collect.body import unpacked
from wegweiser.collect.decode import Decoded, decode, decode_value
from wegweiser.collect.key import header_keys, refuse_secret_in_browser
from wegweiser.collect.limit import body_limit_bytes
from wegweiser.collect.origin import refuse_other_origins
from wegweiser.collect.read import Reading
from wegweiser.collect.route import BODY_PATHS, METHODS_ALLOWED, Route
from wegweiser.flow.callers import Callers
from wegweiser.flow.intake import Intake
from wegweiser.flow.line import Landed
from wegweiser.flow.reading import Reader
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller, Scope
from wegweiser.terms.wire import WireRequest, WireResponse


class Kept(msgspec.Struct, frozen=True):
    """What a request held, and where it stands in the log."""

    reading: Reading
    landed: Landed


class Entered(msgspec.Struct, frozen=True):
    """What a request held, on its way into the log."""

    reading: Reading
    landing: "asyncio.Future[Landed]"


class Receiver:
    """Answers the collect routes in the Segment dialect (wire, sections 1 to 5)."""

    paths = BODY_PATHS

    def __init__(self, callers: Callers, reader: Reader, intake: Intake, clock: Clock):
        self._callers = callers
        self._reader = reader
        self._intake = intake
        self._clock = clock
        self.refusals: Counter[str] = Counter()

    async def receive(self, request: WireRequest) -> WireResponse:
        """Answer one request; 200 only after its events are on disk and folded."""
        if request.method == "OPTIONS":
            return self.preflight(request)
        entered = self.enter(request)
        await entered.landing
        return self.answer(entered)

    def enter(self, request: WireRequest) -> Entered:
        """Read a request and put it into the line to the log; raises what refuses it at once."""
        route = wire.route_of(request.method, request.path)
        decoded = decode(self.body(request), route.batch)
        caller = self.caller(request, "ingest", decoded.root, decoded.elements)
        reading = self._read(request, decoded, route, caller)
        return Entered(reading, self._intake.enter(reading.record))

    def answer(self, entered: Entered) -> WireResponse:
        """Answer what came to its end; raises why it could not be kept, or was set aside."""
        landed = entered.landing.result()
        if entered.reading.refusal is not None:
            raise entered.reading.refusal
        return self.success(Kept(entered.reading, landed))

    def body(self, request: WireRequest) -> bytes:
        """Unpack a body within the limit of its key; raises BodyRefused, KeyRefused."""
        return unpacked(request, self._body_limit(request))

    async def keep(
        self, request: WireRequest, decoded: Decoded, route: Route, caller: Caller
    ) -> Kept:
        """Read a decoded body; gives what it was once that is on disk and folded."""
        reading = self._read(request, decoded, route, caller)
        return Kept(reading, await self._intake.append(reading.record))

    def _read(
        self, request: WireRequest, decoded: Decoded, route: Route, caller: Caller
    ) -> Reading:
        return self._reader.read(
            decoded,
            route,
            caller,
            client=request.client,
            sent_at=request.headers.get("sentat"),
            gpc=request.headers.get("sec-gpc") == "1",
        )

    def success(self, kept: Kept) -> WireResponse:
        """Answer 200 for what was kept, in the shape that every client understands."""
        return wire.success(
            kept.landed.verdict.sent_again,
            kept.reading.repaired,
            kept.reading.quarantined,
            kept.reading.rejected,
            position=kept.landed.position,
        )

    def value(self, request: WireRequest, limit_bytes: int) -> Json:
        """Read a body that carries no events, unpacked and repaired as on every route."""
        return decode_value(unpacked(request, limit_bytes))

    def _body_limit(self, request: WireRequest) -> int:
        """Give the limit of this body; a key in a header is judged before anything is parsed."""
        keys = header_keys(request)
        if not keys:
            return body_limit_bytes(public=True, key_in_header=False)
        caller = self._callers.of_key(keys[0])
        if caller.key is not None:
            self._callers.allowances.require(caller.key, request.client)
        set_bytes = caller.options.max_body_bytes
        return body_limit_bytes(caller.public, key_in_header=True, set_bytes=set_bytes)

    def caller(
        self,
        request: WireRequest,
        scope: Scope,
        root: JsonObject | None = None,
        elements: Sequence[Json] = (),
    ) -> Caller:
        """Tell who calls, and count the elements against what the key allows.

        Raises KeyRefused when the key is unknown, lacks the scope or is not for this page, and
        ComeAgain when it has sent too much.
        """
        caller = self._callers.of_key(wire.written_keys(request, root or {}, elements))
        refuse_secret_in_browser(request, caller)
        if not _may(caller, scope):
            raise KeyRefused("forbidden", f"This key may not do this; it lacks {scope}.", 403)
        refuse_other_origins(request, caller)
        if caller.key is not None:
            self._callers.allowances.spend(caller.key, request.client, len(elements) or 1)
        return caller

    def holder(self, request: WireRequest) -> Caller:
        """Tell whose key a request carries, whatever it may do; raises KeyRefused."""
        return self._callers.of_key(wire.written_keys(request, {}))

    def failure(
        self, error: InputRefused | ComeAgain, allow: str = METHODS_ALLOWED
    ) -> WireResponse:
        """Write an error in the shape that every client understands."""
        self.refusals["come_again" if isinstance(error, ComeAgain) else error.code] += 1
        jitter = int.from_bytes(self._clock.random_bytes(2), "big") / 65_536
        return wire.failure(error, jitter, allow=allow)

    def preflight(self, request: WireRequest) -> WireResponse:
        """Answer a browser's question whether it may send."""
        return wire.preflight(request.headers.get("access-control-request-headers", ""))


def _may(caller: Caller, scope: Scope) -> bool:
    """A public key may also ask for its own visitor, a trusted sender also send plain events."""
    if caller.public:
        return scope in caller.scopes or scope == "decide"
    return ("ingest:trusted" if scope == "ingest" else scope) in caller.scopes
