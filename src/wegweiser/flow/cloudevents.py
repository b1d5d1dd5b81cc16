"""CloudEvents on the way into the log: under a key, and through the one reader of all doors."""

from wegweiser.collect.cloudevent import elements_of, read_cloudevents
from wegweiser.collect.route import BATCH
from wegweiser.flow.receive import Receiver
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse


class CloudEvents:
    """Answers `POST /cloudevents` (wire, section 11)."""

    def __init__(self, receiver: Receiver):
        self._receiver = receiver

    async def receive(self, request: WireRequest) -> WireResponse:
        """Store the CloudEvents of a request; each that is none, or names nobody, is set aside."""
        if request.method != "POST":
            raise InputRefused("method_not_allowed", "This path takes POST, OPTIONS only.", 405)
        events = read_cloudevents(request.headers, self._receiver.body(request))
        elements = elements_of(events, trusted=False)
        caller = self._receiver.caller(request, "ingest", None, elements.elements)
        if not caller.public:
            elements = elements_of(events, trusted=True)
        return self._receiver.success(await self._receiver.keep(request, elements, BATCH, caller))
