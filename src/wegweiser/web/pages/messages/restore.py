"""Take up an earlier version of a message, or let it pause; both are publications of their own."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.messages.standing import (
    message_path,
    published,
    published_document,
)
from wegweiser.workspace.message_operations import document_of, draft_name


async def restore(desk: Desk, request: Request) -> Response:
    """Publish the version of a message that stood in an earlier bundle; none takes it out."""
    reader, key = desk.reader(request), request.path_params["key"]
    written = (await read_form(request, desk.form_limits)).get("number", "")
    if not written.isdecimal() or len(written) > 9:
        raise InputRefused(
            "bad_number", wrong("number_of", name="number", what="publication"), 422, "number"
        )
    number = int(written)
    wanted = None
    if number:
        wanted = document_of(desk.site.unifier.policies.numbered(number), key)
    if wanted is None and published(desk, key) is None:
        raise NotFound(reader.say("There is no message of this name."))
    gone: JsonObject = {"kind": "message", "key": key, "deleted": True}
    reason = f"version of publication {number}" if number else "taken out again"
    if wanted is None:
        told = reader.say("{key} is taken out again.", key=key)
    else:
        told = reader.say("The earlier version of {key} decides again.", key=key)
    return await _publish(desk, request, key, wanted or gone, reason, told)


async def pause(desk: Desk, request: Request) -> Response:
    """Stop a message at once, or let it go on."""
    reader, key = desk.reader(request), request.path_params["key"]
    document = published_document(desk, key)
    if document is None:
        raise NotFound(reader.say("There is no message of this name."))
    stopped = document.pop("stopped", False) is True
    if stopped:
        return await _publish(
            desk, request, key, document, "goes on", reader.say("{key} goes on.", key=key)
        )
    told = reader.say("{key} pauses; nobody gets it.", key=key)
    return await _publish(desk, request, key, {**document, "stopped": True}, "paused", told)


async def _publish(
    desk: Desk, request: Request, key: str, document: JsonObject, reason: str, told: str
) -> Response:
    """Publish one document; where a second person has to approve, it becomes a draft in review."""
    reader, site = desk.reader(request), desk.site
    operator = desk.who(request)
    said: JsonObject = {"by": operator.name if operator else "", "reason": reason}
    before = site.unifier.policies.bundle.number
    if site.applier.needs_review:
        if document.get("deleted") is True:
            refused = reader.say("Taking a message out needs a second person; let it pause.")
            raise InputRefused("needs_approval", refused, 403)
        await desk.run(request, "message_save", {**said, "document": document})
        await desk.run(request, "draft_submit", {**said, "name": draft_name(key)})
        waits = reader.say("{key} waits for somebody else to approve it.", key=key)
        return desk.done(request, message_path(key), Notice(waits))
    await desk.run(request, "apply", {**said, "documents": [document]})
    undo = message_path(key, "/restore")
    notice = Notice(told, undo=undo, fields=(("number", str(before)),))
    where = message_path(key) if published(desk, key) else "/messages"
    return desk.done(request, where, notice)
