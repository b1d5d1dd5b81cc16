"""An HTTP request and answer as plain values, so that the wire can be spoken without a server."""

import msgspec


class WireRequest(msgspec.Struct, frozen=True):
    """One request; header names in lower case, `query` without the question mark."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = {}
    body: bytes = b""
    client: str = ""


class WireResponse(msgspec.Struct, frozen=True):
    """One answer, complete."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json; charset=utf-8"),)
