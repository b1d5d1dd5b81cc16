"""Traits: for every key the newest writing, kept apart by whether its sender is trusted."""

from collections.abc import Mapping

import msgspec

from wegweiser.profile.canonical import canonical_bytes
from wegweiser.terms.json import Json, JsonObject

PROTECTED = frozenset({"email", "phone", "plan", "role"})


class Writing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One value of a trait; None is a tombstone, so that older values stay deleted."""

    at: int
    priority: int
    message_id: str
    value: Json
    trust: int


Register = dict[str, Writing]


def write_traits(
    register: Register, traits: JsonObject, at: int, priority: int, message_id: str, trust: int
) -> None:
    """Write a call's traits into a register, in place; the newest event time wins per key."""
    for key, value in traits.items():
        keep_newer(register, key, Writing(at, priority, message_id, value, trust))


def keep_newer(register: Register, key: str, new: Writing) -> None:
    """Put a writing where it is greater than the one that stands there."""
    old = register.get(key)
    if old is None or is_newer(new, old):
        register[key] = new


def is_newer(a: Writing, b: Writing) -> bool:
    """Compare by event time, source priority, message id, and at last by content.

    >>> is_newer(Writing(2, 0, "m", "x", 1), Writing(1, 9, "m", "y", 1))
    True
    """
    left, right = (a.at, a.priority, a.message_id), (b.at, b.priority, b.message_id)
    if left != right:
        return left > right
    # Two sources may use one message id at the same moment; the order must still be total.
    return canonical_bytes(a) > canonical_bytes(b)


def merge_register(a: Mapping[str, Writing], b: Mapping[str, Writing]) -> Register:
    """Give for every key the newer of two writings."""
    merged = dict(a)
    for key, new in b.items():
        keep_newer(merged, key, new)
    return merged


def read_traits(trusted: Register, public: Register, all_protected: bool) -> JsonObject:
    """Give the traits as they are read, by key.

    Protected keys (every key of an account) read the trusted register where it has the key,
    tombstone included; all others the newer of the two.
    """
    found: JsonObject = {}
    for key in sorted(trusted.keys() | public.keys()):
        writing = _standing(key, trusted, public, all_protected or key in PROTECTED)
        if writing.value is not None:
            found[key] = writing.value
    return found


def _standing(key: str, trusted: Register, public: Register, protected: bool) -> Writing:
    if key not in trusted:
        return public[key]
    if protected or key not in public or is_newer(trusted[key], public[key]):
        return trusted[key]
    return public[key]


def unverified_keys(trusted: Register, public: Register, all_protected: bool) -> tuple[str, ...]:
    """Give the protected keys whose value nobody trusted has stated."""
    return tuple(
        key
        for key in sorted(public.keys() - trusted.keys())
        if (all_protected or key in PROTECTED) and public[key].value is not None
    )
