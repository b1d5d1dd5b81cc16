"""Sends a request through all of collect, as the flow does, without a server."""

import itertools
from dataclasses import dataclass

from wegweiser.collect.body import unpacked
from wegweiser.collect.decode import decode
from wegweiser.collect.limit import BODY_BYTES_PUBLIC
from wegweiser.collect.read import Reading, read_request
from wegweiser.collect.wire import route_of, written_keys
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.source import Caller, Trust
from wegweiser.terms.wire import WireRequest

RECEIVED_AT = 1_795_341_600_000  # 2026-11-22T10:00:00Z
KEY = "wk_test"
PUBLIC = Caller("site", "live", Trust.PUBLIC, ("ingest",))
SERVER = Caller("shop", "live", Trust.SERVER, ("ingest:trusted",))


@dataclass(frozen=True)
class Answered:
    """The status that the sender sees, the code of an error, and what was read if anything."""

    status: int
    code: str
    reading: Reading | None

    @property
    def events(self):
        return self.reading.record.events

    @property
    def refused(self):
        return self.reading.record.refused


def source_of_key(key):
    return {KEY: "site"}.get(key)


def send(body, path="/v1/track", headers=None, query="", caller=PUBLIC, **more):
    """Answer a POST of bytes; a key stands in the header unless `headers` says otherwise."""
    headers = {"x-write-key": KEY, **(headers or {})}
    request = WireRequest("POST", path, query, headers, body)
    try:
        reading = _read(request, caller, more)
    except InputRefused as error:
        return Answered(error.status, error.code, None)
    if reading.refusal is not None:
        return Answered(reading.refusal.status, reading.refusal.code, reading)
    return Answered(200, "", reading)


def _read(request, caller, more):
    route = route_of(request.method, request.path)
    plain = unpacked(request, BODY_BYTES_PUBLIC)
    decoded = decode(plain, route.batch)
    written_keys(request, decoded.root)
    numbers = itertools.count(1)
    return read_request(
        decoded,
        route,
        caller,
        RECEIVED_AT,
        lambda: f"given-{next(numbers)}",
        source_of_key=source_of_key,
        **more,
    )
