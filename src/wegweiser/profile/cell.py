"""The cell: what one leaf did on one UTC day, as a commutative monoid."""

import msgspec

from wegweiser.profile.bought import Bought, merge_bought
from wegweiser.profile.bound import (
    MOST_CONTACTS,
    MOST_FEATURES,
    MOST_NAMES,
    MOST_PRODUCTS,
    MOST_PURPOSES,
    MOST_SUMS,
    MOST_TOPICS,
    MOST_TRAITS,
    Counts,
    add,
    bound,
    bound_counts,
)
from wegweiser.profile.canonical import canonical_bytes
from wegweiser.profile.consent import ALWAYS_KEPT, Choice, merge_choices
from wegweiser.profile.exact import Amounts, add_amounts
from wegweiser.profile.gathered import Gathered, merge_all_gathered
from wegweiser.profile.recent import merge_recent
from wegweiser.profile.session import merge_intervals
from wegweiser.profile.stage_evidence import merge_earlier
from wegweiser.profile.touch import Touch, earlier_touch
from wegweiser.profile.trait import PROTECTED, Writing, merge_register
from wegweiser.terms.contact import with_states
from wegweiser.terms.profile import Contact, Happening

# Times that are not there yet: greater and smaller than any moment.
NEVER_FIRST = 1 << 62
NEVER_LAST = -1


class Cell(msgspec.Struct, array_like=True):
    """All components; every one of them is bounded, whatever a sender does.

    Beyond 500 event names the events of further ones count as "(other)"; beyond 1,000 traits per
    register, 200 topics, 100 purposes, 500 sums, 500 contacts, 200 products, 100 features or 100
    states of declared traits further ones are left out. Which ones stay depends on their names
    alone, never on the order of arrival.

    `counts` maps shown name -> hour of the day (UTC, "00" to "23") -> events; `sums` maps what
    `sum_key` writes -> exact amount of money. `earlier` is the evidence of stages that `recent`
    let go; both together hold the newest 200 pieces. `gathered` is what declared traits need, by
    their state. `reached` are goals with the first moment (ms) at which they were reached.
    """

    counts: Counts = msgspec.field(default_factory=dict)
    sums: Amounts = msgspec.field(default_factory=dict)
    trusted: dict[str, Writing] = msgspec.field(default_factory=dict)
    public: dict[str, Writing] = msgspec.field(default_factory=dict)
    first_touch: Touch | None = None
    first_seen: int = NEVER_FIRST
    last_seen: int = NEVER_LAST
    newest_at: int = NEVER_LAST
    first_received: int = NEVER_FIRST
    last_received: int = NEVER_LAST
    interests: dict[str, int] = msgspec.field(default_factory=dict)
    engagement: int = 0
    sessions: list[tuple[int, int]] = msgspec.field(default_factory=list)
    recent: list[Happening] = msgspec.field(default_factory=list)
    consent_trusted: dict[str, Choice] = msgspec.field(default_factory=dict)
    consent_public: dict[str, Choice] = msgspec.field(default_factory=dict)
    contacts: dict[str, Contact] = msgspec.field(default_factory=dict)
    earlier: list[Happening] = msgspec.field(default_factory=list)
    gathered: dict[str, Gathered] = msgspec.field(default_factory=dict)
    products: dict[str, Bought] = msgspec.field(default_factory=dict)
    features: dict[str, int] = msgspec.field(default_factory=dict)
    reached: dict[str, int] = msgspec.field(default_factory=dict)


# The unit separator of ASCII, which no name of an event contains.
SEPARATOR = "\x1f"
# The identity of `merge`; never fold into it.
EMPTY = Cell()

_decode = msgspec.msgpack.Decoder(Cell).decode


def sum_key(name: str, hour: str, field: str, currency: str) -> str:
    """Write under which key a sum is kept.

    >>> sum_key("Order Completed", "09", "revenue", "EUR").split(SEPARATOR)
    ['Order Completed', '09', 'revenue', 'EUR']
    """
    return SEPARATOR.join((name, hour, field, currency))


def encode(cell: Cell) -> bytes:
    """Write a cell; equal content gives equal bytes, whatever order it arrived in.

    >>> decode(encode(EMPTY)) == EMPTY
    True
    """
    return canonical_bytes(cell)


def decode(data: bytes) -> Cell:
    """Read a cell that `encode` wrote."""
    return _decode(data)


def merge(a: Cell, b: Cell) -> Cell:
    """Give what both cells hold together; associative, commutative, with EMPTY as identity."""
    recent = merge_recent(a.recent, b.recent)
    return Cell(
        counts=bound_counts(_merge_counts(a.counts, b.counts), MOST_NAMES),
        sums=bound(add_amounts(a.sums, b.sums), MOST_SUMS),
        trusted=bound(merge_register(a.trusted, b.trusted), MOST_TRAITS, PROTECTED),
        public=bound(merge_register(a.public, b.public), MOST_TRAITS, PROTECTED),
        first_touch=earlier_touch(a.first_touch, b.first_touch),
        first_seen=min(a.first_seen, b.first_seen),
        last_seen=max(a.last_seen, b.last_seen),
        newest_at=max(a.newest_at, b.newest_at),
        first_received=min(a.first_received, b.first_received),
        last_received=max(a.last_received, b.last_received),
        interests=bound(add(a.interests, b.interests), MOST_TOPICS),
        engagement=a.engagement + b.engagement,
        sessions=merge_intervals(a.sessions, b.sessions),
        recent=recent,
        consent_trusted=_merge_consent(a.consent_trusted, b.consent_trusted),
        consent_public=_merge_consent(a.consent_public, b.consent_public),
        contacts=bound(_merge_contacts(a.contacts, b.contacts), MOST_CONTACTS),
        earlier=merge_earlier(recent, a.recent, b.recent, a.earlier, b.earlier),
        gathered=merge_all_gathered(a.gathered, b.gathered),
        products=bound(merge_bought(a.products, b.products), MOST_PRODUCTS),
        features=bound(add(a.features, b.features), MOST_FEATURES),
        reached=bound(_merge_reached(a.reached, b.reached), MOST_NAMES),
    )


def add_contact(cell: Cell, contact: Contact) -> None:
    """Note a contact in place; the same entry counts once.

    >>> cell = Cell()
    >>> for _ in range(2):
    ...     add_contact(cell, Contact(5, "d-1/hero/0", "web", "welcome"))
    >>> len(cell.contacts)
    1
    """
    old = cell.contacts.get(contact.entry_id)
    cell.contacts[contact.entry_id] = contact if old is None else with_states(old, contact)
    if old is None:
        bound(cell.contacts, MOST_CONTACTS)


def add_reached(cell: Cell, goal: str, at: int) -> None:
    """Note in place that a goal was reached at a moment (ms); the first one stays.

    >>> cell = Cell()
    >>> for at in (7, 5, 9):
    ...     add_reached(cell, "won", at)
    >>> cell.reached
    {'won': 5}
    """
    old = cell.reached.get(goal)
    if old is None or at < old:
        cell.reached[goal] = at
        bound(cell.reached, MOST_NAMES)


def _merge_reached(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
    merged = dict(a)
    for goal, at in b.items():
        merged[goal] = min(at, merged.get(goal, at))
    return merged


def _merge_contacts(a: dict[str, Contact], b: dict[str, Contact]) -> dict[str, Contact]:
    merged = dict(a)
    for entry_id, contact in b.items():
        old = merged.get(entry_id)
        merged[entry_id] = contact if old is None else with_states(old, contact)
    return merged


def _merge_consent(a: dict[str, Choice], b: dict[str, Choice]) -> dict[str, Choice]:
    return bound(merge_choices(a, b), MOST_PURPOSES, ALWAYS_KEPT)


def _merge_counts(a: Counts, b: Counts) -> Counts:
    return {name: add(a.get(name, {}), b.get(name, {})) for name in a.keys() | b.keys()}
