"""Errors of OFREP in the shape of that standard; never 429, which would stop all flags at once."""

from urllib.parse import unquote

import msgspec

from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireResponse

FLAGS = "/ofrep/v1/evaluate/flags"
_CODES = {
    "targeting_key_missing": "TARGETING_KEY_MISSING",
    "bad_json": "PARSE_ERROR",
    "bad_encoding": "PARSE_ERROR",
    "bad_gzip": "PARSE_ERROR",
}


def flag_in(path: str) -> str:
    """Give the key of the flag in a path, "" where all are asked for.

    >>> flag_in("/ofrep/v1/evaluate/flags/home.hero/"), flag_in("/ofrep/v1/evaluate/flags")
    ('home.hero', '')
    """
    return unquote(path.removeprefix(FLAGS).strip("/"))


def flag_refusal(written: WireResponse, error: InputRefused | ComeAgain, path: str) -> WireResponse:
    """Turn an error, written as everywhere, into what OpenFeature clients understand.

    A request id that was used with another context counts as a bad context.
    """
    busy = isinstance(error, ComeAgain)
    status = {409: 400, 422: 400}.get(written.status, written.status)
    told: JsonObject = {"key": key} if (key := flag_in(path)) else {}
    told |= {"errorCode": _code(error, status), "errorDetails": _details(error)}
    # What every client of ours finds in every error stands beside it.
    told |= msgspec.json.decode(written.body, type=JsonObject)
    return WireResponse(503 if busy else status, msgspec.json.encode(told), written.headers)


def _code(error: InputRefused | ComeAgain, status: int) -> str:
    if isinstance(error, ComeAgain):
        return "GENERAL"
    if status == 404:
        return "FLAG_NOT_FOUND"
    return _CODES.get(error.code, "INVALID_CONTEXT" if status == 400 else "GENERAL")


def _details(error: InputRefused | ComeAgain) -> str:
    return error.reason if isinstance(error, ComeAgain) else error.message
