"""The fold: one event into the cell of its leaf and day."""

# ruff: noqa: PLR1730 - min() and max() cost a call each, on every event

from wegweiser.profile.bought import ORDERS, note_products
from wegweiser.profile.bound import (
    MOST_FEATURES,
    MOST_NAMES,
    MOST_PRODUCTS,
    MOST_PURPOSES,
    MOST_SUMS,
    MOST_TOPICS,
    MOST_TRAITS,
    bound,
    bound_counts,
)
from wegweiser.profile.cell import Cell, sum_key
from wegweiser.profile.choices import read_choices
from wegweiser.profile.computed import Table, gather
from wegweiser.profile.consent import ALWAYS_KEPT
from wegweiser.profile.decay import (
    ENGAGEMENT_HALF_LIFE_MS,
    INTEREST_HALF_LIFE_MS,
    decayed,
)
from wegweiser.profile.engagement import weight_of
from wegweiser.profile.exact import add_amount
from wegweiser.profile.interest import read_topics, topics_of
from wegweiser.profile.money import amounts_of
from wegweiser.profile.recent import add_happening, detail_of
from wegweiser.profile.session import ENGAGED_TIME, add_interval, dwell_ms
from wegweiser.profile.stage_evidence import note_gone
from wegweiser.profile.touch import earlier_touch, touch_of
from wegweiser.profile.trait import PROTECTED, write_traits
from wegweiser.profile.used import FEATURE_USED, feature_of
from wegweiser.terms.event import SHOWN_NAMES, Event
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import Happening
from wegweiser.terms.source import Trust

HOURS = tuple(f"{hour:02d}" for hour in range(24))
# The server sets this flag after it has checked `context.userHash`; senders cannot.
PROOF_FLAG = "proof_ok"


def fold_event(
    cell: Cell,
    event: Event,
    trust: Trust,
    source_priority: int,
    leaf: Leaf,
    received_at: int | None = None,
    source: str = "",
    table: Table | None = None,
) -> None:
    """Fold one event into the cell of its leaf and UTC day, in place.

    The leaf "group_id:..." takes a group call's account traits and nothing else, so that an
    account's sums are its members' alone. Without `received_at` the event time stands for it.
    `table` says what declared traits gather from which events.

    >>> cell = Cell()
    >>> seen = Event(type="page", message_id="m", at=0, anonymous_id="a")
    >>> fold_event(cell, seen, Trust.PUBLIC, 20, "anonymous_id:a")
    >>> cell.counts
    {'Page Viewed': {'00': 1}}
    """
    at = event.at
    received = at if received_at is None else received_at
    if received < cell.first_received:
        cell.first_received = received
    if received > cell.last_received:
        cell.last_received = received
    if event.type == "group" and leaf.startswith("group_id:"):
        _fold_traits(cell, event, event.traits, trust, source_priority, source)
        return
    name = event.event if event.type == "track" else SHOWN_NAMES[event.type]
    hour = HOURS[at % DAY_MS // HOUR_MS]
    hours = cell.counts.get(name)
    if hours is None:
        cell.counts[name] = {hour: 1}
        if len(cell.counts) > MOST_NAMES:
            bound_counts(cell.counts, MOST_NAMES)
    else:
        hours[hour] = hours.get(hour, 0) + 1
    _fold_times(cell, event, at)
    weight = weight_of(name, event)
    if weight:
        cell.engagement += decayed(weight, at, ENGAGEMENT_HALF_LIFE_MS)
    properties, context = event.properties, event.context
    if properties:
        _fold_properties(cell, event, name, hour, weight)
    if "topics" in event.enriched:
        _fold_topics(cell, at, weight, read_topics(event.enriched, topics_of(properties)))
    # Most events say nothing of consent, and asking for a key is cheaper than a call.
    if "consent" in context or "consentManagement" in context or "gpc" in context:
        _fold_choices(cell, event, trust)
    if event.type == "identify":
        _fold_traits(cell, event, _person_traits(event), trust, source_priority, source)
    if table is not None and name in table:
        gather(cell, event, table[name])
    new = Happening(at, event.message_id, name, detail_of(event), leaf)
    gone = add_happening(cell.recent, new)
    if gone is not None:
        note_gone(cell.earlier, gone)


def _fold_times(cell: Cell, event: Event, at: int) -> None:
    if at > cell.newest_at:
        cell.newest_at = at
    if at < cell.first_seen:
        cell.first_seen = at
    if at > cell.last_seen and event.context.get("active") is not False:
        cell.last_seen = at
    first = cell.first_touch
    if first is None or at < first.at or (at == first.at and event.message_id <= first.message_id):
        cell.first_touch = earlier_touch(first, touch_of(event))
    end = at + dwell_ms(event) if event.event == ENGAGED_TIME else at
    add_interval(cell.sessions, at, end)


def _fold_properties(cell: Cell, event: Event, name: str, hour: str, weight: float) -> None:
    properties = event.properties
    if "topic" in properties or "topics" in properties or "interest" in properties:
        _fold_topics(cell, event.at, weight, topics_of(properties))
    if "revenue" in properties or "value" in properties:
        for field, currency, amount in amounts_of(properties):
            key = sum_key(name, hour, field, currency)
            add_amount(cell.sums, key, amount)
        bound(cell.sums, MOST_SUMS)
    if name in ORDERS:
        note_products(cell.products, event)
        bound(cell.products, MOST_PRODUCTS)
    elif name == FEATURE_USED:
        feature = feature_of(properties)
        if feature:
            cell.features[feature] = cell.features.get(feature, 0) + 1
            bound(cell.features, MOST_FEATURES)


def _fold_topics(cell: Cell, at: int, weight: float, topics: tuple[str, ...]) -> None:
    grown, interests = decayed(weight, at, INTEREST_HALF_LIFE_MS), cell.interests
    for topic in topics:
        interests[topic] = interests.get(topic, 0) + grown
    if len(interests) > MOST_TOPICS:
        bound(interests, MOST_TOPICS)


def _fold_choices(cell: Cell, event: Event, trust: Trust) -> None:
    register = cell.consent_trusted if _is_believed(event, trust) else cell.consent_public
    read_choices(event, event.context, register)
    bound(register, MOST_PURPOSES, ALWAYS_KEPT)


def _fold_traits(
    cell: Cell, event: Event, traits: JsonObject, trust: Trust, source_priority: int, source: str
) -> None:
    register = cell.trusted if _is_believed(event, trust) else cell.public
    write_traits(register, traits, event.at, source_priority, event.message_id, int(trust), source)
    bound(register, MOST_TRAITS, PROTECTED)


def _is_believed(event: Event, trust: Trust) -> bool:
    return trust >= Trust.SERVER or PROOF_FLAG in event.flags


def _person_traits(event: Event) -> JsonObject:
    # RudderStack's Python and JavaScript libraries send traits in the context only.
    beside = event.context.get("traits")
    return {**beside, **event.traits} if isinstance(beside, dict) else event.traits
