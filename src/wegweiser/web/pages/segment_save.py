"""Saving a segment from its page: what asks for it is said first, and it can be taken back."""

import re

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk, Notice
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.pages.segment_history import version_of
from wegweiser.web.pages.segment_rows import when_of
from wegweiser.web.text import mark
from wegweiser.workspace.segment_operations import asked_for_by

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
BAD_KEY = mark(
    "{value} is no short name. It is made of small letters, digits and hyphens, such as big-teams."
)
USED = mark("This segment is used by {users}. Tick the box below to change it for all of them.")
MEANWHILE = mark(
    "Meanwhile somebody changed this segment; its rule is now {rule}. Save once more to put yours"
    " in its place."
)
EXISTS = mark("There is a segment of this name. Tick the box below to change it.")


async def save_segment(desk: Desk, request: Request) -> Response:
    """Save a rule under a name; goes back to the form where something has to be said first."""
    # The page shows faults with everything that was typed.
    from wegweiser.web.pages.segments import show_segments

    form = await read_form(request, desk.form_limits)
    fault = fault_of(desk, request, form)
    if fault is not None or when_of(form)[1]:
        faults = () if fault is None else (fault,)
        return await show_segments(desk, request, form, faults)
    key, held = form["key"].strip(), desk.site.segments.get(form["key"].strip())
    document: JsonObject = {"kind": "segment", "key": key, "of": form.get("of", "person")}
    document |= {"when": when_of(form)[0], "name": form.get("title", "").strip() or key}
    if "description" in form:
        document["description"] = form["description"]
    elif held is not None:
        document["description"] = held.description
    by, reader = request.scope["operator"].name, desk.reader(request)
    try:
        await desk.run(request, "apply", {"documents": [document], "by": by})
    except InputRefused as error:
        return await show_segments(desk, request, form, (("when", said_to(reader, error)),))
    if held is None:
        notice = Notice(
            reader.say("The segment is saved; everybody is being looked at."),
            undo="/segments/remove",
            fields=(("key", key),),
        )
    else:
        fields = {"of": held.of, "when": held.when, "title": held.name, "sure": "1"}
        notice = Notice(
            reader.say("The segment is changed; everybody is being looked at again."),
            undo="/segments/save",
            fields=(("key", key), *fields.items()),
        )
    return desk.done(request, f"/segments/{key}", notice)


def fault_of(desk: Desk, request: Request, form: dict[str, str]) -> tuple[str, str] | None:
    """Say what keeps a form from being saved: the field, and the sentence."""
    reader, key = desk.reader(request), form.get("key", "").strip()
    if not KEY.fullmatch(key):
        return "key", reader.say(BAD_KEY, value=key[:100] or "–")
    held = desk.site.segments.get(key)
    if held is None:
        return None
    if form.get("version", "") not in ("", version_of(desk.site, key)):
        return "when", reader.say(MEANWHILE, rule=held.when)
    if form.get("sure"):
        return None
    users = asked_for_by(desk.site, key)
    if users:
        return "sure", reader.say(USED, users=", ".join(users))
    return "sure", reader.say(EXISTS)


async def remove_segment(desk: Desk, request: Request) -> Response:
    """Take a segment back that was saved just now."""
    key = (await read_form(request, desk.form_limits)).get("key", "")
    await desk.run(request, "segment_remove", {"key": key})
    notice = Notice(desk.reader(request).say("The segment is gone again."))
    return desk.done(request, "/segments", notice)
