"""Engagement: how much effort each event shows, before time takes its share."""

from wegweiser.profile.session import ENGAGED_TIME, dwell_ms
from wegweiser.terms.event import Event
from wegweiser.terms.instant import SECOND_MS

# A page view is the unit; what takes a person more effort weighs more.
WEIGHTS: dict[str, float] = {
    "Page Viewed": 1.0,
    "Screen Viewed": 1.0,
    "Identified": 0.0,
    "Group Joined": 0.0,
    "Aliased": 0.0,
    "Link Clicked": 1.0,
    "Search Performed": 2.0,
    "File Downloaded": 3.0,
    "Message Viewed": 0.0,
    "Message Clicked": 3.0,
    "Message Dismissed": 0.0,
    "Form Submitted": 5.0,
    "Sales Conversation Logged": 8.0,
    "Segment Consent Preference Updated": 0.0,
    "Left Group": 0.0,
}
OTHER_WEIGHT = 2.0
SECONDS_PER_UNIT = 30


def weight_of(name: str, event: Event) -> float:
    """Give the weight of an event under its shown name; dwell weighs by its length.

    >>> weight_of("Page Viewed", Event(type="page", message_id="m", at=0))
    1.0
    """
    found = WEIGHTS.get(name)
    if found is not None:
        return found
    if name == ENGAGED_TIME:
        return dwell_ms(event) / SECOND_MS / SECONDS_PER_UNIT * depth_of(event)
    return OTHER_WEIGHT


def depth_of(event: Event) -> float:
    """Give how much more the time on a page counts by how far it was read: from 1 to 1.5.

    >>> depth_of(Event(type="track", message_id="m", at=0, properties={"scroll_percent": 80}))
    1.4
    """
    percent = event.properties.get("scroll_percent")
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        return 1.0
    return 1 + min(percent, 100) / 200 if percent > 0 else 1.0
