"""The patient parser: JSON as clients send it, with NaN, cut emojis, NULs, huge integers."""

import json
import re
from math import isfinite

from wegweiser.collect.limit import DEPTH, INTEGER, INTEGER_DIGITS, KEY_CHARACTERS
from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.json import Json

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_SAFE_DIGITS = 18
_PATH_CHARACTERS = 255
_REPAIRS_WITH_PATH = 20


class _BigInteger(str):
    __slots__ = ()


class Mending:
    """What was mended in one element (`repairs`: "code /path") and the fault that remains.

    All repairs of the element's own fields are kept with their place, deeper ones up to
    twenty, after that only their codes.
    """

    def __init__(self) -> None:
        self.repairs: dict[str, None] = {}
        self.fault = ""

    def note(self, code: str, path: str) -> None:
        """Remember a repair at a place."""
        full = len(self.repairs) >= _REPAIRS_WITH_PATH and path.find("/", 1) > 0
        self.repairs[code if full else f"{code} {path}"] = None


def parse_text(text: str) -> Json:
    """Parse JSON text whose nesting is known to be harmless; `mend` must follow.

    Raises BodyRefused `bad_json` with the place, never with the content.
    """
    try:
        found: Json = json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise BodyRefused(
            "bad_json", f"The body is not JSON: {error.msg} at character {error.pos + 1}."
        ) from None
    return found


def _integer(digits: str) -> int | str:
    if len(digits) <= _SAFE_DIGITS:
        return int(digits)
    if len(digits.lstrip("-")) > INTEGER_DIGITS:
        return _BigInteger(digits)
    value = int(digits)
    return value if abs(value) <= INTEGER else _BigInteger(digits)


def mend(value: Json, mending: Mending, path: str = "", depth: int = 1) -> Json:
    """Give the value with everything unstorable replaced, noting each repair with its place.

    NaN and infinities become null (`not_finite`), lone surrogates and NULs U+FFFD
    (`surrogate`, `nul`), integers beyond 63 bits their digits (`big_int`). Sets `fault` for
    what cannot be mended: `too_deep`, `key_too_long`, `number_too_long`.

    >>> note = Mending()
    >>> mend({"x": float("nan")}, note), list(note.repairs)
    ({'x': None}, ['not_finite /x'])
    """
    if isinstance(value, str):
        return _mend_text(value, mending, path)
    if isinstance(value, float):
        if not isfinite(value):
            mending.note("not_finite", path)
            return None
        return value + 0.0  # turns a negative zero into zero
    if not isinstance(value, list | dict):
        return value
    if depth > DEPTH:
        mending.fault = mending.fault or "too_deep"
        return None
    if isinstance(value, list):
        return [
            mend(item, mending, _below(path, str(i)), depth + 1) for i, item in enumerate(value)
        ]
    return {
        _mend_key(key, mending, path): mend(item, mending, _below(path, key), depth + 1)
        for key, item in value.items()
    }


def _below(path: str, key: str) -> str:
    # Bounded, because a sender may choose keys so long that copying them takes forever.
    return path if len(path) > _PATH_CHARACTERS else f"{path}/{key[:_PATH_CHARACTERS]}"


def _mend_key(key: str, mending: Mending, path: str) -> str:
    if len(key) > KEY_CHARACTERS:
        mending.fault = mending.fault or "key_too_long"
    return _mend_text(key, mending, path)


def _mend_text(text: str, mending: Mending, path: str) -> str:
    if isinstance(text, _BigInteger):
        if len(text.lstrip("-")) > INTEGER_DIGITS:
            mending.fault = mending.fault or "number_too_long"
        else:
            mending.note("big_int", path)
        return str(text)
    if _UNSTORABLE.search(text) is None:
        return text
    place = _UNSTORABLE.sub(_REPLACEMENT, path)
    if "\0" in text:
        mending.note("nul", place)
    if _SURROGATE.search(text):
        mending.note("surrogate", place)
    return _UNSTORABLE.sub(_REPLACEMENT, text)
