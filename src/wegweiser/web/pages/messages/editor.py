"""The editor of a message: the form, its checks, and what it would do before it is published."""

from zlib import crc32

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import Fault, read_form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.pages.goal_names import goal_name
from wegweiser.web.pages.messages.effect import Checked, Effect, FaultTold, effect_of
from wegweiser.web.pages.messages.form import (
    VariantRow,
    document_of,
    field_of,
    rows_of,
    values_of,
)
from wegweiser.web.pages.messages.standing import (
    STATES,
    draft_of,
    message_path,
    published_document,
)
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import CHANNELS
from wegweiser.workspace.message_operations import draft_name

LABELS = {
    "": mark("may get it (a hard rule)"),
    "applicable": mark("makes sense now"),
    "suitable": mark("is wise"),
}
UNKNOWNS = {
    "": mark("as usual"),
    "exclude": mark("does not get it"),
    "pass": mark("gets it all the same"),
}
KEEPING = ("save", "submit", "publish")
NEW = "new"


class Held(msgspec.Struct, frozen=True):
    """What stands before the edit: the document, its draft's state, and a mark of its version."""

    key: str
    document: JsonObject
    version: str
    draft: str = ""
    authors: tuple[str, ...] = ()
    live: bool = False


class EditorPage(msgspec.Struct, frozen=True):
    """The form with what stands in it, what is wrong, and what it would do."""

    is_new: bool
    values: dict[str, str]
    rules: tuple[int, ...]
    variants: tuple[VariantRow, ...]
    faults: tuple[tuple[str, str], ...]
    goals: tuple[tuple[str, str], ...]
    channels: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...]
    unknowns: tuple[tuple[str, str], ...]
    version: str
    state: str
    authors: str
    reviewing: str
    needs_review: bool
    may_publish: bool
    theirs: str
    effect: Effect | None
    back: str
    action: str


async def new_message(desk: Desk, request: Request) -> Response:
    """Show an empty editor, or take what was written into it."""
    return await _answer(desk, request, Held("", {}, ""))


async def edit_message(desk: Desk, request: Request) -> Response:
    """Show the editor of a message, or take what was written into it."""
    return await _answer(desk, request, await held(desk, request, request.path_params["key"]))


async def held(desk: Desk, request: Request, key: str) -> Held:
    """Find what is edited: the draft, else what is published; raises NotFound."""
    document, draft = published_document(desk, key), await draft_of(desk, request, key)
    if draft is not None:
        told, written = draft
        return Held(
            key, written, _mark(written), told.status, told.authors, live=document is not None
        )
    if document is None:
        raise NotFound(desk.reader(request).say("There is no message of this name."))
    return Held(key, document, _mark(document), live=True)


def _mark(document: JsonObject) -> str:
    return f"{crc32(msgspec.json.encode(document, order='sorted')):08x}"


async def _answer(desk: Desk, request: Request, before: Held) -> Response:
    reader = desk.reader(request)
    if request.method != "POST":
        return await show(desk, request, before, values_of(before.document, reader))
    form = await read_form(request, desk.form_limits)
    values = form if not before.key else {**form, "key": before.key}
    do = form.get("do", "look")
    if do in ("discard", "approve", "publish_draft"):
        return await _with_draft(desk, request, before, do)
    document, faults = document_of(reader, values, before.document)
    faults += await _key_faults(desk, request, before, str(document["key"]))
    stale = do in KEEPING and bool(before.key) and form.get("version", "") != before.version
    if stale or any(fault.field == "key" for fault in faults):
        return await show(desk, request, before, values, faults, stale=stale)
    return await _taken(desk, request, before, values, document, faults, do)


async def _key_faults(desk: Desk, request: Request, before: Held, key: str) -> list[Fault]:
    reader = desk.reader(request)
    if not key:
        return [Fault("key", reader.say("Give the message a short name, such as spring-offer."))]
    if before.key:
        return []
    taken = published_document(desk, key) is not None
    if key == NEW or taken or await draft_of(desk, request, key) is not None:
        told = reader.say("There is a message {key} already; choose another name.", key=key)
        return [Fault("key", told)]
    return []


async def _taken(
    desk: Desk,
    request: Request,
    before: Held,
    values: dict[str, str],
    document: JsonObject,
    faults: list[Fault],
    do: str,
) -> Response:
    """Check what was written; keep it, hand it on, or show what it would do."""
    checked = await check(desk, request, document)
    reader = desk.reader(request)
    faults = [*faults, *(_fault_told(reader, one) for one in checked.faults)]
    if do not in KEEPING:
        effect = None
        if not faults:
            looked_for = values.get("person", "").strip()[:200]
            effect, more = await effect_of(desk, request, checked, looked_for, do == "simulate")
            faults += more
        return await show(desk, request, before, values, faults, effect)
    key, is_kept = str(document["key"]), bool(before.key)
    try:
        await _run(desk, request, "message_save", {"document": document})
        is_kept = True
        if not faults:
            return await _kept(desk, request, key, do)
    except InputRefused as error:
        faults.append(Fault("", said_to(reader, error)))
    # What was saved in spite of its faults is a draft now, and is sent as one the next time.
    after = await held(desk, request, key) if is_kept else before
    return await show(desk, request, after, values, faults)


def _fault_told(reader: Reader, one: FaultTold) -> Fault:
    return Fault(field_of(one.path), one.sentence.get(reader.language, one.reason))


async def check(desk: Desk, request: Request, document: JsonObject) -> Checked:
    """Check a document as its publication would."""
    return msgspec.convert(
        await desk.run(request, "message_check", {"document": document}), Checked
    )


async def _kept(desk: Desk, request: Request, key: str, do: str) -> Response:
    """Go on after a draft was saved: with the form, with its review, or with the live message."""
    reader = desk.reader(request)
    if do == "publish":
        return await publish(desk, request, key)
    if do == "submit":
        await _run(desk, request, "draft_submit", {"name": draft_name(key)})
        told = reader.say("{key} waits for somebody else to approve it.", key=key)
        return desk.done(request, message_path(key, "/edit"), Notice(told))
    told = reader.say("The draft of {key} is saved. Nobody gets it yet.", key=key)
    return desk.done(request, message_path(key, "/edit"), Notice(told))


async def publish(desk: Desk, request: Request, key: str) -> Response:
    """Publish the draft of a message; the notice offers to publish the version before again."""
    reader = desk.reader(request)
    before = desk.site.unifier.policies.bundle.number
    if not desk.may(request, "publish"):
        told = reader.say("Your role does not publish. Hand it in for review.")
        raise InputRefused("not_allowed", told, 403)
    await _run(desk, request, "draft_publish", {"name": draft_name(key)})
    notice = Notice(
        reader.say("{key} is published and decides from now on.", key=key),
        undo=message_path(key, "/restore"),
        fields=(("number", str(before)),),
    )
    return desk.done(request, message_path(key), notice)


async def _with_draft(desk: Desk, request: Request, before: Held, do: str) -> Response:
    """Discard, approve or publish the draft as it is kept."""
    reader, key = desk.reader(request), before.key
    values = values_of(before.document, reader)
    try:
        if do == "publish_draft":
            return await publish(desk, request, key)
        if do == "approve":
            await _run(desk, request, "draft_approve", {"name": draft_name(key)})
            told = reader.say("{key} is approved and can be published.", key=key)
            return desk.done(request, message_path(key, "/edit"), Notice(told))
        await _run(desk, request, "draft_discard", {"name": draft_name(key)})
    except InputRefused as error:
        return await show(desk, request, before, values, [Fault("", said_to(reader, error))])
    fields = (("do", "save"), *values.items())
    where = message_path(key, "/edit") if before.live else "/messages/new"
    version = (("version", _mark(published_document(desk, key) or {})),)
    told = reader.say("The draft of {key} is discarded.", key=key)
    notice = Notice(told, undo=where, fields=(*fields, *version))
    return desk.done(request, message_path(key) if before.live else "/messages", notice)


async def _run(desk: Desk, request: Request, operation: str, arguments: JsonObject) -> Json:
    """Run an operation in the name of whoever is signed in."""
    operator = desk.who(request)
    by: JsonObject = {"by": operator.name if operator else ""}
    return await desk.run(request, operation, {**arguments, **by})


async def show(
    desk: Desk,
    request: Request,
    before: Held,
    values: dict[str, str],
    faults: list[Fault] | None = None,
    effect: Effect | None = None,
    stale: bool = False,
) -> Response:
    """Write the editor with what stands in it."""
    reader = desk.reader(request)
    told = list(faults or [])
    if stale:
        names = reader.all_of(before.authors)
        sentence = reader.say(
            "Meanwhile somebody changed this ({names}). Their version stands below; whoever"
            " saves now puts theirs in its place.",
            names=names,
        )
        told.insert(0, Fault("", sentence))
    page = _page(desk, request, reader, before, values, told, effect, stale)
    title = reader.say("Edit {key}", key=before.key) if before.key else reader.say("New message")
    crumbs = [("/messages", reader.say("Messages"))]
    if before.live:
        crumbs.append((message_path(before.key), before.key))
    question = reader.say("What shall be said, and to whom?")
    frame = desk.frame(request, title, question, crumbs=tuple(crumbs))
    return desk.render(request, "messages/editor.html", frame, page, 422 if told else 200)


def _page(
    desk: Desk,
    request: Request,
    reader: Reader,
    before: Held,
    values: dict[str, str],
    faults: list[Fault],
    effect: Effect | None,
    stale: bool,
) -> EditorPage:
    rules, variants = rows_of(values)
    declared = desk.site.unifier.policies.bundle.goals
    goals = [(one.key, goal_name(declared, one.key)) for one in declared]
    theirs = msgspec.json.format(msgspec.json.encode(before.document)).decode() if stale else ""
    return EditorPage(
        is_new=not before.key,
        values=values,
        rules=rules,
        variants=variants,
        faults=tuple((one.field, one.sentence) for one in faults),
        goals=(("", reader.say("none")), *goals),
        channels=_choices(reader, CHANNELS),
        labels=_choices(reader, LABELS),
        unknowns=_choices(reader, UNKNOWNS),
        version=before.version,
        state=reader.say(STATES[before.draft]) if before.draft else "",
        authors=reader.all_of(before.authors),
        reviewing=before.draft,
        needs_review=desk.site.applier.needs_review,
        may_publish=desk.may(request, "publish"),
        theirs=theirs,
        effect=effect,
        back=message_path(before.key) if before.live else "/messages",
        action=message_path(before.key, "/edit") if before.key else "/messages/new",
    )


def _choices(reader: Reader, names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((code, reader.say(words)) for code, words in names.items())
