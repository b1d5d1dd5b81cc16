"""Profiles as they are read: one document per person and one per account."""

import msgspec

from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.score import ShownScore

# What is worked out of the cells rather than read off them, as rules write it.
INSIGHTS = ("computed", "intents", "purchases", "product_use", "rfm", "scores")


class Contact(msgspec.Struct, frozen=True, order=True, array_like=True):
    """One entry of the contact ledger; `entry_id` ("decision/placement/slot") makes it count once.

    `at` is when it was decided (of entries without `states`: when it counted). `states` are the
    moments (ms) of what became of it, by name, each at its first time. `lease_until` is when a
    reservation ends that nobody made use of.
    """

    at: int
    entry_id: str
    channel: str
    message: str
    topic: str = ""
    direction: str = ""
    service: bool = False
    lease_until: int = 0
    states: tuple[tuple[str, int], ...] = ()


class Happening(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """One recent event on a timeline; `detail` is a page path, search text or the like."""

    at: int
    message_id: str
    name: str
    detail: str
    leaf: str


class KnownIdentifier(msgspec.Struct, frozen=True):
    """An identifier of a profile: member, unverified, shared, quarantined or superseded."""

    type: str
    value: str
    status: str


class AccountLink(msgspec.Struct, frozen=True, rename="camel"):
    """An account of a person, with role, status and dates (ISO days or null)."""

    group_id: str
    role: str
    status: str
    since: str | None = msgspec.field(name="from", default=None)
    until: str | None = msgspec.field(name="to", default=None)


class Member(msgspec.Struct, frozen=True, rename="camel"):
    """A person of an account, with role and status."""

    person_id: str
    role: str
    status: str


class Arrival(msgspec.Struct, frozen=True, rename="camel"):
    """Where somebody came from first: page, referrer, channel and campaign."""

    at: str
    path: str
    referrer: str
    channel: str
    campaign: dict[str, str]


class Product(msgspec.Struct, frozen=True, rename="camel"):
    """A product that was ordered: how many in all, first and last time."""

    id: str
    name: str
    quantity: int
    first_at: str
    last_at: str


class Purchases(msgspec.Struct, frozen=True, rename="camel"):
    """Orders: how many, when, what they brought by currency ("" unknown), and the products."""

    orders: int
    last_order_at: str | None
    revenue: dict[str, float]
    products: tuple[Product, ...] = ()


class ProductUse(msgspec.Struct, frozen=True, rename="camel"):
    """Use of the product: days with use in 7 and 30 days, and how often which feature."""

    last_used_on: str | None
    active_days_7: int = msgspec.field(name="activeDays7")
    active_days_30: int = msgspec.field(name="activeDays30")
    features_7: dict[str, int] = msgspec.field(name="features7")
    features_30: dict[str, int] = msgspec.field(name="features30")


class Intent(msgspec.Struct, frozen=True, rename="camel"):
    """One intent: its decayed strength, when it was last shown, and by what, in words."""

    strength: float
    last_at: str
    evidence: tuple[str, ...]


class Rfm(msgspec.Struct, frozen=True, rename="camel"):
    """Recency, frequency, monetary value, and their scores from 1 to 5 among all who ordered.

    `status` is "ok", "no_order", or "too_few" where a comparison would say nothing; scores are
    then None. `compared_at` is when the distribution was counted.
    """

    status: str
    recency_days: int | None = None
    frequency: int = 0
    monetary: float = 0.0
    currency: str = ""
    recency_score: int | None = None
    frequency_score: int | None = None
    monetary_score: int | None = None
    buyers: int = 0
    compared_at: str | None = None


class PersonProfile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything known of one person; times are ISO 8601 in UTC, interests decayed sums.

    What is worked out of the cells at `insight_as_of` is there for whoever asked for it: from
    `computed` on, the values of declared traits, intents, purchases, use, scores.
    """

    person_id: str
    known: bool
    identifiers: tuple[KnownIdentifier, ...]
    traits: JsonObject
    accounts: tuple[AccountLink, ...]
    segments: tuple[str, ...]
    consent: dict[str, str]
    stage: Json
    interests: dict[str, float]
    engagement: float
    counters: dict[str, int]
    sessions: int
    first_seen_at: str | None
    last_seen_at: str | None
    created_at: str
    updated_at: str
    computed: JsonObject = {}
    intents: dict[str, Intent] = {}
    purchases: Purchases | None = None
    product_use: ProductUse | None = None
    rfm: Rfm | None = None
    scores: dict[str, ShownScore] = {}
    first_touch: Arrival | None = None
    insight_as_of: str | None = None


class AccountProfile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything known of one account: its own leaf merged with its members' cells."""

    account_id: str
    identifiers: tuple[KnownIdentifier, ...]
    traits: JsonObject
    members: tuple[Member, ...]
    completeness: Json
    stage: Json
    interests: dict[str, float]
    engagement: float
    counters: dict[str, int]
    first_seen_at: str | None
    last_seen_at: str | None
    created_at: str
    updated_at: str
    computed: JsonObject = {}
    intents: dict[str, Intent] = {}
    purchases: Purchases | None = None
    product_use: ProductUse | None = None
    rfm: Rfm | None = None
    scores: dict[str, ShownScore] = {}
    first_touch: Arrival | None = None
    insight_as_of: str | None = None
