"""Probable duplicates: who may be one person, what speaks for it, and a yes or a no."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut, person_name, person_path
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import named
from wegweiser.workspace.link_operations import (
    Suggestion,
    compared,
)
from wegweiser.workspace.site import Site

SHOWN = 50
PERHAPS_SHOWN = 5
ADDRESS = "/suggestions"
FIELDS = {
    "name": mark("Name"),
    "email": mark("E-mail"),
    "phone": mark("Phone"),
    "birthday": mark("Birthday"),
    "street": mark("Street"),
    "place": mark("Town and postal code"),
    "company": mark("Company"),
    "prior": mark("Any two people"),
}
COLUMNS = {
    "name": ("first_name", "last_name"),
    "place": ("postal_code", "city"),
}
FINDINGS = {
    "same": mark("the same"),
    "swapped": mark("first and last name swapped"),
    "near": mark("nearly the same"),
    "alike": mark("alike"),
    "same_last": mark("the same last name"),
    "same_first": mark("the same first name"),
    "same_local": mark("the same before the @"),
    "same_year": mark("the same year"),
    "same_code": mark("the same postal code"),
    "same_city": mark("the same town"),
    "other": mark("different"),
    "missing": mark("not known of both"),
}
STANDINGS = {"likely": mark("likely"), "possible": mark("possible")}
STEPS = {
    "reading": mark("Reading the profiles."),
    "keys": mark("Choosing whom to compare."),
    "chance": mark("Learning how often strangers agree by chance."),
    "learning": mark("Learning how often one person is written differently."),
    "comparing": mark("Comparing."),
}


class Reason(msgspec.Struct, frozen=True):
    """What one field says, with the two values; `bits` is a signed weight."""

    field: str
    finding: str
    a: str
    b: str
    bits: str


class Two(msgspec.Struct, frozen=True):
    """One suggestion; `a` and `b` are person ids."""

    a: str
    b: str
    name_a: str
    name_b: str
    path_a: str
    path_b: str
    probability: str
    standing: str
    reasons: tuple[Reason, ...]


class Perhaps(msgspec.Struct, frozen=True):
    """Somebody who is probably the person of a page."""

    name: str
    path: str
    probability: str


class SuggestionsPage(msgspec.Struct, frozen=True):
    """What waits for an answer, the last search, and what went wrong."""

    waiting: int
    rows: tuple[Two, ...]
    last: str
    step: str
    wrong: str


async def suggestions(desk: Desk, request: Request) -> Response:
    """Show what waits; a posted form answers one pair or begins a search."""
    wrong = ""
    if request.method == "POST":
        form = await read_form(request, desk.form_limits)
        try:
            await _do(desk, request, form)
        except (InputRefused, NotFound) as error:
            wrong = said_to(desk.reader(request), error)
        else:
            return RedirectResponse(ADDRESS, 303)
    reader, linking = desk.reader(request), desk.site.linking
    waiting = linking.suggestions()
    step = linking.step.partition(":")[0]
    page = SuggestionsPage(
        waiting=len(waiting),
        rows=tuple(_two(desk.site, reader, one) for one in waiting[:SHOWN]),
        last=_last(reader, desk.site),
        step=named(reader, STEPS, step) if step else "",
        wrong=wrong,
    )
    frame = desk.frame(
        request,
        reader.say("Probable duplicates"),
        reader.say("Who may be one person without our knowing?"),
        crumbs=(("/profiles", reader.say("Profiles")),),
        refresh=bool(step),
    )
    return desk.render(request, "suggestions.html", frame, page, 409 if wrong else 200)


async def _do(desk: Desk, request: Request, form: dict[str, str]) -> None:
    arguments: JsonObject = {"a": form.get("a", ""), "b": form.get("b", "")}
    match form.get("do"):
        case "yes":
            await desk.run(request, "link_accept", arguments)
        case "no":
            await desk.run(request, "link_reject", arguments)
        case "search":
            await _begin(desk, request)
        case _:
            raise InputRefused("bad_input", wrong("yes_no_search"), 422, "do")


async def _begin(desk: Desk, request: Request) -> None:
    """Begin a search that goes on behind the page; what it refuses at once is raised."""
    work = asyncio.ensure_future(desk.run(request, "link_propose", {}))
    _searches.add(work)
    work.add_done_callback(_ended)
    await asyncio.wait([work], timeout=0.5)
    if work.done():
        work.result()


# The loop itself keeps no hold on what runs behind a page.
_searches: set[asyncio.Future[Json]] = set()


def _ended(work: "asyncio.Future[Json]") -> None:
    _searches.discard(work)
    if not work.cancelled():
        work.exception()  # told by the page that began it, or by the next search


def _last(reader: Reader, site: Site) -> str:
    last = site.linking.book.last
    if last is None:
        return ""
    return reader.say(
        "Last search {when}: {people} people compared in {pairs} pairs, {found} proposed.",
        when=reader.ago(last.at),
        people=reader.number(last.records),
        pairs=reader.number(last.pairs_compared),
        found=reader.number(last.found),
    )


def _two(site: Site, reader: Reader, one: Suggestion) -> Two:
    a, b = one.a, one.b
    ours, theirs = compared(site, a), compared(site, b)
    reasons = tuple(
        Reason(
            field=named(reader, FIELDS, weight.field),
            finding=named(reader, FINDINGS, weight.finding) if weight.finding else "",
            a=_value(ours, weight.field),
            b=_value(theirs, weight.field),
            bits=_signed(reader, weight.bits),
        )
        for weight in sorted(one.weights, key=lambda weight: -abs(weight.bits))
        if weight.finding != "missing"
    )
    return Two(
        a=f"person_id:{a}",
        b=f"person_id:{b}",
        name_a=person_name(reader, site.views.person(a)),
        name_b=person_name(reader, site.views.person(b)),
        path_a=person_path(a),
        path_b=person_path(b),
        probability=_probability(reader, one.probability),
        standing=named(reader, STANDINGS, one.standing),
        reasons=reasons,
    )


def perhaps_of(site: Site, reader: Reader, person_id: str) -> tuple[Perhaps, ...]:
    """Give those who are probably the same person as somebody."""
    found = site.linking.of_person(person_id)[:PERHAPS_SHOWN]
    others = [(one, one.b if one.a == person_id else one.a) for one in found]
    return tuple(
        Perhaps(
            person_name(reader, site.views.person(other)),
            person_path(other),
            _probability(reader, one.probability),
        )
        for one, other in others
    )


def _probability(reader: Reader, probability: float) -> str:
    return reader.percent(min(probability, 0.9999), 2)


def _value(record: JsonObject, field: str) -> str:
    parts = [record.get(name) for name in COLUMNS.get(field, (field,))]
    return cut(" ".join(part for part in parts if isinstance(part, str)))


def _signed(reader: Reader, bits: float) -> str:
    return ("+" if bits > 0 else "") + reader.number(bits, 1)
