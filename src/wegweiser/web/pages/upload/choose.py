"""The first step of a file: which one, and how its rows become events."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Fault, Field, Form
from wegweiser.web.pages.frame.sent_file import sent_file
from wegweiser.web.pages.upload.words import fault_of
from wegweiser.web.text import Reader
from wegweiser.workspace.uploading import mapping_named, mappings_of_rows, take_in

HERE = "/data/upload"
MOST_BYTES = 32 * 1024 * 1024


async def choose(desk: Desk, request: Request) -> Response:
    """Ask for a file, or take one and lead to what would become of it."""
    if request.method != "POST":
        return _page(desk, request)
    form = await read_form(request, desk.form_limits)
    reader, operator, sent = desk.reader(request), desk.who(request), sent_file(request)
    if sent is None:
        return _page(desk, request, ("file", reader.say("Choose a file first.")))
    assert operator is not None
    try:
        chosen = form.get("mapping", "")
        mapping = mapping_named(desk.site, chosen) if chosen else ""
        upload = await take_in(desk.site, sent.filename or "", sent.file, operator.name)
    except InputRefused as error:
        return _page(desk, request, fault_of(reader, error))
    upload.mapping = mapping
    return RedirectResponse(f"{HERE}/{upload.upload_id}", 303)


def _page(desk: Desk, request: Request, fault: Fault | None = None) -> Response:
    reader = desk.reader(request)
    answer = reader.say(
        "A file is looked at first: you see what would be stored before anything is."
    )
    page = DataPage(
        answer=answer, still=(_card(desk, reader),), faults=() if fault is None else (fault,)
    )
    return show_data(desk, request, page)


def _card(desk: Desk, reader: Reader) -> Card:
    size = reader.number(MOST_BYTES // 1024 // 1024)
    kinds = reader.say(
        "CSV (UTF-8), NDJSON, a JSON array, XLSX or Parquet, not packed, up to {size} MB. Larger"
        " files are loaded with `wegweiser load`.",
        size=size,
    )
    named = mappings_of_rows(desk.site)
    options = (("", reader.say("guess it from the columns")), *((one, one) for one in named))
    help_text = reader.say("A mapping says how a row becomes events. You can change it before.")
    fields = (
        Field("file", reader.say("File"), kind="file", help=kinds, required=True),
        Field("mapping", reader.say("Mapping"), options=options, help=help_text),
    )
    return Card(reader.say("Which file?"), forms=(Form(reader.say("Look at the file"), fields),))
