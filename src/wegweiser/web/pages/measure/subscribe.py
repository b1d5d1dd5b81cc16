"""Have a tab sent by mail: the form becomes a report, which is kept and sent as any other."""

import re
from collections.abc import Sequence

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.measure.asking import EARLIER, OF_CHANGE, is_of_period
from wegweiser.web.pages.measure.tabs import Tab
from wegweiser.web.text import Reader, mark

EVERY = {"day": mark("Every day"), "week": mark("Every week"), "month": mark("Every month")}
LANGUAGES = (("en", "English"), ("de", "Deutsch"))
# What the document asks for is narrower; this says the most common slip in the reader's words.
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NO_ADDRESS = mark("{value} is no mail address. Write one such as ada@example.com.")
SINCE_EVER = "1970-01-01"
OF_FRAME = ("from", "to", "zone", "compare")


class Said(msgspec.Struct, frozen=True):
    """What a form said, and what was wrong with it."""

    given: dict[str, str]
    faults: tuple[tuple[str, str], ...] = ()
    notice: Notice | None = None


async def said_by(desk: Desk, request: Request, tab: Tab, wishes: Sequence[Wish]) -> Said:
    """Keep or remove the report that a form asks for; says what was wrong."""
    form, reader = await read_form(request, desk.form_limits), desk.reader(request)
    operator = desk.who(request)
    name = operator.name if operator else ""
    try:
        if form.get("do") == "unsubscribe":
            _require_own(desk, request, tab, form.get("key", ""), name)
            await desk.run(request, "report_remove", {"key": form.get("key", "")})
            return Said(form, notice=Notice(reader.say("The report is not sent any more.")))
        address = form.get("to", "").strip()
        if not ADDRESS.fullmatch(address):
            return Said(form, (("to", reader.say(NO_ADDRESS, value=address[:100])),))
        document = _document(desk, tab, wishes, form, name)
        await desk.run(request, "apply", {"documents": [document], "by": name})
    except DocumentRefused as error:
        return Said(form, (("to", error.reason_said(reader.language)),))
    except InputRefused as error:
        return Said(form, (("to", error.said(reader.language)),))
    told = reader.say("The page is sent to {address}.", address=form.get("to", ""))
    fields = (("do", "unsubscribe"), ("key", str(document["key"])))
    return Said(form, notice=Notice(told, tab.path, fields))


def _require_own(desk: Desk, request: Request, tab: Tab, key: str, name: str) -> None:
    """Refuse to take away what somebody else has sent, unless the workspace is theirs to set up."""
    own = {_key(tab, every, name) for every in EVERY}
    if key not in own and not desk.may(request, "configure"):
        told = desk.reader(request).say("This report is somebody else's.")
        raise InputRefused("not_yours", told, 403, "key")


def _key(tab: Tab, every: str, name: str) -> str:
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name.lower())
    return f"measure-{tab.key}-{every}-{plain}"[:80]


def form_of(desk: Desk, request: Request, tab: Tab, given: dict[str, str]) -> Form:
    """Make the form; it is filled with what was given, else with who is signed in."""
    reader, operator = desk.reader(request), desk.who(request)
    address = given.get("to", operator.email if operator else "")
    every = tuple((value, reader.say(words)) for value, words in EVERY.items())
    fields = (
        Field("to", reader.say("E-mail address"), address, "email", required=True),
        Field("every", reader.say("How often"), given.get("every", "week"), options=every),
        Field(
            "language",
            reader.say("Language"),
            given.get("language", reader.language),
            options=LANGUAGES,
        ),
    )
    sentence = reader.say("The same sentences, charts and tables come by mail when there is news.")
    return Form(
        reader.say("Have this page sent"), fields, path=tab.path, sentence=sentence, main=False
    )


def _document(
    desk: Desk, tab: Tab, wishes: Sequence[Wish], form: dict[str, str], name: str
) -> JsonObject:
    every, language = form.get("every", "week"), form.get("language", "en")
    title: JsonObject = {code: Reader(code, "UTC", 0).say(tab.question) for code, _ in LANGUAGES}
    measures: list[Json] = [_shown(one) for one in wishes]
    schedule: JsonObject = {"every": every, "zone": desk.site.settings.time_zone}
    return {
        "kind": "report",
        "key": _key(tab, every, name),
        "title": title,
        "language": language,
        "measures": measures,
        "schedule": schedule,
        "to": [form.get("to", "").strip()],
    }


def _shown(one: Wish) -> JsonObject:
    """Say what is asked in the report: about the time since the last one, or about all time."""
    options: JsonObject = {name: text for name, text in one.options if name not in OF_FRAME}
    if not is_of_period(one.measure):
        options["from"] = SINCE_EVER
    elif one.measure.startswith(OF_CHANGE):
        options["compare"] = EARLIER["before"]
    return {"name": one.measure, "options": options}
