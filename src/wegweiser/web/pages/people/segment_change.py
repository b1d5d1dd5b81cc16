"""What a changed rule does to a segment that is there: how many enter and leave, and who."""

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.workspace.segment_operations import segment_preview

LONGEST_RULE = 4_096


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
    sides = (f"({when}) && !({held.when})", f"({held.when}) && !({when})")
    if max(map(len, sides)) > LONGEST_RULE:
        return None
    try:
        entering, leaving = [await _side(desk, of, rule) for rule in sides]
    except InputRefused:
        # A rule that cannot be joined with another is told by itself.
        return None
    return Change(entering, leaving)


async def _side(desk: Desk, of: str, when: str) -> Side:
    told = await segment_preview(desk.site, {"when": when, "of": of})
    return msgspec.convert(told, Side)
