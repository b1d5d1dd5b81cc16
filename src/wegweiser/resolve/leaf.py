"""Leaves: the one identifier that an event is attributed to, and its text form."""

from collections.abc import Iterable
from functools import lru_cache

from wegweiser.terms.identity import Identifier, Leaf, identifier, value_of

CLAIM = "claim:"
IN_SESSION = "in_session:"


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
    return name, _device_of(device) if device else None


def session_leaf(device: Identifier, session: str) -> Leaf:
    """Write the leaf of what nobody was named in on a device, in one session of it.

    >>> session_leaf("anonymous_id:a-1", "17:2")
    'in_session:a-1/17%3A2'
    """
    return f"{IN_SESSION}{_device_text(device)}/{_escape(session)}"


def parts_of_session(leaf: Leaf) -> tuple[Identifier, str]:
    """Read device and session of such a leaf back.

    >>> parts_of_session("in_session:ios.id:x/17%3A2")
    ('ios.id:x', '17:2')
    """
    device, _, session = leaf[len(IN_SESSION) :].partition("/")
    return _device_of(device), _unescape(session)


def names_of_leaf(leaf: Leaf) -> tuple[Identifier, ...]:
    """Give the identifiers that a leaf is made of.

    >>> names_of_leaf("claim:u-1/a-1"), names_of_leaf("in_session:a-1/17")
    (('user_id:u-1', 'anonymous_id:a-1'), ('anonymous_id:a-1',))
    """
    if leaf.startswith(IN_SESSION):
        return (parts_of_session(leaf)[0],)
    if not leaf.startswith(CLAIM):
        return (leaf,)
    user, device = parts_of_claim(leaf)
    return (user,) if device is None else (user, device)


def _device_of(text: str) -> Identifier:
    kind, colon, value = text.partition(":")
    return (
        identifier(kind, _unescape(value)) if colon else identifier("anonymous_id", _unescape(kind))
    )


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


def plain_names(names: Iterable[str]) -> list[Identifier]:
    """Give identifiers as they are; a claim is a leaf but none: what it consists of is.

    >>> plain_names(["claim:u-1/a-1", "email:ada@lang.example"])
    ['user_id:u-1', 'anonymous_id:a-1', 'email:ada@lang.example']
    """
    found: list[Identifier] = []
    for name in names:
        parts = parts_of_claim(name) if name.startswith(CLAIM) else (name,)
        found += [part for part in parts if part is not None]
    return found
