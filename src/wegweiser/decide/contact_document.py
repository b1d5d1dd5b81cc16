"""What documents about contact policy must obey beyond their types: ranges, times, zones."""

from collections.abc import Iterator

from wegweiser.decide.country_zones import zones_of
from wegweiser.decide.document_check import faults_of
from wegweiser.decide.document_shape import Fault
from wegweiser.decide.quiet_packs import minute_of
from wegweiser.terms.policy import Cap, ContactRules, QuietHours, Sequence, Suppression

MOST_HOURS = 24 * 400
MOST_CONTACTS = 10_000


def _between(path: str, number: float, lowest: float, highest: float) -> Iterator[Fault]:
    if not lowest <= number <= highest:
        yield path, f"{path[1:]} {number:g} must be from {lowest:g} to {highest:g}"


@faults_of.register
def _cap(value: Cap) -> Iterator[Fault]:
    yield from _between(".limit", value.limit, 0, MOST_CONTACTS)
    if not (value.calendar or value.window_hours):
        yield "", "missing field window_hours, or calendar: day, week or month"
    elif not value.calendar:
        yield from _between(".window_hours", value.window_hours, 1, MOST_HOURS)
    yield from _between(".reserve", value.reserve, 0, 1)
    if value.reserve and value.high_value <= 0:
        yield ".reserve", "reserve needs high_value: from which value is a message kept room for?"
    if value.per and value.per_message and value.per != "message":
        yield ".per", f"per_message counts by message, per says {value.per}; keep one of them"
    if value.count_at and value.direction == "push":
        yield ".count_at", "count_at is for placements that ask; what is sent counts when reserved"


@faults_of.register
def _suppression(value: Suppression) -> Iterator[Fault]:
    yield from _between(".after", value.after, 1, 100)
    yield from _between(".window_hours", value.window_hours, 1, MOST_HOURS)
    yield from _between(".pause_hours", value.pause_hours, 1, MOST_HOURS)
    if not value.counting:
        yield ".counting", "counting must hold declined, ignored, or both"


@faults_of.register
def _quiet_hours(value: QuietHours) -> Iterator[Fault]:
    opens, _, closes = value.allowed.partition("-")
    try:
        if minute_of(opens) >= minute_of(closes):
            yield ".allowed", f"allowed {value.allowed} must begin before it ends, as 08:00-20:00"
    except ValueError:
        yield ".allowed", f"allowed {value.allowed!r} must be two times of day, as 08:00-20:00"
    if value.country and not zones_of(value.country):
        yield ".country", f"country {value.country!r} must be two capital letters, such as DE"


@faults_of.register
def _sequence(value: Sequence) -> Iterator[Fault]:
    if not value.topic:
        yield ".topic", "topic must say of what these roles hear one after the other"
    if len(value.order) < 2 or len(set(value.order)) < len(value.order):
        yield ".order", "order must name two or more different roles, such as [security, finance]"


@faults_of.register
def _contact_rules(value: ContactRules) -> Iterator[Fault]:
    yield from _between(".match_confidence", value.match_confidence, 0, 1)
    yield from _between(".deferrals", value.deferrals, 0, 5)
    yield from _between(".deferred_days", value.deferred_days, 1, 7)
    yield from _between(".price_max", value.price_max, 0, 1e9)
