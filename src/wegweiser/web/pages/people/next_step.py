"""The next best action for sales on the page of an account, and what they say became of it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.desk import Desk, Notice
from wegweiser.web.pages.facts import account_path, cut, person_name, person_path
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.sight import may_open, require_own
from wegweiser.web.text import Reader, mark
from wegweiser.workspace.next_step_operations import current, first_placement

SAID = {"done": mark("Done"), "not_suitable": mark("Not suitable")}
NOTED = {
    "done": mark("Noted as done. The next decisions learn from it."),
    "not_suitable": mark("Noted as not suitable. The next decisions learn from it."),
}
Choice = tuple[str, str]


class Step(msgspec.Struct, frozen=True):
    """A step in words; `said` is what became of it, empty while that is open."""

    decision_id: str
    message: str
    title: str
    text: str
    person: str
    person_path: str
    reason: str
    when: str
    said: str


class NextStep(msgspec.Struct, frozen=True):
    """The card: the present step, and whom a new one may be about."""

    account: str
    set_up: bool
    may: bool
    step: Step | None
    people: tuple[Choice, ...]


def next_step_part(
    desk: Desk, request: Request, reader: Reader, group_id: str, people: tuple[Choice, ...]
) -> NextStep:
    """Make the card; nothing is decided by looking at it."""
    ready = bool(first_placement(desk.site))
    found = current(desk.site, group_id) if ready else None
    step = None if found is None else _step(desk, request, reader, found)
    return NextStep(group_id, ready, desk.may(request, "talk"), step, people)


def _step(desk: Desk, request: Request, reader: Reader, told: JsonObject) -> Step:
    content, person_id = told["content"], str(told["person_id"])
    written = content if isinstance(content, dict) else {}
    views, name, path = desk.site.views, "", ""
    if views.find_person(f"person_id:{person_id}") == person_id:
        seen = reader if may_open(desk, request, person_id) else desk.reader(request)
        name, path = person_name(seen, views.person(person_id)), person_path(person_id)
    said = str(told["said"] or "")
    return Step(
        decision_id=str(told["decision_id"]),
        message=cut(str(told["message"] or "")),
        title=_text(written.get("title") or written.get("subject")),
        text=_text(written.get("text")),
        person=name,
        person_path=path,
        reason=_in_language(told["sentence"], reader.language),
        when=reader.moment(parse_instant(told["at"]) or 0),
        said=reader.say(SAID[said]) if said in SAID else "",
    )


def _text(value: Json) -> str:
    return cut(value) if isinstance(value, str) else ""


def _in_language(sentences: Json, language: str) -> str:
    return str(sentences.get(language) or "") if isinstance(sentences, dict) else ""


async def next_step(desk: Desk, request: Request) -> Response:
    """Decide the next step for an account, or note what became of one."""
    form, reader = await read_form(request, desk.form_limits), desk.reader(request)
    asked = form.get("account", "")
    group_id = desk.site.views.find_account(f"group_id:{asked}")
    if group_id is None:
        raise NotFound(reader.say("No account is known under this id."))
    require_own(desk, request, group_id)
    here = f"{account_path(group_id)}#next-step"
    said = form.get("said", "")
    if not said:
        return await _decided(desk, request, group_id, form.get("person", ""))
    present = current(desk.site, group_id)
    if present is None or present["decision_id"] != form.get("decision_id", ""):
        told = reader.say("There is a newer step by now; look at it first.")
        raise InputRefused("old_step", told, 409)
    wish: JsonObject = {"decision_id": form["decision_id"], "said": said}
    await desk.run(request, "next_step_said", wish)
    return desk.done(request, here, Notice(reader.say(NOTED[said])))


async def _decided(desk: Desk, request: Request, group_id: str, person: str) -> Response:
    reader = desk.reader(request)
    wish: JsonObject = {"account": f"group_id:{group_id}", "person": person}
    found = await desk.run(request, "next_step", wish | {"locale": reader.language})
    step = found.get("step") if isinstance(found, dict) else None
    chosen = isinstance(step, dict) and step.get("message")
    told = reader.say("Decided: see the next step.")
    if not chosen:
        told = reader.say("Nothing is worth a contact now; the step says why.")
    return desk.done(request, f"{account_path(group_id)}#next-step", Notice(told))
