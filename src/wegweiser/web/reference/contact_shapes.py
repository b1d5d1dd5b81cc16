"""The shapes of the contact ledger over HTTP."""

from typing import Literal

from msgspec import Struct


class ContactTold(Struct, rename={"kind": "class"}):
    """One contact; `states` are the moments of what became of it."""

    entry_id: str
    decision_id: str
    at: str
    channel: str
    direction: Literal["pull", "push"] | None
    topic: str | None
    message: str
    kind: Literal["service", "normal"]
    state: str
    states: dict[str, str]
    counts_from: str | None
    lease_until: str | None


class UsedUp(Struct):
    """What a cap keeps back, all where `what` is null, and until when."""

    what: str | None
    until: str | None


class CapTold(Struct):
    """What a cap leaves; `left` is null where it counts messages or topics one by one."""

    cap: str
    level: int
    scope: str
    limit: int
    used: int
    left: int | None
    used_up: list[UsedUp]


class HeldBack(Struct):
    """What holds contacts back now on some channels, by the reason that decisions give."""

    reason: str
    what: str | None
    channels: list[str]
    until: str | None


class OrderTold(Struct):
    """An override, or an order not to contact, with who gave it."""

    order_id: str
    kind: Literal["override", "do_not_contact", "legal_hold"]
    level: int | None
    by: str
    reason: str
    until: str | None


class LedgerTold(Struct):
    """The contact ledger of a person or account."""

    as_of: str
    entries: list[ContactTold]
    caps: list[CapTold]
    held_back: list[HeldBack]
    orders: list[OrderTold]


_ENTRIES = """{"as_of": "2026-11-22T05:48:33.524Z",
  "entries": [{"entry_id": "dec_01M80WS4B8Q4VZZHJ7Z1ZJ2M6W/home.hero/0",
    "decision_id": "dec_01M80WS4B8Q4VZZHJ7Z1ZJ2M6W", "at": "2026-11-22T05:48:33.524Z",
    "channel": "web", "direction": "pull", "topic": "security", "message": "security-whitepaper",
    "class": "normal", "state": "clicked", "states": {"clicked": "2026-11-22T05:48:35.100Z"},
    "counts_from": "2026-11-22T05:48:35.100Z", "lease_until": null}],
"""
EXAMPLE = (
    _ENTRIES
    + """  "caps": [{"cap": "mail-weekly", "level": 7, "scope": "person", "limit": 2, "used": 0,
    "left": 2, "used_up": []}],
  "held_back": [], "orders": []}"""
)
OF_ACCOUNT = _ENTRIES + """  "caps": [], "held_back": [], "orders": []}"""
