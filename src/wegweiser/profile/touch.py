"""First touch: where somebody came from when they were first seen on a page."""

import msgspec

from wegweiser.profile.canonical import canonical_bytes
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json

LONGEST_TEXT = 500
_CAMPAIGN_FIELDS = ("name", "source", "medium", "term", "content", "id")


class Touch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One arrival; the smallest in (time, message id) is the first."""

    at: int
    message_id: str
    path: str
    referrer: str
    campaign: dict[str, str]
    channel: str = ""


def earlier_touch(a: Touch | None, b: Touch | None) -> Touch | None:
    """Give the earlier of two touches, None when there is none."""
    if a is None or b is None:
        return a or b
    left, right = (a.at, a.message_id), (b.at, b.message_id)
    if left != right:
        return a if left < right else b
    return min(a, b, key=canonical_bytes)


def touch_of(event: Event) -> Touch | None:
    """Read the arrival of an event that tells of a page or a campaign, None for all others.

    >>> seen = Event(type="page", message_id="m", at=0, properties={"path": "/en/"})
    >>> touch_of(seen).path
    '/en/'
    """
    page = event.context.get("page")
    page = page if isinstance(page, dict) else {}
    campaign = event.context.get("campaign")
    if event.type not in {"page", "screen"} and not page and not campaign:
        return None
    properties = event.properties
    return Touch(
        event.at,
        event.message_id,
        _text(properties.get("path") or page.get("path") or event.name),
        _text(properties.get("referrer") or page.get("referrer")),
        _campaign(campaign),
        _text(event.enriched.get("channel")),
    )


def _campaign(stated: Json) -> dict[str, str]:
    if not isinstance(stated, dict):
        return {}
    read = {field: _text(stated.get(field)) for field in _CAMPAIGN_FIELDS}
    return {field: text for field, text in read.items() if text}


def _text(value: Json) -> str:
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""
