"""Counts of people, small ones hidden from who sees counts only."""

from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.text import Reader


def shown(reader: Reader, count: int) -> str:
    """Write a count; a small one not to who sees counts only.

    >>> shown(Reader("en", "UTC", 0, "counts"), 3), shown(Reader("en", "UTC", 0), 3)
    ('under 10', '3')
    """
    if reader.sight == "counts" and 0 < count < SMALLEST_CELL:
        return reader.say("under {count}", count=SMALLEST_CELL)
    return reader.number(count)
