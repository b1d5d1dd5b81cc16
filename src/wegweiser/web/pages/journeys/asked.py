"""What the address of a page of journeys asks for, and the courses that answer it."""

from weakref import WeakKeyDictionary

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.period import Span
from wegweiser.web.pages.small_counts import hidden, shown
from wegweiser.web.text import Reader
from wegweiser.web.words import stage_in_words
from wegweiser.workspace.journey_courses import (
    UNITS,
    Courses,
    Travellers,
    Unit,
    has_accounts,
    members_of_all,
)
from wegweiser.workspace.journey_flow_operations import (
    SHOWN,
    WAYS,
    Choice,
    Moved,
    chosen_of,
    period_of,
)

PATIENCE_S = 1.5
# Words of the address, and what of a choice each is.
CHOICE_WORDS = {
    "way": "way",
    "from": "source",
    "to": "target",
    "came": "came",
    "left": "left",
    "ever": "ever",
    "touched": "touched",
    "stood": "stood",
}
LONGEST, MARK_DIGITS = 100, 4
# One per server, as the desk itself.
_COURSES: WeakKeyDictionary[Desk, Courses] = WeakKeyDictionary()


class Asked(msgspec.Struct, frozen=True):
    """Whom to count in which period; `moved` is None while it is computed."""

    view: View
    of: Unit
    travellers: Travellers | None
    moved: tuple[Moved, ...]
    days_per_mark: float


async def asked_of(desk: Desk, request: Request, span: Span | None = None) -> Asked:
    """Read the address, and everybody's course in its period or in another one."""
    view = desk.view(request)
    of = unit_of(desk, request)
    span = span or view.span
    period = period_of(desk.site, of, span.first, span.end)
    courses = _COURSES.setdefault(desk, Courses(desk.site))
    found = await courses.get(period, PATIENCE_S)
    moved = () if found is None else _kept(desk, view, found)
    return Asked(view, of, found, moved, period.days_per_mark)


def _kept(desk: Desk, view: View, found: Travellers) -> tuple[Moved, ...]:
    keys = view.values_of("segment")
    return found.kept(
        view.values_of("country"),
        view.values_of("source"),
        members_of_all(desk.site, keys) if keys else None,
    )


def unit_of(desk: Desk, request: Request) -> Unit:
    """Read whom to count; without a word accounts, or people where no account is known."""
    written = request.query_params.get("of", "")
    if written in UNITS:
        return written
    if written:
        told = wrong("address_word", word="of", known=", ".join(UNITS))
        raise InputRefused("bad_of", told, 422, "of")
    return "account" if has_accounts(desk.site) else "person"


def choice_of(request: Request) -> Choice:
    """Read whom a figure counts; raises InputRefused for a mark that is no number."""
    given = {
        field: request.query_params.get(word, "").strip()[:LONGEST]
        for word, field in CHOICE_WORDS.items()
    }
    mark = request.query_params.get("at", "0")
    if not (mark.isascii() and mark.isdigit() and len(mark) < MARK_DIGITS):
        raise InputRefused("bad_at", wrong("address_at"), 422, "at")
    return Choice(**given, at=int(mark))


def chosen(request: Request, moved: tuple[Moved, ...]) -> tuple[Moved, ...]:
    """Choose those whom the words of the address mean."""
    return chosen_of(moved, choice_of(request))


def list_path(view: View, of: Unit, **words: str) -> str:
    """Give the list behind a figure: the same period and filters, and what the figure counts.

    `words` are those of CHOICE_WORDS, with `source` and `target` for `from` and `to`.
    """
    named = {
        {"source": "from", "target": "to"}.get(name, name): text for name, text in words.items()
    }
    emptied = dict.fromkeys((*CHOICE_WORDS, "at", "stage", "rows"), "")
    here = view.to(of=of, compare="", **{**emptied, **named})
    return here.replace(view.path, "/journeys/moved", 1)


def stood_in(asked: Asked, stage: str) -> int:
    """Count those on whom the mean time in a stage rests."""
    return sum(stage in each.stages[:-1] for each in asked.moved)


def row_path(view: View, anchor: str) -> str:
    """Give the row of a table on the page itself: who sees no lists finds the count there."""
    return f"{view.to()}#{anchor}"


def day_of_mark(reader: Reader, mark: int) -> str:
    """Name the day that a mark (ms) closes: those in between lie at midnight."""
    return reader.day_of(mark - DAY_MS // 2)


def stage_name(desk: Desk, reader: Reader, stage: str) -> str:
    """Name a stage as the journey declares it."""
    return stage_in_words(reader, desk.site.journeys.journey.names, stage)


__all__ = [
    "SHOWN",
    "WAYS",
    "Asked",
    "asked_of",
    "choice_of",
    "chosen",
    "day_of_mark",
    "hidden",
    "list_path",
    "row_path",
    "shown",
    "stage_name",
    "stood_in",
]
