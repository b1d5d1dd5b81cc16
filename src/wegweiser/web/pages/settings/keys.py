"""Sources and keys: who may send and read, what each key may do, its last use, and its end."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import GRANTABLE_SCOPES
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form, read_lists
from wegweiser.web.pages.frame.fields import Field, Form, Post
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.refusals import OF_SOURCES, refusal
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.settings.proof import proof_page
from wegweiser.web.pages.settings.sections import (
    RoomPage,
    Section,
    moment_in,
    show_room,
    word_in,
)
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import named

HERE = "/settings/keys"
KINDS = {"public": mark("public"), "secret": mark("secret")}
STATES = {
    "active": mark("in use"),
    "paused": mark("paused"),
    "expired": mark("expired"),
    "revoked": mark("revoked"),
}
MAKES = ("source_create", "key_create", "key_rotate")
SCOPES = {
    "ingest": mark("send events, in public"),
    "ingest:trusted": mark("send trusted events and outcomes"),
    "profile:read": mark("read people and accounts"),
    "decide": mark("ask for decisions"),
    "erase": mark("erase and suppress"),
    "export": mark("take out data and figures"),
    "feed": mark("follow changes of profiles"),
    "identity": mark("join and separate people"),
    "admin": mark("set up and change"),
}
# The buttons of a key, and what takes each back.
TURNED = {"key_pause": "key_resume", "key_resume": "key_pause"}


async def keys(desk: Desk, request: Request) -> Response:
    """Show sources and keys, or do what was asked for."""
    if request.method != "POST":
        return await _page(desk, request)
    form = await read_form(request, desk.form_limits)
    # A key outlasts the session in which it was made.
    makes = form.get("do") in MAKES
    if makes and (asked := await proof_page(desk, request, form)):
        return asked
    try:
        return await _done(desk, request, form)
    except (InputRefused, NotFound) as error:
        fault = refusal(desk.reader(request), error, OF_SOURCES, form, "key")
        return await _page(desk, request, fault=fault)


async def _done(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    reader, done, key = desk.reader(request), form.get("do", ""), form.get("key", "").strip()
    match done:
        case "source_create":
            told = await desk.run(request, done, {"name": form.get("name", "").strip()})
            return await _page(desk, request, _made(told))
        case "key_create":
            told = await desk.run(request, done, await _wanted(desk, request, form))
            return await _page(desk, request, word_in(told, "key"))
        case "key_rotate":
            told = await desk.run(request, done, {"key": key})
            return await _page(desk, request, word_in(told, "key"))
        case "key_pause" | "key_resume":
            await desk.run(request, done, {"key": key})
            back = (("do", TURNED[done]), ("key", key))
            told = reader.say("The key is paused.")
            if done == "key_resume":
                told = reader.say("The key works again.")
            return desk.done(request, HERE, Notice(told, HERE, back))
        case "key_revoke":
            if form.get("again", "").strip() != key:
                told = reader.say("Type the id of the key exactly to revoke it for ever.")
                raise InputRefused("not_confirmed", told, 422, "again")
            await desk.run(request, done, {"key": key})
            return desk.done(request, HERE, Notice(reader.say("The key has ended for ever.")))
    raise InputRefused("bad_form", "The form cannot be read.", 422)


def _made(told: Json) -> str:
    """Write the keys of a new source, one per line."""
    if not isinstance(told, dict):
        return ""
    return "\n".join(f"{name}: {value}" for name, value in told.items() if isinstance(value, str))


async def _wanted(desk: Desk, request: Request, form: dict[str, str]) -> JsonObject:
    lists = await read_lists(request, desk.form_limits)
    scopes: list[Json] = [scope for scope in lists.get("scopes", []) if scope]
    settings: JsonObject = {"label": form.get("label", "").strip()}
    if form.get("allowed_origins", "").strip():
        settings["allowed_origins"] = form["allowed_origins"].strip()
    public = not scopes
    return {
        "source": form.get("source", ""),
        "public": public,
        "scopes": scopes,
        "settings": settings,
    }


async def _page(
    desk: Desk, request: Request, secret: str = "", fault: tuple[str, str] | None = None
) -> Response:
    reader = desk.reader(request)
    listed = rows_in(await desk.run(request, "key_list", {}))
    sources = rows_in(await desk.run(request, "source_list", {}))
    answer = reader.count(
        "{count} source may send; keys in use: {keys}.",
        "{count} sources may send; keys in use: {keys}.",
        len(sources),
        keys=reader.number(sum(word_in(one, "state") == "active" for one in listed)),
    )
    if not sources:
        answer = reader.say("No source may send yet. Make the first one below.")
    new = [Section(reader.say("New key"), secret=secret)] if secret else []
    ended = [one for one in listed if word_in(one, "state") in ("revoked", "expired")]
    living = [one for one in listed if one not in ended]
    sections = (
        *new,
        Section(reader.say("All keys"), table=_table(reader, living)),
        Section(reader.say("New source"), forms=(_source_form(reader),)),
        *([_key_section(reader, sources)] if sources else []),
        *([_revoke_section(reader, living)] if living else []),
        *([Section(reader.say("Ended keys"), table=_table(reader, ended))] if ended else []),
    )
    return show_room(desk, request, RoomPage(answer, sections, (fault,) if fault else ()))


def _table(reader: Reader, listed: list[JsonObject]) -> Table:
    columns = (
        Column(reader.say("Key")),
        Column(reader.say("Source")),
        Column(reader.say("Kind")),
        Column(reader.say("May do")),
        Column(reader.say("State")),
        Column(reader.say("Last used")),
        Column(reader.say("What to do"), plain=True),
    )
    nothing = reader.say("There is no key yet.")
    return Table(columns, tuple(_row(reader, one) for one in listed), nothing)


def _row(reader: Reader, one: JsonObject) -> Row:
    key, state = word_in(one, "key_id"), word_in(one, "state")
    kind = named(reader, KINDS, word_in(one, "kind"))
    return Row(
        (
            Cell(key, code=True, note=word_in(one, "label")),
            Cell(word_in(one, "source")),
            Cell(kind),
            Cell(_may_do(reader, one), note=word_in(one, "allowed_origins")),
            Cell(named(reader, STATES, state)),
            Cell(moment_in(reader, one, "last_used_at")),
            Cell("", posts=tuple(_buttons(reader, key, state))),
        )
    )


def _may_do(reader: Reader, one: JsonObject) -> str:
    scopes = one.get("scopes")
    listed = scopes if isinstance(scopes, list) else []
    return reader.all_of([named(reader, SCOPES, str(scope)) for scope in listed])


def _buttons(reader: Reader, key: str, state: str) -> list[Post]:
    if state not in ("active", "paused"):
        return []
    turn, words = "key_pause", reader.say("Pause")
    if state == "paused":
        turn, words = "key_resume", reader.say("Let it work again")
    rotate = reader.say("Replace")
    return [
        Post(words, f"{words}: {key}", (("do", turn), ("key", key))),
        Post(rotate, f"{rotate}: {key}", (("do", "key_rotate"), ("key", key))),
    ]


def _source_form(reader: Reader) -> Form:
    name = Field("name", reader.say("Name of the source"), required=True)
    told = reader.say("A source is a website, an app or a file. It comes with two keys.")
    return Form(reader.say("Make source"), (name,), (("do", "source_create"),), sentence=told)


def _key_section(reader: Reader, sources: list[JsonObject]) -> Section:
    names = tuple((word_in(one, "name"), word_in(one, "name")) for one in sources)
    public = ("", reader.say("only send, from a browser (public)"))
    scopes = (
        public,
        *((scope, f"{named(reader, SCOPES, scope)} ({scope})") for scope in GRANTABLE_SCOPES),
    )
    form = Form(
        reader.say("Make key"),
        (
            Field("source", reader.say("Source"), options=names),
            Field("scopes", reader.say("May do"), options=scopes),
            Field("label", reader.say("Label")),
            Field(
                "allowed_origins",
                reader.say("Only from these websites"),
                help=reader.say("For public keys, for example https://www.example.com."),
            ),
        ),
        (("do", "key_create"),),
    )
    return Section(reader.say("One more key"), forms=(form,))


def _revoke_section(reader: Reader, living: list[JsonObject]) -> Section:
    ids = tuple((word_in(one, "key_id"), word_in(one, "key_id")) for one in living)
    form = Form(
        reader.say("Revoke key"),
        (
            Field("key", reader.say("Key"), options=ids),
            Field("again", reader.say("Type the id of the key once more"), required=True),
        ),
        (("do", "key_revoke"),),
        main=False,
    )
    told = reader.say("Whatever sends or reads with it is refused within five seconds, for ever.")
    return Section(reader.say("Revoke a key"), told, forms=(form,))
