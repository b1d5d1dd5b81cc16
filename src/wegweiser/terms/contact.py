"""What an entry of the contact ledger says: its state, and from when it counts."""

from wegweiser.terms.message import Placement
from wegweiser.terms.outcome import OutcomeKind
from wegweiser.terms.profile import Contact

PULLED = ("web", "app", "social")
# An evaluation of flags is no exposure: nobody knows which of them will be shown.
OF_FLAGS = "ofrep:"
# What outcomes make of an entry; the others say nothing about the contact itself.
STATE_OF: dict[OutcomeKind, str] = {
    "delivered": "delivered",
    "seen": "seen",
    "click": "clicked",
    "declined": "declined",
    "complained": "complained",
    "bounced": "bounced",
    "done": "done",
    "withdrawn": "released",
    "expired": "expired",
}
# From what was said last about a contact to what was said first.
_ORDER = (
    *("done", "complained", "declined", "clicked", "seen"),
    *("bounced", "delivered", "expired", "released"),
)
_MET = frozenset(("seen", "clicked", "declined", "complained", "done"))
_GONE = frozenset(("bounced", "released", "expired"))
# Channels of which a contact counts by what was made of it, not by the order to make it.
_BY_STATE = {"sales": "done", "file": "seen"}


def outbound(placement: Placement) -> bool:
    """Tell whether we start the contact, so that it is reserved and counts from the decision.

    >>> outbound(Placement("home.hero", "web")), outbound(Placement("mail.weekly", "email"))
    (False, True)
    """
    return placement.direction == "push" or placement.channel not in PULLED


def with_states(a: Contact, b: Contact) -> Contact:
    """Give what two readings of one entry say together; commutative and associative.

    >>> sent = Contact(5, "d/mail/0", "email", "welcome", states=(("delivered", 6),))
    >>> with_states(sent, Contact(5, "d/mail/0", "email", "welcome", states=(("seen", 9),))).states
    (('delivered', 6), ('seen', 9))
    """
    if a == b:
        return a
    first = min(a, b)
    if a.states == b.states:
        return first
    states = dict(a.states)
    for name, at in b.states:
        states[name] = min(at, states.get(name, at))
    told = tuple(sorted(states.items()))
    return Contact(
        min(a.at, b.at),
        first.entry_id,
        first.channel,
        first.message,
        max(a.topic, b.topic),
        max(a.direction, b.direction),
        a.service or b.service,
        max(a.lease_until, b.lease_until),
        told,
    )


def state_of(entry: Contact, as_of: int) -> str:
    """Name the state of an entry at a moment (ms); "expired" where nobody made use of it.

    >>> state_of(Contact(5, "d/mail/0", "email", "welcome", direction="push", lease_until=9), 7)
    'reserved'
    """
    there = {name for name, at in entry.states if at <= as_of}
    return next((name for name in _ORDER if name in there), "reserved")


def counts_from(entry: Contact, as_of: int) -> int | None:
    """Give the moment (ms) at which an entry counts in the usual way of its channel, else None.

    A pull counts when it was seen; a push from its reservation, at its delivery once that is
    known, and not where it was released or bounced; a sales task when it is done and an audience
    when it was seen, both also while they are reserved. Unknown counts.

    >>> counts_from(Contact(5, "d/mail/0", "email", "welcome", direction="push"), 7)
    5
    >>> pulled = Contact(5, "d/hero/0", "web", "welcome", direction="pull", states=(("seen", 8),))
    >>> counts_from(pulled, 7), counts_from(pulled, 8)
    (None, 8)
    """
    if not entry.direction:
        return entry.at
    if not entry.states:
        return _reserved(entry, as_of)
    met: int | None = None
    delivered = gone = bounced = False
    at = entry.at
    asked = _BY_STATE.get(entry.channel, "") if entry.direction == "push" else ""
    for name, reached in entry.states:
        if reached > as_of:
            continue
        if name == asked:
            return reached
        if name in _MET:
            met = reached if met is None else min(met, reached)
        elif name == "delivered":
            delivered, at = True, max(at, reached)
        elif name in _GONE:
            gone, bounced = True, bounced or name == "bounced"
    if entry.direction == "pull":
        return met
    if asked:
        return None if gone else _reserved(entry, as_of)
    if gone and met is None and (bounced or not delivered):
        return None
    return at


def _reserved(entry: Contact, as_of: int) -> int | None:
    if entry.direction == "pull":
        return None
    if entry.channel in _BY_STATE and as_of >= entry.lease_until:
        return None
    return entry.at


def reached_state(entry: Contact, state: str, as_of: int) -> int | None:
    """Give when an entry reached a named state (ms); "reserved" is when it was decided.

    >>> reached_state(Contact(5, "d/mail/0", "email", "w", states=(("clicked", 8),)), "clicked", 9)
    8
    """
    if state == "reserved":
        gone = {name for name, at in entry.states if at <= as_of}.intersection(_GONE)
        return None if gone else entry.at
    return next((at for name, at in entry.states if name == state and at <= as_of), None)
