"""One attempt to let a group out of the quarantine: how far it is, how to stop it, what it gave."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.web.pages.data.reasons import reason_of
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.frame.work import Work, time_left
from wegweiser.web.text import Reader
from wegweiser.workspace.attempts import Attempt

HERE = "/data/quarantine/attempts"


async def attempt(desk: Desk, request: Request) -> Response:
    """Show an attempt, or stop it."""
    attempt_id = request.path_params["attempt_id"]
    if request.method == "POST":
        desk.site.attempts.cancel(attempt_id)
        return RedirectResponse(f"{HERE}/{attempt_id}", 303)
    reader, found = desk.reader(request), desk.site.attempts.get(attempt_id)
    if found is None:
        told = reader.say(
            "This attempt is not known any more, as the server was started anew. What was stored"
            " stays stored; the rest still waits in quarantine."
        )
        links = (("/data/quarantine", reader.say("Show quarantine")),)
        card = Card(reader.say("Quarantine"), links=links)
        return show_data(desk, request, DataPage(answer=told, sections=(card,)))
    running = found.state == "running"
    page = DataPage(
        answer=_answer(reader, found),
        sections=(_result(reader, found),),
        work=_work(reader, found),
        stream=f"/data/stream?attempt={found.attempt_id}" if running else "",
        again=running,
    )
    return show_data(desk, request, page)


def _answer(reader: Reader, found: Attempt) -> str:
    words = {
        "stored": reader.number(found.stored),
        "stayed": reader.number(found.stayed),
        "total": reader.number(found.total),
    }
    match found.state:
        case "running":
            return reader.say("{total} events are being read once more.", **words)
        case "cancelled":
            return reader.say("Stopped: {stored} of {total} events were stored by then.", **words)
        case "failed":
            return reader.say(
                "This stopped because of a fault; {stored} of {total} events were stored.", **words
            )
    return reader.say(
        "Of {total} events {stored} were stored; {stayed} stay in quarantine.", **words
    )


def _work(reader: Reader, found: Attempt) -> Work:
    done = found.done / found.total if found.total else 1.0
    return Work(
        id="work",
        name=reader.say("Try again"),
        step=reader.say(
            "{done} of {total} events read",
            done=reader.number(found.done),
            total=reader.number(found.total),
        ),
        share=int(100 * done),
        left=time_left(reader, done, (reader.now - found.started_at) / 1000),
        cancel=f"{HERE}/{found.attempt_id}",
        over=found.state != "running",
    )


def _result(reader: Reader, found: Attempt) -> Card:
    facts = (
        (reader.say("Stored"), reader.number(found.stored)),
        (reader.say("came before"), reader.number(found.duplicate)),
        (reader.say("stay in quarantine"), reader.number(found.stayed)),
        (reader.say("mended or given up"), reader.number(found.gone)),
    )
    rows = tuple(
        Row((Cell(reason_of(reader, code), note=code), Cell(reader.number(count))))
        for code, count in found.codes.items()
    )
    columns = (Column(reader.say("Why they stay")), Column(reader.say("Count"), number=True))
    links = (("/data/quarantine", reader.say("Show quarantine")),)
    table = Table(columns, rows) if rows else None
    return Card(reader.say("What came of it"), facts=facts, table=table, links=links)
