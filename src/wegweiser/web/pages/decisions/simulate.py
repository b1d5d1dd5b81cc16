"""The form that holds a draft against decisions of the past, and what was simulated so far."""

from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.decisions.simulated import ENGAGED, PATH, asked_of, is_simulation
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Faults
from wegweiser.web.pages.frame.refusals import OF_SIMULATIONS, refusal
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.work.words import state_of
from wegweiser.web.text import Reader
from wegweiser.workspace.work import Work

FIELDS = ("draft", "metric", "placement")
Choices = tuple[tuple[str, str], ...]


class SimulatePage(msgspec.Struct, frozen=True):
    """The form with what stands in it and what is wrong with it, and what was simulated before.

    `path` is where the form is sent, with the period that the address names.
    """

    drafts: Choices
    draft: str
    metrics: Choices
    metric: str
    placements: Choices
    placement: str
    path: str
    faults: Faults
    earlier: Table


async def simulate(desk: Desk, request: Request) -> Response:
    """Show the form, or begin what it asks for as long work; nothing is computed by looking."""
    if request.method != "POST":
        return await _page(desk, request, dict(request.query_params), ())
    form = await read_form(request, desk.form_limits)
    operator = desk.who(request)
    asked: JsonObject = {
        **desk.view(request).span.options,
        "zone": desk.reader(request).zone,
        "kind": "simulation",
        "by": operator.name if operator else "",
        **{name: form.get(name, "") for name in FIELDS},
    }
    try:
        begun = await desk.run(request, "work_begin", asked)
    except InputRefused as error:
        fault = refusal(desk.reader(request), error, OF_SIMULATIONS, form, "draft")
        return await _page(desk, request, form, (fault,))
    assert isinstance(begun, dict)
    return RedirectResponse(f"/progress/{begun['work_id']}", 303)


async def _page(desk: Desk, request: Request, given: dict[str, str], faults: Faults) -> Response:
    reader, bundle = desk.reader(request), desk.site.unifier.policies.bundle
    period = request.query_params.get("period", "")
    page = SimulatePage(
        drafts=await _drafts(desk, request, reader),
        draft=given.get("draft", ""),
        metrics=(
            (ENGAGED, reader.say("a response")),
            *((one.key, one.key) for one in bundle.goals),
        ),
        metric=given.get("metric", "") or ENGAGED,
        placements=(
            ("", reader.say("all placements")),
            *((one.key, one.key) for one in bundle.placements),
        ),
        placement=given.get("placement", ""),
        path=f"{PATH}?{urlencode({'period': period})}" if period else PATH,
        faults=faults,
        earlier=_earlier(desk, reader),
    )
    frame = desk.frame(
        request,
        reader.say("Simulate"),
        reader.say("What would other rules have chosen and earned?"),
        crumbs=(("/decisions", reader.say("Decisions")),),
    )
    return desk.render(request, "decisions/simulate.html", frame, page, 422 if faults else 200)


async def _drafts(desk: Desk, request: Request, reader: Reader) -> Choices:
    listed = rows_in(await desk.run(request, "draft_list", {}))
    names = [str(one["name"]) for one in listed]
    return (("", reader.say("what is published today")), *((one, one) for one in names))


def _earlier(desk: Desk, reader: Reader) -> Table:
    """List what was simulated so far, the newest first; what goes on leads to how far it is."""
    columns = (
        Column(reader.say("Rules")),
        Column(reader.say("What counts")),
        Column(reader.say("Placement")),
        Column(reader.say("Period")),
        Column(reader.say("Begun")),
        Column(reader.say("By whom")),
        Column(reader.say("State")),
    )
    found = [one for one in desk.site.works.all() if is_simulation(one)]
    rows = tuple(_row(reader, one) for one in found)
    return Table(columns, rows, reader.say("Nothing was simulated yet."))


def _row(reader: Reader, work: Work) -> Row:
    asked = asked_of(reader, work)
    room = PATH if work.state == "over" else "/progress"
    return Row(
        (
            Cell(asked.rules, f"{room}/{work.work_id}"),
            Cell(asked.metric),
            Cell(asked.placement),
            Cell(asked.period),
            Cell(reader.moment(work.started_at)),
            Cell(work.by or "–"),
            Cell(state_of(reader, work)),
        )
    )
