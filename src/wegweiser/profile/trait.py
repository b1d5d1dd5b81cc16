"""Traits: for every key the newest writing, kept apart by whether its sender is trusted."""

from collections.abc import Collection, Mapping

import msgspec

from wegweiser.profile.canonical import canonical_bytes
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.reserved_traits import Of, is_of_its_type, read_as, with_name

PROTECTED = frozenset({"email", "phone", "plan", "role"})
UNVERIFIED, TRAIT_TYPE = "unverified", "trait_type"


class Writing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One value of a trait; None is a tombstone, so that older values stay deleted."""

    at: int
    priority: int
    message_id: str
    value: Json
    trust: int
    source: str = ""


class Standing(msgspec.Struct, frozen=True):
    """The writing that a key reads, and what is to be said of it: unverified, trait_type."""

    writing: Writing
    flags: tuple[str, ...] = ()


Register = dict[str, Writing]


def write_traits(
    register: Register,
    traits: JsonObject,
    at: int,
    priority: int,
    message_id: str,
    trust: int,
    source: str = "",
) -> None:
    """Write a call's traits into a register, in place; the newest event time wins per key."""
    for key, value in traits.items():
        keep_newer(register, key, Writing(at, priority, message_id, value, trust, source))


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


def standing_traits(
    trusted: Register, public: Register, of: Of, protected: Collection[str] = PROTECTED
) -> dict[str, Standing]:
    """Give what stands under every key as it is read, by key, tombstones included.

    Protected keys (every key of an account) read the trusted register where it has the key,
    tombstone included; all others the newer of the two. Both spellings of a reserved trait are
    one key.
    """
    believed, said = _read_alike(trusted, of), _read_alike(public, of)
    found: dict[str, Standing] = {}
    for key in sorted(believed.keys() | said.keys()):
        is_protected = of == "account" or key in protected
        writing = _standing(key, believed, said, is_protected)
        flags = []
        if is_protected and key not in believed and writing.value is not None:
            flags.append(UNVERIFIED)
        if not is_of_its_type(key, writing.value, of):
            flags.append(TRAIT_TYPE)
        found[key] = Standing(writing, tuple(flags))
    return found


def read_traits(
    trusted: Register, public: Register, of: Of, protected: Collection[str] = PROTECTED
) -> JsonObject:
    """Give the traits as they are read, by key; deleted ones are absent.

    >>> said = {"first_name": Writing(1, 20, "m", "Ada", 1), "plan": Writing(1, 20, "m", "x", 1)}
    >>> read_traits({"plan": Writing(0, 60, "n", None, 2)}, said, "person")
    {'firstName': 'Ada', 'name': 'Ada'}
    """
    found = standing_traits(trusted, public, of, protected)
    values = {key: one.writing.value for key, one in found.items()}
    stated: JsonObject = {key: value for key, value in values.items() if value is not None}
    # Who deleted the name has none, whatever the parts of it say.
    return with_name(stated) if of == "person" and "name" not in values else stated


def _read_alike(register: Register, of: Of) -> Register:
    read: Register = {}
    for key, writing in register.items():
        keep_newer(read, read_as(key, of), writing)
    return read


def _standing(key: str, trusted: Register, public: Register, protected: bool) -> Writing:
    if key not in trusted:
        return public[key]
    if protected or key not in public or is_newer(trusted[key], public[key]):
        return trusted[key]
    return public[key]
