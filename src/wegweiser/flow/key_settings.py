"""Settings of keys and sources as people write them: read by name, refused by name."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec

from wegweiser.collect.limit import BODY_BYTES_SECRET, NAME_CHARACTERS
from wegweiser.collect.origin import read_origin
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import GRANTABLE_SCOPES, Allowance, Key, Scope, SourceOptions
from wegweiser.terms.wrong import Wrong, wrong

LABEL_CHARACTERS = 100
ENTRIES = 200
SMALLEST_BODY_BYTES = 1_000
T = TypeVar("T")
_SCOPES: dict[str, Scope] = {scope: scope for scope in GRANTABLE_SCOPES}


def with_settings(key: Key, given: Mapping[str, Json]) -> Key:
    """Change settings of a key; null or "" takes one back.

    Raises InputRefused `unknown_setting`, `bad_setting`, `bad_origin`.

    >>> key = Key("0f", "src_1", True, ("ingest",), 0)
    >>> with_settings(key, {"daily_quota": "500", "allowed_events": "page, Demo Booked"}).allowance
    Allowance(rate_per_second=None, burst=None, daily_quota=500, address_rate_per_second=None)
    """
    _require_known(given, _OF_KEY)
    changes: dict[str, object] = {}
    limits: dict[str, object] = {}
    for name, value in given.items():
        read = _OF_KEY[name](value, name)
        (limits if name in Allowance.__struct_fields__ else changes)[name] = read
    if changes.get("allowed_origins") and not key.public:
        raise _bad("allowed_origins", wrong("origins_of_public", name="allowed_origins"))
    allowance: Allowance = msgspec.structs.replace(key.allowance, **limits)
    return msgspec.structs.replace(key, allowance=allowance, **changes)


def with_options(options: SourceOptions, given: Mapping[str, Json]) -> SourceOptions:
    """Change options of a source; null or "" takes one back.

    Raises InputRefused `unknown_setting`, `bad_setting`.

    >>> with_options(SourceOptions(), {"browser_batching": "true"}).browser_batching
    True
    """
    _require_known(given, _OF_SOURCE)
    return msgspec.structs.replace(
        options, **{name: _OF_SOURCE[name](value, name) for name, value in given.items()}
    )


def read_scopes(given: Iterable[str]) -> tuple[Scope, ...]:
    """Read the scopes of a secret key; raises InputRefused `bad_setting`.

    >>> read_scopes(["export", "export"])
    ('export',)
    """
    names = tuple(dict.fromkeys(given))
    if not names or not all(name in _SCOPES for name in names):
        raise _bad("scopes", wrong("some_of", name="scopes", known=", ".join(_SCOPES)))
    return tuple(_SCOPES[name] for name in names)


def _require_known(given: Mapping[str, Json], known: Mapping[str, object]) -> None:
    for name in given:
        if name not in known:
            raise InputRefused(
                "unknown_setting",
                wrong("no_setting", name=repr(name), known=", ".join(known)),
                422,
                name,
            )


def _bad(name: str, why: Wrong) -> InputRefused:
    return InputRefused("bad_setting", why, 422, name)


def _label(value: Json, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LABEL_CHARACTERS:
        raise _bad(name, wrong("text_up_to", name=name, most=LABEL_CHARACTERS))
    return value.strip()


def _texts(value: Json, name: str) -> tuple[str, ...]:
    found = value
    if isinstance(value, str):
        # A list of names that hold commas can be written as JSON.
        found = _json_list(value, name) if value.startswith("[") else [*value.split(",")]
    if found is None:
        return ()
    if not isinstance(found, list) or len(found) > ENTRIES:
        raise _bad(name, wrong("texts_up_to", name=name, most=ENTRIES))
    texts = [entry.strip() if isinstance(entry, str) else entry for entry in found]
    for text in texts:
        if not isinstance(text, str) or len(text) > NAME_CHARACTERS:
            raise _bad(name, wrong("only_texts", name=name, most=NAME_CHARACTERS))
    return tuple(dict.fromkeys(str(text) for text in texts if text))


def _json_list(text: str, name: str) -> Json:
    try:
        found: JsonObject | list[Json] = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise _bad(name, wrong("no_list", name=name, why=str(error))) from error
    return found


def _origins(value: Json, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_origin(text) for text in _texts(value, name)))


def _number(
    kind: type[T], at_least: float, at_most: float = 1e12
) -> Callable[[Json, str], T | None]:
    def read(value: Json, name: str) -> T | None:
        if value is None or value == "":
            return None
        try:
            found = msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError:
            found = None
        if not isinstance(found, int | float) or not at_least <= found <= at_most:
            raise _bad(name, wrong("number_between", name=name, least=at_least, most=at_most))
        return found

    return read


def _moment(value: Json, name: str) -> int | None:
    if value is None or value == "":
        return None
    at = parse_instant(value)
    if at is None:
        raise _bad(name, wrong("key_until", name=name))
    return at


def _yes_or_no(value: Json, name: str) -> bool:
    if value is None or value == "":
        return False
    try:
        return msgspec.convert(value, bool, strict=False)
    except msgspec.ValidationError as error:
        raise _bad(name, wrong("yes_or_no", name=name)) from error


_OF_KEY: dict[str, Callable[[Json, str], object]] = {
    "label": _label,
    "allowed_origins": _origins,
    "allowed_events": _texts,
    "rate_per_second": _number(float, 0.001),
    "burst": _number(int, 1),
    "daily_quota": _number(int, 1),
    "address_rate_per_second": _number(float, 0.001),
    "expires_at": _moment,
}
_OF_SOURCE: dict[str, Callable[[Json, str], object]] = {
    "browser_batching": _yes_or_no,
    "max_body_bytes": _number(int, SMALLEST_BODY_BYTES, BODY_BYTES_SECRET),
}
