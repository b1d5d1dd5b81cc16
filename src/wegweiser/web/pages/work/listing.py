"""All long work that somebody may see, and the work that is begun here."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Form
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.work.words import may_see, name_of, state_of
from wegweiser.web.text import Reader
from wegweiser.workspace.work import Work


async def works(desk: Desk, request: Request) -> Response:
    """Show what runs and what is done, or begin to learn the models anew."""
    if request.method == "POST":
        return await _begin(desk, request)
    reader = desk.reader(request)
    seen = [one for one in desk.site.works.all() if may_see(desk, request, one)]
    running = sum(one.state_at(reader.now) == "running" for one in seen)
    answer = reader.count(
        "{count} long work goes on; {all} are listed.",
        "{count} long works go on; {all} are listed.",
        running,
        all=reader.number(len(seen)),
    )
    if not seen:
        answer = reader.say("No long work goes on, and none has ended lately.")
    cards = [Card(reader.say("Long work"), table=_table(reader, seen))]
    if desk.may(request, "configure"):
        cards.append(_learning(reader))
    return show_data(desk, request, DataPage(answer=answer, sections=tuple(cards)))


def _table(reader: Reader, seen: list[Work]) -> Table:
    columns = (
        Column(reader.say("Work")),
        Column(reader.say("State")),
        Column(reader.say("Begun")),
        Column(reader.say("By whom")),
        Column(reader.say("Done"), number=True),
    )
    return Table(columns, tuple(_row(reader, one) for one in seen), reader.say("Nothing yet."))


def _row(reader: Reader, work: Work) -> Row:
    share = reader.percent(work.done / work.total, 0) if work.total else "–"
    return Row(
        (
            Cell(name_of(reader, work), path=f"/progress/{work.work_id}"),
            Cell(state_of(reader, work)),
            Cell(reader.moment(work.started_at)),
            Cell(work.by or "–"),
            Cell(share),
        )
    )


def _learning(reader: Reader) -> Card:
    told = reader.say(
        "Everything is learned once more from the log and held against the models that decide."
        " Nothing is changed by it."
    )
    form = Form(reader.say("Learn models anew"), hidden=(("do", "learning"),), main=False)
    return Card(reader.say("Models"), told, forms=(form,))


async def _begin(desk: Desk, request: Request) -> Response:
    form = await read_form(request, desk.form_limits)
    if form.get("do") != "learning":
        raise InputRefused("bad_form", "The form cannot be read.", 422)
    operator = desk.who(request)
    by = operator.name if operator else ""
    begun = await desk.run(request, "work_begin", {"kind": "learning", "by": by})
    assert isinstance(begun, dict)
    return RedirectResponse(f"/progress/{begun['work_id']}", 303)
