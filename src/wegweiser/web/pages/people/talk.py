"""What somebody told of a conversation: stored, or back on its page filled in as it was."""

from collections.abc import Mapping
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import InputRefused
from wegweiser.web.auth import own_path
from wegweiser.web.pages.account import account
from wegweiser.web.pages.conversation import REFUSED, told
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Fault
from wegweiser.web.pages.frame.sight import may_open, require_own
from wegweiser.web.pages.person import person
from wegweiser.web.text import Reader, mark

VALUE_SHOWN = 100
SENTENCES = {
    "people": mark("Choose who took part: somebody whom we know by an id of their own."),
    "channel": mark("Choose how you spoke."),
    "at": mark("{value} is no moment. Choose one in the calendar, or leave it empty for now."),
    "topics": mark("Name at most 20 topics of up to 255 characters, separated by commas."),
    "competitors": mark("Name at most 20 competitors of up to 255 characters, with commas."),
    "direction": mark("{value} is no direction. Choose one of the list."),
    "intent": mark("{value} is no intent to buy. Choose one of the list."),
    "outcome": mark("What came of it has up to 255 characters. Write the rest into the note."),
    "next_step": mark("A next step has up to 500 characters, its day up to 40."),
    "note": mark("A note has up to 10,000 characters. Write the rest as another conversation."),
}
PAGES = {"/people/": ("person_id", person), "/accounts/": ("group_id", account)}


async def log_conversation(desk: Desk, request: Request) -> Response:
    """Store what was told, and go back to the page that the form stood on."""
    form = await read_form(request, desk.form_limits)
    reader = desk.reader(request)
    _require_own(desk, request, form)
    back = own_path(form.get("back", "/"))
    try:
        await desk.site.conversations.log(told(form, reader.zone))
    except InputRefused as error:
        return await _again(desk, request, back, _fault(reader, error, form), error)
    return RedirectResponse(back + "?logged=1", 303)


def _fault(reader: Reader, error: InputRefused, form: Mapping[str, str]) -> Fault:
    field = "people" if error.code == "quarantined" else error.field or ""
    sentence = SENTENCES.get(field, "")
    value = form.get(field, "").strip()[:VALUE_SHOWN]
    return field, reader.say(sentence, value=value) if sentence else error.said(reader.language)


async def _again(
    desk: Desk, request: Request, back: str, fault: Fault, error: InputRefused
) -> Response:
    """Show the page of the form once more, as it was typed; elsewhere only why it was refused."""
    begin = next((one for one in PAGES if back.startswith(one)), None)
    if begin is None:
        raise error
    name, make = PAGES[begin]
    place = {"path": back, "path_params": {name: unquote(back.removeprefix(begin))}}
    # The page has no words in its address: what it would show by them is shown without.
    scope = {**request.scope, **place, "method": "GET", "query_string": b"", "page": None}
    shown = Request(scope, request.receive)
    setattr(shown.state, REFUSED, (fault,))
    answer = await make(desk, shown)
    answer.status_code = error.status if answer.status_code == 200 else answer.status_code
    return answer


def _require_own(desk: Desk, request: Request, form: Mapping[str, str]) -> None:
    """Raise InputRefused where a conversation names people or an account of somebody else.

    What is told of a person and an account makes the one a member of the other.
    """
    if desk.reader(request).sight != "own":
        return
    if form.get("account", "").strip():
        require_own(desk, request, form["account"].strip())
    for name, value in form.items():
        if name.startswith("person-") and value:
            person_id = desk.site.views.find_person(value.strip())
            if person_id is None or not may_open(desk, request, person_id):
                raise InputRefused("not_yours", "This is not one of your accounts.", 403)
