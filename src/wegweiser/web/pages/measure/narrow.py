"""Filters of Measure: which part of all rows its figures are about, as far as each can be."""

from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.filters import Chip, write_chips
from wegweiser.web.pages.frame.gate import Gate
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.catalogue import Listed
from wegweiser.web.text import Reader, mark
from wegweiser.web.values import codes_of

FILTERS = (
    ("country", mark("Country")),
    ("device", mark("Device")),
    ("channel", mark("Channel")),
    ("segment", mark("Segment")),
    ("account", mark("Account")),
)
# A group of people may be a handful of them, so that who sees counts does not narrow by it.
OF_PEOPLE = ("segment", "account")


def only_of(desk: Desk, reader: Reader, view: View, listed: Listed) -> str:
    """Write what a measure is narrowed to by the filters of the page, as its option `only`."""
    return write_chips([_in_codes(desk, reader, chip) for chip in _taken(reader, view, listed)])


def not_taken(reader: Reader, view: View, listed: Listed) -> tuple[str, ...]:
    """Name the filters of the page that a measure stands beside; those of no page are told there.

    >>> from wegweiser.web.pages.frame.filters import read_chips
    >>> from wegweiser.web.pages.period import read_span
    >>> chips = read_chips("country:DE;channel:email")
    >>> view = View("/", read_span("", 0, "UTC"), "none", chips, "", 1, "", ())
    >>> not_taken(Reader("en", "UTC", 0), view, Listed("web.visits", {}, (), ("country",)))
    ('Channel',)
    """
    names, taken = dict(FILTERS), _taken(reader, view, listed)
    left = (chip.dimension for chip in view.chips if chip not in taken)
    return tuple(reader.say(names[one]) for one in left if one in names)


def nothing_left(reader: Reader, view: View, listed: Listed) -> Gate | None:
    """Name the filter that leaves nothing over, the last one; None where a page has none."""
    taken = _taken(reader, view, listed)
    if not taken:
        return None
    chip = taken[-1]
    told = reader.say(
        "The filter {name}: {values} leaves nothing over.",
        name=reader.say(dict(FILTERS)[chip.dimension]),
        values=reader.all_of(chip.values),
    )
    button = reader.say("Remove this filter")
    return Gate(
        "nothing", reader.say("Nothing matches"), told, button=button, path=view.without(chip)
    )


def may_take(reader: Reader, only: str) -> bool:
    """Tell whether a reader may narrow by what is written.

    >>> may_take(Reader("en", "UTC", 0, "counts"), "country:DE;account:acme")
    False
    """
    dimensions = {part.partition(":")[0] for part in only.split(";")}
    return reader.sight != "counts" or dimensions.isdisjoint(OF_PEOPLE)


def _taken(reader: Reader, view: View, listed: Listed) -> tuple[Chip, ...]:
    return tuple(
        chip
        for chip in view.chips
        if chip.dimension in listed.narrows and may_take(reader, chip.written)
    )


def _in_codes(desk: Desk, reader: Reader, chip: Chip) -> Chip:
    """Turn what is written in words of the reader into codes: a device, a channel, a segment."""
    if chip.dimension == "segment":
        held = desk.site.segments.book.by_key.values()
        titles = {one.name.casefold(): one.key for one in held}
        return Chip(chip.dimension, tuple(titles.get(one.casefold(), one) for one in chip.values))
    if chip.dimension == "country":
        return Chip(chip.dimension, tuple(one.upper() for one in chip.values))
    codes = codes_of(reader, chip.dimension)
    return Chip(chip.dimension, tuple(codes.get(one.casefold(), one) for one in chip.values))
