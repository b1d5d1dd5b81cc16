"""The tag: the lines for a website, and whether it sends already, page by page."""

import json
from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.data.reasons import reason_of
from wegweiser.web.pages.data.show import Card, DataPage, show_data
from wegweiser.web.pages.data.told import ago, moment_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form
from wegweiser.web.pages.frame.gate import waiting
from wegweiser.web.pages.frame.refusals import OF_SOURCES, refusal
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader, mark

HERE = "/data/tag"
CONSENTS = (
    ("off", mark("do nothing")),
    ("count", mark("count only, without any id")),
    ("full", mark("everything, as consent was asked for elsewhere")),
)
PURPOSES = (
    ("website", mark("A website")),
    ("server", mark("A server or an app")),
    ("files", mark("Files and systems of the company")),
)


async def tag(desk: Desk, request: Request) -> Response:
    """Show the lines for a source and what came from it, or make a key for it first."""
    asked = request.query_params
    source, consent = asked.get("source", ""), asked.get("consent", "")
    if request.method != "POST":
        return await show_tag(desk, request, source, consent)
    form = await read_form(request, desk.form_limits)
    wish: JsonObject = {"source": source, "public": True, "scopes": []}
    try:
        made = await desk.run(request, "key_create", {**wish, "settings": {"label": "tag"}})
    except NotFound as error:
        raise InputRefused("bad_form", "The form cannot be read.", 422) from error
    consent = form.get("consent", consent)
    key = word_in(made, "key") if isinstance(made, dict) else ""
    return await show_tag(desk, request, source, consent, key)


async def show_tag(
    desk: Desk, request: Request, source: str, consent: str, key: str = ""
) -> Response:
    """Write the page; `key` is there only just after it was made."""
    reader = desk.reader(request)
    consent = consent if consent in dict(CONSENTS) else "off"
    names = [one.name for one in desk.site.callers.sources()]
    source = source if source in names else ""
    choice = _choice(reader, names, source, consent)
    if not source:
        answer = reader.say("Choose the source for which your website sends.")
        return show_data(desk, request, DataPage(answer=answer, still=(choice,)))
    rows = rows_in(await desk.run(request, "arrival_list", {"source": source}))
    answer, heard = _heard(reader, rows)
    page = DataPage(
        answer=answer,
        sections=(_listening(reader, rows),),
        still=(_snippet(desk, reader, source, consent, key), _agreed(reader, consent), choice),
        stream="/data/stream",
        again=not heard and not key,
    )
    return show_data(desk, request, page)


def _choice(reader: Reader, names: list[str], source: str, consent: str) -> Card:
    sources = tuple((name, name) for name in names)
    path = f"{HERE}?" + urlencode({"source": source, "consent": consent})
    fields = (_consent_field(reader, consent),)
    forms = (Form(reader.say("Make key and show lines"), fields, path=path),) if source else ()
    links = tuple(
        (f"{HERE}?" + urlencode({"source": name}), reader.say("Lines for {source}", source=name))
        for name, _ in sources
        if name != source
    )
    told = reader.say("A key that stands in pages is public: it can send, and read nothing.")
    if not names:
        links = (("/data/start", reader.say("Connect your own data")),)
    return Card(reader.say("Source and consent"), told, forms=forms, links=links)


def _consent_field(reader: Reader, consent: str) -> Field:
    options = tuple((value, reader.say(words)) for value, words in CONSENTS)
    label = reader.say("Until somebody has decided on consent")
    return Field("consent", label, consent, options=options)


def _snippet(desk: Desk, reader: Reader, source: str, consent: str, key: str) -> Card:
    """Write the line for the head of every page; the host and the key stand in it."""
    host = desk.site.address.rstrip("/")
    chosen = "" if consent == "off" else f' data-consent="{consent}"'
    line = (
        f'<script async src="{escape(host)}/wegweiser.js"'
        f' data-write-key="{escape(key or "wgw_pk_…")}"{chosen}></script>'
    )
    told = reader.say("Put this line into the head of every page.")
    if not key:
        told = reader.say("Put in the key that you were shown, or make another one below.")
    facts = ((reader.say("Source"), source),)
    return Card(reader.say("Lines for your website"), told, code=line, facts=facts)


def _agreed(reader: Reader, consent: str) -> Card:
    """Say what the page calls once somebody has decided; without it nothing may ever come."""
    told = reader.say("Have your consent banner call this as soon as somebody has decided.")
    if consent == "off":
        told = reader.say(
            "Before somebody has agreed the tag does nothing, and no event comes. Have your consent"
            " banner call this as soon as somebody agrees. To try it, open your page and type it"
            " into the console of the browser."
        )
    said = "wegweiser.consent({measurement: true, personalisation: true, sharing: false});"
    return Card(reader.say("When somebody agrees"), told, code=said)


def _heard(reader: Reader, rows: list[JsonObject]) -> tuple[str, bool]:
    """Say when the first event came and from where; whether any could be used."""
    used = [one for one in rows if word_in(one, "fate") in ("stored", "duplicate")]
    if not used:
        return reader.say("Listening … Open a page of your website now."), False
    first = used[-1]
    words = {
        "ago": ago(reader, moment_in(first, "received_at") or reader.now),
        "host": _page_of(first.get("element"))[0] or word_in(first, "source"),
    }
    if len(rows) < 200:
        return reader.say("First event {ago} from {host}.", **words), True
    words["ago"] = ago(reader, moment_in(used[0], "received_at") or reader.now)
    return reader.say("Last event {ago} from {host}.", **words), True


def _listening(reader: Reader, rows: list[JsonObject]) -> Card:
    """Show the last verdict of each page that sends."""
    if not rows:
        return Card(reader.say("Listening"), gate=waiting(reader))
    newest: dict[tuple[str, str], JsonObject] = {}
    counts: dict[tuple[str, str], int] = {}
    for one in rows:
        page = _page_of(one.get("element"))
        newest.setdefault(page, one)
        counts[page] = counts.get(page, 0) + 1
    columns = (
        Column(reader.say("Page")),
        Column(reader.say("Last event")),
        Column(reader.say("Events"), number=True),
        Column(reader.say("What became of it")),
    )
    found = tuple(_page_row(reader, page, one, counts[page]) for page, one in newest.items())
    return Card(reader.say("What your pages sent"), table=Table(columns, found))


def _page_row(reader: Reader, page: tuple[str, str], one: JsonObject, count: int) -> Row:
    at, aside = moment_in(one, "received_at"), word_in(one, "fate") == "quarantined"
    path = f"/data/quarantine/{word_in(one, 'quarantine_id')}" if aside else ""
    verdict = reader.say("stored")
    if aside:
        verdict = reason_of(reader, word_in(one, "code"))
    return Row(
        (
            Cell("".join(page) or reader.say("no page stated")),
            Cell("–" if at is None else ago(reader, at)),
            Cell(reader.number(count)),
            Cell(verdict, path=path, tone="bad" if aside else "good"),
        )
    )


def _page_of(element: Json) -> tuple[str, str]:
    """Read host and path of the page on which an element was made; both empty for none."""
    context = element.get("context") if isinstance(element, dict) else None
    page = context.get("page") if isinstance(context, dict) else None
    address = page.get("url") if isinstance(page, dict) else None
    if not isinstance(address, str):
        return "", ""
    try:
        found = urlsplit(address)
    except ValueError:
        return "", ""
    return found.netloc[:100], found.path[:200]


async def start(desk: Desk, request: Request) -> Response:
    """Ask what is to be connected, make a source for it, and lead on."""
    reader, fault = desk.reader(request), ""
    form: dict[str, str] = {}
    if request.method == "POST":
        form = await read_form(request, desk.form_limits)
        name, purpose = form.get("name", "").strip(), form.get("purpose", "website")
        try:
            made = await desk.run(request, "source_create", {"name": name, "kind": _kind(purpose)})
        except InputRefused as error:
            fault = refusal(reader, error, OF_SOURCES, form, "name")[1]
        else:
            return _made(desk, request, made if isinstance(made, dict) else {}, purpose)
    options = tuple((value, reader.say(words)) for value, words in PURPOSES)
    fields = (
        Field("name", reader.say("Name of the source"), form.get("name", ""), required=True),
        Field("purpose", reader.say("What sends?"), form.get("purpose", ""), options=options),
    )
    card = Card(
        reader.say("Your own data"),
        reader.say("Give a name to what sends, for example website or shop."),
        forms=(Form(reader.say("Make source"), fields),),
    )
    cards = (*([_demo(reader)] if desk.site.demo else []), card)
    answer = reader.say("A source and one line in your pages, and your own data comes in.")
    faults = (("name", fault),) if fault else ()
    return show_data(desk, request, DataPage(answer=answer, sections=cards, faults=faults))


def _kind(purpose: str) -> str:
    return "bulk" if purpose == "files" else "live"


def _demo(reader: Reader) -> Card:
    """Say that the demo company lives in a folder of its own, which own data should never join."""
    told = reader.say(
        "This is the demo company. It lives in a folder of its own: start a workspace for your"
        " own data beside it, and remove the demo with one button when you need it no more."
    )
    links = (("/settings/demo", reader.say("Remove demo company")),)
    return Card(
        reader.say("Demo data"),
        told,
        code="wegweiser serve --data ./my-company --port 8001",
        links=links,
    )


def _made(desk: Desk, request: Request, made: JsonObject, purpose: str) -> Response:
    """Show the keys this once, with the next step for what sends."""
    reader, name = desk.reader(request), word_in(made, "source")
    keys = "\n".join(f"{one}: {word_in(made, one)}" for one in ("write_key", "secret_key"))
    told = reader.say("These keys are shown this once. Copy them now.")
    cards = [Card(reader.say("New keys"), told, code=keys)]
    if purpose == "website":
        cards.append(_snippet(desk, reader, name, "off", word_in(made, "write_key")))
        cards.append(_agreed(reader, "off"))
    elif purpose == "server":
        cards.append(Card(reader.say("First event"), code=_curl(desk, word_in(made, "secret_key"))))
    else:
        line = "wegweiser load orders.csv --mapping orders.yaml --data FOLDER"
        cards.append(Card(reader.say("First file"), code=line))
    path = f"{HERE}?" + urlencode({"source": name})
    listen = Card(reader.say("Next"), links=((path, reader.say("Listen for the first event")),))
    answer = reader.say("The source {source} may send now.", source=name)
    return show_data(desk, request, DataPage(answer=answer, sections=(*cards, listen)))


def _curl(desk: Desk, key: str) -> str:
    event = {"userId": "u-1", "event": "Demo Booked"}
    address = f"{desk.site.address.rstrip('/')}/v1/track"
    return f"curl {address} -u {key}: -H 'content-type: application/json' -d '{json.dumps(event)}'"
