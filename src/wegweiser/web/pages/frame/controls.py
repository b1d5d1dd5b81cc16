"""Period, comparison and filters of a page: what is chosen, and where each change leads."""

from collections.abc import Sequence

import msgspec

from wegweiser.web.pages.frame.family import Page
from wegweiser.web.pages.frame.filters import Chip
from wegweiser.web.pages.frame.view import COMPARES, View
from wegweiser.web.pages.period import CHOICES, Span
from wegweiser.web.text import Reader, mark
from wegweiser.web.values import value_words

PERIODS = {
    "7d": mark("Last 7 days"),
    "30d": mark("Last 30 days"),
    "90d": mark("Last 90 days"),
    "365d": mark("Last 365 days"),
}
# The letter that chooses a period.
KEYS = {"7d": "w", "30d": "m", "365d": "y"}
COMPARED = {
    "before": mark("Period before"),
    "year": mark("Year before"),
    "none": mark("No comparison"),
}


class Option(msgspec.Struct, frozen=True):
    """One choice of a list."""

    value: str
    words: str
    chosen: bool
    key: str = ""


class ChipShown(msgspec.Struct, frozen=True):
    """A filter in words, and the address without it."""

    name: str
    values: str
    without: str


class Controls(msgspec.Struct, frozen=True):
    """All controls of a page; empty parts are not there."""

    path: str
    periods: tuple[Option, ...]
    earlier: str
    later: str
    compares: tuple[Option, ...]
    chips: tuple[ChipShown, ...]
    clear: str
    dimensions: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    sentence: str
    unknown: tuple[str, ...]


def controls_of(reader: Reader, page: Page, view: View) -> Controls:
    """Make the controls of a page from the words that it reads."""
    names = {key: reader.say(name) for key, name in page.filters}
    has_period = "period" in page.words
    return Controls(
        path=view.path,
        periods=_periods(reader, view.span) if has_period else (),
        earlier=view.to(period=view.span.step(False)) if has_period else "",
        later=view.to(period=view.span.step(True))
        if has_period and view.span.end <= view.span.today
        else "",
        compares=_compares(reader, view) if "compare" in page.words else (),
        chips=tuple(
            ChipShown(names[chip.dimension], _values(reader, chip), view.without(chip))
            for chip in view.chips
            if chip.dimension in names
        ),
        clear=view.to(filter="") if view.chips else "",
        dimensions=tuple(names.items()),
        kept=tuple(
            (name, text)
            for name, text in view.words
            if name not in ("period", "compare", "page", "form") and name in page.known_words
        ),
        sentence=_sentence(reader, page, view, names),
        unknown=_unknown(reader, page, view, names),
    )


def _values(reader: Reader, chip: Chip) -> str:
    return reader.all_of([value_words(reader, chip.dimension, value) for value in chip.values])


def _periods(reader: Reader, span: Span) -> tuple[Option, ...]:
    today = f"{span.today}..{span.today}"
    listed = [Option(today, reader.say("Only today"), span.written == today, "d")]
    listed += [
        Option(choice, reader.say(PERIODS[choice]), choice == span.written, KEYS.get(choice, ""))
        for choice in CHOICES
    ]
    if not any(option.chosen for option in listed):
        listed.append(Option(span.written, span_in_words(reader, span), True))
    return tuple(listed)


def _compares(reader: Reader, view: View) -> tuple[Option, ...]:
    return tuple(
        Option(code, reader.say(COMPARED[code]), code == view.compare) for code in COMPARES
    )


def span_in_words(reader: Reader, span: Span) -> str:
    """Write a period by its days."""
    first, last = span.first.isoformat(), span.last.isoformat()
    if first == last:
        return reader.day(first)
    return reader.say("{first} to {last}", first=reader.day(first), last=reader.day(last))


def _sentence(reader: Reader, page: Page, view: View, names: dict[str, str]) -> str:
    """Say on paper what is chosen."""
    parts = []
    if "period" in page.words:
        parts.append(span_in_words(reader, view.span))
    if "compare" in page.words and (compared := view.compared) is not None:
        days = span_in_words(reader, compared)
        parts.append(reader.say("compared with {period}", period=days))
    parts += [
        f"{names[chip.dimension]}: {_values(reader, chip)}"
        for chip in view.chips
        if chip.dimension in names
    ]
    return "; ".join(parts)


def _unknown(reader: Reader, page: Page, view: View, names: dict[str, str]) -> tuple[str, ...]:
    """Report words and dimensions that this page does not read."""
    known = page.known_words
    words = [name for name, _ in view.words if name not in known]
    dimensions = [chip.dimension for chip in view.chips if chip.dimension not in names]
    told = [
        reader.say(
            "The address has the word {word}, which this page does not know.", word=word[:40]
        )
        for word in dict.fromkeys(words)
    ]
    return (*told, *_strange(reader, dimensions))


def _strange(reader: Reader, dimensions: Sequence[str]) -> list[str]:
    return [
        reader.say("This page cannot be filtered by {name}.", name=name[:40])
        for name in dict.fromkeys(dimensions)
    ]
