"""The bytes of a request body, unpacked within a limit."""

import zlib

from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.wire import WireRequest

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW_BITS = 31
# Bodies of real libraries are packed to a fifteenth, numbered copies of one event to a 115th;
# a few hundred bytes that become half a megabyte are made to cost, not to tell.
MOST_INFLATED_PER_BYTE = 250
_SURELY_HARMLESS_BYTES = 262_144


def unpacked(request: WireRequest, limit_bytes: int) -> bytes:
    """Give the body without its gzip layer; the content type is not trusted, the bytes are.

    Raises BodyRefused: `too_large` (413, as sent or while inflating, or more than 256 KiB from
    250 times fewer bytes), `unsupported` (415),
    `bad_gzip` (400: declared but plain, cut, damaged, followed by more, or packed twice).

    >>> unpacked(WireRequest("POST", "/v1/track", body=b"{}"), limit_bytes=10)
    b'{}'
    """
    if len(request.body) > limit_bytes:
        raise _too_large(limit_bytes)
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip"):
        raise BodyRefused(
            "unsupported", "The content coding is not known: send gzip or none.", status=415
        )
    if coding != "gzip" and not request.body.startswith(_GZIP_MAGIC):
        return request.body
    plain = _inflated(request.body, limit_bytes)
    if plain.startswith(_GZIP_MAGIC):
        raise _bad_gzip("it is packed twice")
    return plain


def _inflated(packed: bytes, limit_bytes: int) -> bytes:
    most_bytes = max(_SURELY_HARMLESS_BYTES, MOST_INFLATED_PER_BYTE * len(packed))
    stream = zlib.decompressobj(wbits=_GZIP_WINDOW_BITS)
    try:
        plain = stream.decompress(packed, min(limit_bytes, most_bytes) + 1)
    except zlib.error:
        raise _bad_gzip("it is not gzip or it is damaged") from None
    if len(plain) > limit_bytes:
        raise _too_large(limit_bytes)
    if len(plain) > most_bytes:
        raise BodyRefused(
            "too_large",
            f"The gzip layer makes more than {MOST_INFLATED_PER_BYTE} bytes of one.",
            status=413,
        )
    if not stream.eof:
        raise _bad_gzip("it ends too early")
    if stream.unused_data:
        raise _bad_gzip("more bytes follow its end")
    return plain


def _too_large(limit_bytes: int) -> BodyRefused:
    return BodyRefused(
        "too_large", f"The body is larger than {limit_bytes} bytes: send less at once.", status=413
    )


def _bad_gzip(reason: str) -> BodyRefused:
    return BodyRefused("bad_gzip", f"The gzip layer of the body cannot be removed: {reason}.")
