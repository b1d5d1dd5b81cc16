"""One long work: how far it is, how to stop it, and what came of it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import NotFound
from wegweiser.web.pages.data.reasons import reason_of
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.data.told import whole_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Form
from wegweiser.web.pages.frame.signs import signs
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.frame.work import Work as Shown
from wegweiser.web.pages.frame.work import time_left
from wegweiser.web.pages.work.words import (
    may_put_back,
    may_see,
    may_stop,
    name_of,
    sentence_of,
    state_of,
    step_of,
)
from wegweiser.web.text import Reader, mark
from wegweiser.workspace.work import Work

# Measured on two shared cores; a rebuild of less is quicker than its minute.
REBUILT_PER_MINUTE = 1_500_000
COUNTED = {
    "stored": mark("Stored"),
    "duplicate": mark("came before"),
    "stayed": mark("stay in quarantine"),
    "gone": mark("mended or given up"),
    "quarantined": mark("In quarantine"),
    "suppressed": mark("Of people who may not be known"),
    "dropped": mark("Without consent"),
    "labels": mark("Responses learned from"),
}
# Where more is to be seen of what came of it.
MORE = {
    "replay": ("/data/quarantine", mark("Show quarantine")),
    "undo": ("/data/quarantine", mark("Show quarantine")),
    "import": ("/data", mark("Show sources")),
    "upload": ("/data", mark("Show sources")),
    "learning": ("/policies", mark("Show policies")),
    "simulation": ("/simulate", mark("Show all simulations")),
    "erasure": ("/settings/requests", mark("Show requests and receipts")),
}


async def one_work(desk: Desk, request: Request) -> Response:
    """Show a work, stop it, or put back what it let in."""
    work = _found(desk, request)
    if request.method == "POST":
        return await _change(desk, request, work)
    reader = desk.reader(request)
    running = work.state_at(reader.now) == "running"
    # What the page shows, as its stream says it.
    request.scope["position"] = _told(work, reader.now)
    page = DataPage(
        answer=sentence_of(reader, work),
        sections=_sections(desk, request, reader, work),
        work=_shown(desk, request, reader, work),
        stream=f"/progress/{work.work_id}/stream" if running else "",
        again=running,
    )
    return show_data(desk, request, page)


async def _change(desk: Desk, request: Request, work: Work) -> Response:
    form, operator = await read_form(request, desk.form_limits), desk.who(request)
    if form.get("do") == "undo":
        if not may_put_back(desk, request, work):
            raise HTTPException(403)
        by = operator.name if operator else ""
        begun = await desk.run(
            request, "work_begin", {"kind": "undo", "work_id": work.work_id, "by": by}
        )
        assert isinstance(begun, dict)
        return RedirectResponse(f"/progress/{begun['work_id']}", 303)
    if not may_stop(desk, request, work):
        raise HTTPException(403)
    await desk.run(request, "work_cancel", {"work_id": work.work_id})
    return RedirectResponse(f"/progress/{work.work_id}", 303)


async def work_stream(desk: Desk, request: Request) -> Response:
    """Tell every change of a work."""
    work = _found(desk, request)
    return signs(desk, request, lambda: _told(work, desk.site.clock.now_ms()))


def _found(desk: Desk, request: Request) -> Work:
    """Give a work; one that somebody may not see is none to them."""
    try:
        work = desk.site.works.get(request.path_params["work_id"])
    except NotFound as error:
        raise HTTPException(404) from error
    if not may_see(desk, request, work):
        raise HTTPException(404)
    return work


def _told(work: Work, now: int) -> str:
    return f"{work.work_id}-{work.changes}-{work.state_at(now)}"


def _shown(desk: Desk, request: Request, reader: Reader, work: Work) -> Shown:
    done = work.done / work.total if work.total else None
    passed_s = (work.seen_at - work.started_at) / 1000
    running = work.state_at(reader.now) == "running"
    stop = running and may_stop(desk, request, work)
    return Shown(
        id="work",
        name=name_of(reader, work),
        step=step_of(reader, work) if running else state_of(reader, work),
        share=None if done is None else int(100 * done),
        left="" if done is None else time_left(reader, done, passed_s),
        cancel=f"/progress/{work.work_id}" if stop else "",
        result=f"/simulate/{work.work_id}" if _has_result(work) else "",
        over=not running,
    )


def _has_result(work: Work) -> bool:
    """Tell whether what came of a work fills a page of its own."""
    return work.kind == "simulation" and work.state == "over"


def _sections(desk: Desk, request: Request, reader: Reader, work: Work) -> tuple[Card, ...]:
    if not may_put_back(desk, request, work):
        return (_result(reader, work),)
    minutes = desk.site.unifier.tally.received // REBUILT_PER_MINUTE + 1
    told = reader.say(
        "The events leave profiles, segments and figures, and wait in quarantine again. For that"
        " everything is made anew from the log, for about {minutes} min; senders are asked to come"
        " again meanwhile. Decisions that were taken on these events stay.",
        minutes=reader.number(minutes),
    )
    form = Form(reader.say("Put back into quarantine"), hidden=(("do", "undo"),), main=False)
    undo = Card(reader.say("Undo"), told, forms=(form,))
    return (_result(reader, work), undo)


def _result(reader: Reader, work: Work) -> Card:
    begun = reader.moment(work.started_at)
    facts = [(reader.say("Begun"), f"{begun} · {work.by}" if work.by else begun)]
    if work.ended_at:
        facts.append((reader.say("Ended"), reader.moment(work.ended_at)))
    facts += [
        (reader.say(words), reader.number(whole_in(work.found, name)))
        for name, words in COUNTED.items()
        if name in work.found
    ]
    path, words = MORE.get(work.kind, ("/progress", mark("Show all long work")))
    links = ((path, reader.say(words)),)
    return Card(
        reader.say("What came of it"), facts=tuple(facts), table=_codes(reader, work), links=links
    )


def _codes(reader: Reader, work: Work) -> Table | None:
    """Show why some elements stay in quarantine."""
    codes = work.found.get("codes")
    if not isinstance(codes, dict) or not codes:
        return None
    rows = tuple(
        Row((Cell(reason_of(reader, code), note=code), Cell(reader.number(whole_in(codes, code)))))
        for code in codes
    )
    columns = (Column(reader.say("Why they stay")), Column(reader.say("Count"), number=True))
    return Table(columns, rows)
