"""What documents about contact policy must obey beyond their types: ranges, times, zones."""

from collections.abc import Iterator

from wegweiser.decide.country_zones import zones_of
from wegweiser.decide.document_check import faults_of, range_faults
from wegweiser.decide.document_shape import Fault
from wegweiser.decide.quiet_packs import minute_of
from wegweiser.terms.policy import Cap, ContactRules, QuietHours, Sequence, Suppression
from wegweiser.terms.wrong import wrong

MOST_HOURS = 24 * 400
MOST_CONTACTS = 10_000


@faults_of.register
def _cap(value: Cap) -> Iterator[Fault]:
    yield from range_faults(".limit", value.limit, 0, MOST_CONTACTS)
    if not (value.calendar or value.window_hours):
        yield "", wrong("no_window")
    elif not value.calendar:
        yield from range_faults(".window_hours", value.window_hours, 1, MOST_HOURS)
    yield from range_faults(".reserve", value.reserve, 0, 1)
    if value.reserve and value.high_value <= 0:
        yield ".reserve", wrong("no_high_value")
    if value.per and value.per_message and value.per != "message":
        yield ".per", wrong("per_message", per=value.per)
    if value.count_at and value.direction == "push":
        yield ".count_at", wrong("count_at")


@faults_of.register
def _suppression(value: Suppression) -> Iterator[Fault]:
    yield from range_faults(".after", value.after, 1, 100)
    yield from range_faults(".window_hours", value.window_hours, 1, MOST_HOURS)
    yield from range_faults(".pause_hours", value.pause_hours, 1, MOST_HOURS)
    if not value.counting:
        yield ".counting", wrong("no_counting")


@faults_of.register
def _quiet_hours(value: QuietHours) -> Iterator[Fault]:
    opens, _, closes = value.allowed.partition("-")
    try:
        if minute_of(opens) >= minute_of(closes):
            yield ".allowed", wrong("hours_order", allowed=value.allowed)
    except ValueError:
        yield ".allowed", wrong("no_hours", allowed=repr(value.allowed))
    if value.country and not zones_of(value.country):
        yield ".country", wrong("no_country", country=repr(value.country))


@faults_of.register
def _sequence(value: Sequence) -> Iterator[Fault]:
    if not value.topic:
        yield ".topic", wrong("no_topic")
    if len(value.order) < 2 or len(set(value.order)) < len(value.order):
        yield ".order", wrong("no_order")


@faults_of.register
def _contact_rules(value: ContactRules) -> Iterator[Fault]:
    yield from range_faults(".match_confidence", value.match_confidence, 0, 1)
    yield from range_faults(".deferrals", value.deferrals, 0, 5)
    yield from range_faults(".deferred_days", value.deferred_days, 1, 7)
    yield from range_faults(".price_max", value.price_max, 0, 1e9)
