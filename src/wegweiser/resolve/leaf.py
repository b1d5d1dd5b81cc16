"""Leaves: the one identifier that an event is attributed to, and its text form."""

from functools import lru_cache

from wegweiser.terms.identity import Identifier, Leaf, identifier, value_of

CLAIM = "claim:"


@lru_cache(maxsize=65_536)
def claim_leaf(user: Identifier, device: Identifier | None) -> Leaf:
    """Write the leaf of an unproven user id on a device; "/" and "%" in the ids are escaped.

    >>> claim_leaf("user_id:u/1", "anonymous_id:a-1")
    'claim:u%2F1/a-1'
    >>> claim_leaf("user_id:u-1", "ios.id:x")
    'claim:u-1/ios.id:x'
    """
    return f"{CLAIM}{_escape(value_of(user))}/{_device_text(device)}"


def parts_of_claim(leaf: Leaf) -> tuple[Identifier, Identifier | None]:
    """Read user id and device of a claim leaf back.

    >>> parts_of_claim("claim:u%2F1/a-1")
    ('user_id:u/1', 'anonymous_id:a-1')
    >>> parts_of_claim("claim:u-1/")
    ('user_id:u-1', None)
    """
    user, _, device = leaf[len(CLAIM) :].partition("/")
    name = identifier("user_id", _unescape(user))
    if not device:
        return name, None
    kind, colon, value = device.partition(":")
    if colon:
        return name, identifier(kind, _unescape(value))
    return name, identifier("anonymous_id", _unescape(device))


def _device_text(device: Identifier | None) -> str:
    if device is None:
        return ""
    kind, _, value = device.partition(":")
    return _escape(value) if kind == "anonymous_id" else f"{kind}:{_escape(value)}"


def _escape(value: str) -> str:
    if "%" in value or "/" in value or ":" in value:
        return value.replace("%", "%25").replace("/", "%2F").replace(":", "%3A")
    return value


def _unescape(value: str) -> str:
    if "%" in value:
        return value.replace("%3A", ":").replace("%2F", "/").replace("%25", "%")
    return value
