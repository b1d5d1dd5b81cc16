"""The live list of decisions, newest first, and what they come to: drop-offs, silence, contests."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.result import Answer
from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.decisions.reasons import caps_of, why
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut, person_name, person_path
from wegweiser.web.pages.frame.files import file_of
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table, exports_of, paged
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.rows import number_in, rows_of, text_in
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import ARMS, CHANNELS, HOW, named

LOOKED_AT = 2_000
# A phone shows each as a card.
ROWS = 25
DROPS_SHOWN = 10
DROPOFF, NOTHING, CONTESTS = "decisions.dropoff", "decisions.nothing", "decisions.contests"
FILTERS = (
    ("message", mark("Message")),
    ("reason", mark("Reason")),
    ("channel", mark("Channel")),
    ("arm", mark("Arm")),
)
STATUS = {
    "decided": mark("decided"),
    "fallback": mark("the fallback"),
    "deferred": mark("put off"),
    "nothing": mark("nothing to say"),
    "expired": mark("given up"),
}
HEADS = ("at", "decision_id", "placements", "messages", "reason", "arm", "probability")


class DecisionsPage(msgspec.Struct, frozen=True):
    """The list, or only its counts, and what decisions come to."""

    sentence: str
    table: Table | None
    counts: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    drops: Table
    may_define: bool


async def decisions(desk: Desk, request: Request) -> Response:
    """Show the newest decisions, or give them as a file."""
    reader, view = desk.reader(request), desk.view(request)
    found = [one for one in _newest(desk) if _passes(view, one)]
    if view.form:
        if reader.sight == "counts" or not desk.may(request, "take_figures"):
            raise InputRefused("forbidden", reader.say("Your role sees counts only."), 403)
        return file_of(desk, request, "decisions", HEADS, [_plain(one) for one in found])
    asked = tuple(
        wish(name, {**view.span.options, "zone": reader.zone})
        for name in (DROPOFF, NOTHING, CONTESTS)
    )
    answers = await desk.answered(request, asked)
    is_open = reader.sight != "counts"
    page = DecisionsPage(
        sentence=_sentence(reader, found),
        table=_table(desk, request, reader, view, found) if is_open else None,
        counts=() if is_open else _counts(reader, found),
        said=tuple(_said(reader, answers, asked)),
        drops=_drops(reader, answers.get(asked[0]), caps_of(desk, reader)),
        may_define=desk.may(request, "define"),
    )
    frame = desk.frame(
        request,
        reader.say("Decisions"),
        reader.say("What was said, and why?"),
        refresh=desk.answers.computing(asked),
    )
    return desk.render(request, "decisions/list.html", frame, page)


def _newest(desk: Desk) -> list[Decision]:
    """Give the newest decisions, the newest first, also those that are not committed yet."""
    book = desk.site.unifier.decisions
    found = {one.decision_id: one for one in book.newest(LOOKED_AT, desk.site.clock.now_ms())}
    found |= {one.decision_id: one for one in book.held()}
    newest = sorted(found.values(), key=lambda one: (one.at, one.decision_id), reverse=True)
    return newest[:LOOKED_AT]


def _passes(view: View, one: Decision) -> bool:
    has = {
        "message": {item.message for item in one.items},
        "reason": {reason_of(one)},
        "channel": {one.channel},
        "arm": {one.arm},
    }
    wanted = {name: set(view.values_of(name)) for name in has}
    return all(not wanted[name] or wanted[name] & has[name] for name in has)


def reason_of(one: Decision) -> str:
    """Give the code of why a decision came out: its reason, else how it was drawn, else status."""
    return one.reason or next((item.how for item in one.items), "") or one.status


def _sentence(reader: Reader, found: Sequence[Decision]) -> str:
    said = sum(bool(one.items) for one in found)
    return reader.count(
        "Of {count} decision {said} said something; the rest stayed silent.",
        "Of the newest {count} decisions {said} said something; the rest stayed silent.",
        len(found),
        said=reader.number(said),
    )


def _table(
    desk: Desk, request: Request, reader: Reader, view: View, found: Sequence[Decision]
) -> Table:
    shown, pages = paged(reader, view, found, ROWS)
    columns = (
        Column(reader.say("Time")),
        Column(reader.say("Person"), plain=True),
        Column(reader.say("Placement"), plain=True),
        Column(reader.say("Message")),
        Column(reader.say("Reason")),
        Column(reader.say("Probability"), number=True),
        Column(reader.say("Arm")),
        Column(reader.say("Why?"), plain=True),
    )
    nothing = reader.say("No decision fits. Take a filter away, or wait for the next one.")
    exports = exports_of(reader, view) if desk.may(request, "take_figures") else ()
    rows = tuple(_row(desk, reader, one) for one in shown)
    return Table(columns, rows, nothing, pages=pages, exports=exports)


def _row(desk: Desk, reader: Reader, one: Decision) -> Row:
    item = one.items[0] if one.items else None
    person_id = desk.site.views.find_person(f"person_id:{one.person_id}") if one.person_id else None
    who = Cell("")
    if person_id is not None:
        who = Cell(person_name(reader, desk.site.views.person(person_id)), person_path(person_id))
    messages = ", ".join(cut(each.message) for each in one.items)
    # Whoever is held out gets service messages all the same; of the others only the draw tells.
    kept = one.ghost and not messages and any(draw.is_of_message for draw in one.draws)
    held = reader.say("held back for comparison") if kept else ""
    return Row(
        (
            Cell(reader.moment(one.at)),
            who,
            Cell(cut(", ".join(one.asked)), note=named(reader, CHANNELS, one.channel)),
            Cell(messages or "–", f"/messages/{item.message}" if item else "", note=held),
            Cell(_reason(reader, one)),
            Cell(reader.percent(item.pi) if item else ""),
            Cell(named(reader, ARMS, one.arm)),
            Cell(reader.say("Why?"), f"/decisions/{one.decision_id}"),
        )
    )


def _reason(reader: Reader, one: Decision) -> str:
    code = reason_of(one)
    from_how = {**HOW, **STATUS}
    return reader.say(from_how[code]) if code in from_how else why(reader, Reason("", code))


def _counts(reader: Reader, found: Sequence[Decision]) -> tuple[tuple[str, str], ...]:
    """Count decisions by message; small counts stay hidden."""
    counts = Counter(item.message for one in found for item in one.items)
    return tuple((key, shown(reader, number)) for key, number in counts.most_common(50))


def _plain(one: Decision) -> list[str | float | None]:
    return [
        format_instant(one.at),
        one.decision_id,
        ", ".join(one.asked),
        ", ".join(item.message for item in one.items),
        reason_of(one),
        one.arm,
        one.items[0].pi if one.items else None,
    ]


def _said(reader: Reader, answers: dict[Wish, Answer], asked: Sequence[Wish]) -> list[str]:
    """Give the first sentence of each measure about decisions."""
    found = [answers[one] for one in asked if one in answers]
    return [one.results[0].sentence[reader.language] for one in found if one.results]


def _drops(reader: Reader, answer: Answer | None, caps: Mapping[str, str]) -> Table:
    columns = (
        Column(reader.say("What keeps messages back")),
        Column(reader.say("Rule")),
        Column(reader.say("In decisions"), number=True),
        Column(reader.say("Alone against a message"), number=True),
    )
    rows = [
        Row(
            (
                Cell(why(reader, Reason(text_in(row, "step"), text_in(row, "reason")), caps)),
                Cell(cut(text_in(row, "rule")), code=bool(text_in(row, "rule"))),
                Cell(shown(reader, int(number_in(row, "in_decisions")))),
                Cell(shown(reader, int(number_in(row, "sole_drops")))),
            )
        )
        for row in rows_of(answer)
    ]
    nothing = reader.say("No message was kept back in this period.")
    if answer is None:
        nothing = reader.say("The figures are being computed. The page fetches them by itself.")
    return Table(columns, tuple(rows[:DROPS_SHOWN]), nothing)
