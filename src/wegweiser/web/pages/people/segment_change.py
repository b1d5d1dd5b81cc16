"""What a changed rule does to a segment that is there: how many enter and leave, and who."""

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.workspace.segment_operations import segment_preview


class Side(msgspec.Struct, frozen=True):
    """Those on one side of the change: how many, and up to ten of them as a preview tells them."""

    size: int
    examples: list[JsonObject]


class Change(msgspec.Struct, frozen=True):
    """Who would enter and who would leave."""

    entering: Side
    leaving: Side


async def change_of_rule(desk: Desk, key: str, of: str, when: str) -> Change | None:
    """Hold a rule against the one that a segment has; None where nothing would change hands."""
    held = desk.site.segments.get(key)
    if held is None or held.of != of or held.when == when:
        return None
    try:
        entering = await _side(desk, of, when, held.when)
        leaving = await _side(desk, of, held.when, when)
    except InputRefused:
        # One of the two asks for a segment that is gone.
        return None
    return Change(entering, leaving)


async def _side(desk: Desk, of: str, when: str, unless: str) -> Side:
    """Count whom one rule takes in and the other does not, also where that has no answer."""
    told = await segment_preview(desk.site, {"when": when, "of": of, "unless": unless})
    return msgspec.convert(told, Side)
