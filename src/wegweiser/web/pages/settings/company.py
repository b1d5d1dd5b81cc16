"""Company: for whom this workspace is, its week, its holidays, and what stands below its mails."""

from datetime import date, timedelta

from babel.dates import get_day_names
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.role import ROLES, STRONG_ROLES
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Field, Form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.pages.settings.sections import RoomPage, Section, show_room, word_in
from wegweiser.web.text import Reader, mark

HERE = "/settings/company"
LANGUAGES = (("en", "English"), ("de", "Deutsch"))
WEEKS = ("0,1,2,3,4", "0,1,2,3,4,5", "6,0,1,2,3", "0,1,2,3,4,5,6")
SENTENCES = {
    "name": mark("The name has at most 100 signs."),
    "currency": mark("A currency has three capital letters, for example EUR."),
    "time_zone": mark("A time zone is a place such as Europe/Berlin, or UTC."),
    "holidays": mark("Write one holiday per line, the day first: 2026-12-25 Christmas."),
    "legal_footer": mark("The footer is plain text of at most 2,000 signs."),
}


async def company(desk: Desk, request: Request) -> Response:
    """Show the company, or change it."""
    if request.method != "POST":
        return await _page(desk, request)
    form = await read_form(request, desk.form_limits)
    reader = desk.reader(request)
    try:
        told = await desk.run(request, "company_set", _wished(form))
    except InputRefused as error:
        field = error.field or ""
        sentence = reader.say(SENTENCES[field]) if field in SENTENCES else said_to(reader, error)
        return await _page(desk, request, ((field, sentence),))
    before = told.get("before") if isinstance(told, dict) else {}
    back = tuple(_written(before).items())
    notice = Notice(reader.say("The company is changed."), HERE, back)
    return desk.done(request, HERE, notice)


def _wished(form: dict[str, str]) -> JsonObject:
    """Read the form; raises InputRefused for holidays that are no days."""
    week = sorted(int(day) for day in form.get("working_days", "").split(",") if day.isdecimal())
    return {
        **{name: form.get(name, "").strip() for name in ("name", "language", "time_zone")},
        "currency": form.get("currency", "").strip().upper(),
        "working_days": [*week],
        "holidays": _holidays(form.get("holidays", "")),
        "legal_footer": form.get("legal_footer", "").replace("\r\n", "\n").strip(),
        "factor_roles": [one for one in form.get("factor_roles", "").split(",") if one],
    }


def _holidays(text: str) -> JsonObject:
    found: JsonObject = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, _, name = line.partition(" ")
        if not name.strip():
            raise InputRefused(
                "bad_input", wrong("holiday_name", line=repr(line[:60])), 422, "holidays"
            )
        found[day] = name.strip()
    return found


def _written(told: Json) -> dict[str, str]:
    """Write the values as the fields of the form hold them."""
    values = told if isinstance(told, dict) else {}
    days, holidays = values.get("working_days"), values.get("holidays")
    roles = values.get("factor_roles")
    week = [str(day) for day in days] if isinstance(days, list) else []
    lines = holidays.items() if isinstance(holidays, dict) else ()
    return {
        **{name: word_in(values, name) for name in ("name", "language", "currency", "time_zone")},
        "working_days": ",".join(week),
        "holidays": "\n".join(f"{day} {name}" for day, name in sorted(lines)),
        "legal_footer": word_in(values, "legal_footer"),
        "factor_roles": ",".join(map(str, roles if isinstance(roles, list) else ())),
    }


async def _page(desk: Desk, request: Request, faults: tuple[tuple[str, str], ...] = ()) -> Response:
    reader, settings = desk.reader(request), desk.site.settings
    answer = reader.say(
        "Money is counted in {currency}, days begin at midnight in {zone}.",
        currency=settings.currency,
        zone=settings.time_zone,
    )
    values = _written(await desk.run(request, "company_show", {}))
    rules = (
        (reader.say("Public address"), settings.public_url or "–"),
        (
            reader.say("Drafts are released by a second person"),
            _yes(reader, settings.publish_release == "second_person"),
        ),
        (
            reader.say("Access documents are released by a second person"),
            _yes(reader, settings.access_release == "second_person"),
        ),
    )
    told = reader.say(
        "These stand in settings.json in the data folder; change them there and start the server"
        " anew."
    )
    sections = (
        Section(reader.say("Company"), forms=(_form(reader, values),)),
        Section(reader.say("What only the operator of the server changes"), told, facts=rules),
    )
    return show_room(desk, request, RoomPage(answer, sections, faults))


def _form(reader: Reader, values: dict[str, str]) -> Form:
    fields = (
        Field("name", reader.say("Name"), values["name"]),
        Field("language", reader.say("Language"), values["language"], options=LANGUAGES),
        Field("time_zone", reader.say("Time zone"), values["time_zone"], required=True),
        Field(
            "currency",
            reader.say("Currency"),
            values["currency"],
            required=True,
            help=reader.say("What was counted in another currency stays in it."),
        ),
        Field(
            "working_days",
            reader.say("Working week"),
            values["working_days"],
            options=_weeks(reader, values["working_days"]),
        ),
        Field(
            "holidays",
            reader.say("Holidays"),
            values["holidays"],
            kind="lines",
            help=reader.say("One per line, the day first: {example}", example=_christmas(reader)),
        ),
        Field(
            "legal_footer",
            reader.say("Legal footer"),
            values["legal_footer"],
            kind="lines",
            help=reader.say("Stands below every mail: who you are and how you are reached."),
        ),
        Field(
            "factor_roles",
            reader.say("Who needs a second factor"),
            values["factor_roles"],
            options=_factor_choices(reader, values["factor_roles"]),
            help=reader.say("Whoever lacks one is led to set it up before anything else."),
        ),
    )
    return Form(reader.say("Store company"), fields)


def _factor_choices(reader: Reader, chosen: str) -> tuple[tuple[str, str], ...]:
    """Offer nobody, the roles with much power, everybody, and what was chosen elsewhere."""
    offered = {
        "": reader.say("nobody"),
        ",".join(STRONG_ROLES): reader.say("owners, administrators and data protection"),
        ",".join(ROLES): reader.say("everybody"),
    }
    return tuple({**offered, chosen: offered.get(chosen, chosen)}.items())


def _weeks(reader: Reader, chosen: str) -> tuple[tuple[str, str], ...]:
    names = get_day_names("abbreviated", locale=reader.locale)
    known = dict.fromkeys(",".join(sorted(one.split(","))) for one in (*WEEKS, chosen) if one)
    return tuple((one, ", ".join(names[int(day)] for day in one.split(","))) for one in known)


def _christmas(reader: Reader) -> str:
    """Give the next Christmas day as an example."""
    year = (date(1970, 1, 1) + timedelta(milliseconds=reader.now)).year
    name = reader.say("Christmas Day")
    return f"{year}-12-25 {name}"


def _yes(reader: Reader, holds: bool) -> str:
    return reader.say("yes") if holds else reader.say("no")
