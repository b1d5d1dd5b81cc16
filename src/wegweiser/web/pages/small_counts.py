"""Counts of people, small ones hidden from who sees counts only."""

from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.text import Reader


def rough(reader: Reader, count: int) -> str:
    """Write the count of a rule that somebody made up, in tens for who sees counts only.

    Whoever may count any rule could else ask for one person, or take one person away.

    >>> counts = Reader("en", "UTC", 0, "counts")
    >>> rough(counts, 0), rough(counts, 47), rough(Reader("en", "UTC", 0), 47)
    ('under 10', 'about 40', '47')
    """
    if reader.sight != "counts":
        return reader.number(count)
    if count < SMALLEST_CELL:
        return reader.say("under {count}", count=SMALLEST_CELL)
    return reader.say("about {count}", count=reader.number(count - count % SMALLEST_CELL))


def shown(reader: Reader, count: int) -> str:
    """Write a count; a small one not to who sees counts only.

    >>> shown(Reader("en", "UTC", 0, "counts"), 3), shown(Reader("en", "UTC", 0), 3)
    ('under 10', '3')
    """
    if hidden(reader, count):
        return reader.say("under {count}", count=SMALLEST_CELL)
    return reader.number(count)


def hidden(reader: Reader, count: int) -> bool:
    """Tell whether a count, and what is reckoned from so few, is hidden from a reader.

    >>> counts = Reader("en", "UTC", 0, "counts")
    >>> hidden(counts, 9), hidden(counts, 10), hidden(counts, 0), hidden(Reader("en", "UTC", 0), 9)
    (True, False, False, False)
    """
    return reader.sight == "counts" and 0 < count < SMALLEST_CELL
