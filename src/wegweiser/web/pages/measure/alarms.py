"""Alarms on the page: what was told, and what somebody says to it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.fields import Post
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader, mark

WATCH = "/measure/watch"
HERE = "/measure/alarms"
SHOWN = 50
SNOOZE_DAYS = 7
JUDGED = {"confirmed": mark("confirmed"), "false": mark("false alarm")}
# What may be said to an alarm: the words of the button, the operation, and the notice after it.
SAID = {
    "acknowledge": (mark("Acknowledge"), "alarm_acknowledge", mark("The alarm is acknowledged.")),
    "snooze": (
        mark("Snooze for 7 days"),
        "alarm_snooze",
        mark("Nothing is told of this series for 7 days."),
    ),
    "confirmed": (mark("It was right"), "alarm_judge", mark("The alarm is judged.")),
    "false": (mark("False alarm"), "alarm_judge", mark("The alarm is judged.")),
}


class AlarmSection(msgspec.Struct, frozen=True):
    """The alarms that were told, newest first, and how many nobody has acknowledged."""

    table: Table
    waiting: int


async def alarms_of(desk: Desk, request: Request) -> AlarmSection:
    """List the alarms; who may change something gets the buttons."""
    reader, may = desk.reader(request), desk.may(request, "define")
    sees = desk.may(request, "profiles")
    found = rows_in(await desk.run(request, "alarm_list", {}), "alarms")
    columns = (
        Column(reader.say("Alarm")),
        Column(reader.say("Told")),
        Column(reader.say("State")),
        *((Column(reader.say("What to do"), plain=True),) if may else ()),
    )
    rows = tuple(_row(reader, one, may, sees) for one in found[:SHOWN])
    nothing = reader.say("No alarm was told yet.")
    waiting = sum(not (one.get("acknowledged_at") or one.get("settled_at")) for one in found)
    return AlarmSection(Table(columns, rows, nothing), waiting)


async def say_to_alarm(desk: Desk, request: Request) -> Response:
    """Acknowledge, snooze or judge an alarm."""
    form, reader = await read_form(request, desk.form_limits), desk.reader(request)
    said = form.get("say", "")
    if said not in SAID:
        raise InputRefused("bad_form", "The form cannot be read.", 422)
    _, operation, told = SAID[said]
    arguments: JsonObject = {"id": form.get("id", "")}
    if operation == "alarm_judge":
        arguments["judgement"] = said
    if operation == "alarm_snooze":
        arguments["days"] = SNOOZE_DAYS
    await desk.run(request, operation, arguments)
    return desk.done(request, WATCH, Notice(reader.say(told)))


def _row(reader: Reader, alarm: JsonObject, may: bool, sees: bool) -> Row:
    sentence = _sentence(reader, alarm)
    path = str(alarm.get("page") or "") or (_person(alarm) if sees else "")
    cells = [
        Cell(sentence, path),
        Cell(_moment(reader, alarm, "raised_at")),
        Cell(_state(reader, alarm)),
    ]
    if may:
        cells.append(Cell("", posts=tuple(_posts(reader, alarm, sentence))))
    return Row(tuple(cells))


def _posts(reader: Reader, alarm: JsonObject, sentence: str) -> list[Post]:
    left = [name for name in SAID if name != "acknowledge" or not alarm.get("acknowledged_at")]
    if alarm.get("judgement") or not alarm.get("watch"):
        # What refuses somebody at a cap is a fact: there is nothing to judge.
        left = [name for name in left if name not in JUDGED]
    if alarm.get("settled_at"):
        left = []
    posts = []
    for name in left:
        words = reader.say(SAID[name][0])
        fields = (("id", str(alarm["alarm_id"])), ("say", name))
        posts.append(Post(words, f"{words}: {sentence}", fields, HERE))
    return posts


def _person(alarm: JsonObject) -> str:
    """Give the page of the person whom an alarm about who is who is about."""
    person_id = "" if alarm.get("watch") else str(alarm.get("member") or "")
    return f"/people/{person_id}" if person_id else ""


def _sentence(reader: Reader, alarm: JsonObject) -> str:
    sentence = alarm.get("sentence")
    return str(sentence.get(reader.language, "")) if isinstance(sentence, dict) else ""


def _state(reader: Reader, alarm: JsonObject) -> str:
    said = []
    if alarm.get("acknowledged_at"):
        said.append(reader.say("acknowledged"))
    if alarm.get("settled_at"):
        said.append(reader.say("over since {day}", day=_moment(reader, alarm, "settled_at")))
    if alarm.get("snoozed_until"):
        said.append(reader.say("quiet until {day}", day=_moment(reader, alarm, "snoozed_until")))
    judged = str(alarm.get("judgement") or "")
    if judged in JUDGED:
        said.append(reader.say(JUDGED[judged]))
    return ", ".join(said) or reader.say("new")


def _moment(reader: Reader, alarm: JsonObject, name: str) -> str:
    written = alarm.get(name)
    at = parse_instant(written) if isinstance(written, str) else None
    return "–" if at is None else reader.moment(at)
