"""How births, evidence and memberships are written to the operational store, and read back."""

import msgspec

from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve import edges, roster
from wegweiser.resolve.births import Birth, Births
from wegweiser.terms.identity import Evidence, Identifier, Leaf, Membership

BIRTHS = "births"
EVIDENCE = "evidence"
MEMBERSHIPS = "memberships"

_BORN, _LEAF = b"i", b"l"
_write = msgspec.msgpack.Encoder().encode
_read_birth = msgspec.msgpack.Decoder(Birth).decode
_read_evidence = msgspec.msgpack.Decoder(Evidence).decode
_read_membership = msgspec.msgpack.Decoder(Membership).decode


def birth_row(name: Identifier, birth: Birth) -> Change:
    """Write the birth of an identifier or account."""
    return Change(BIRTHS, _BORN + name.encode(), _write(birth))


def leaf_row(leaf: Leaf) -> Change:
    """Write that a leaf has events."""
    return Change(BIRTHS, _LEAF + leaf.encode(), b"1")


def evidence_row(item: Evidence) -> Change:
    """Write one record of evidence under its pair and slot."""
    key = "\x00".join((item.a, item.b, *map(str, edges.slot_of(item))))
    return Change(EVIDENCE, key.encode(), _write(item))


def membership_row(item: Membership) -> Change:
    """Write one statement of membership under its leaf and slot."""
    key = "\x00".join((item.member, *map(str, roster.slot_of(item))))
    return Change(MEMBERSHIPS, key.encode(), _write(item))


def load_births(store: OperationalStore, births: Births) -> None:
    """Read all births."""
    for key, value in store.scan(BIRTHS, _BORN):
        births.restore(key[1:].decode(), _read_birth(value))


def load_leaves(store: OperationalStore) -> list[Leaf]:
    """Read all leaves that have events."""
    return [key[1:].decode() for key, _ in store.scan(BIRTHS, _LEAF)]


def load_evidence(store: OperationalStore) -> list[Evidence]:
    """Read all evidence."""
    return [_read_evidence(value) for _, value in store.scan(EVIDENCE)]


def load_memberships(store: OperationalStore) -> list[Membership]:
    """Read all statements of membership."""
    return [_read_membership(value) for _, value in store.scan(MEMBERSHIPS)]
