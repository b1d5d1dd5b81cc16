"""Parts of the page of an account: activity by person and week, and its contact budget."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request

from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.caps import cap_names
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut, person_name, person_path
from wegweiser.web.pages.frame.sight import may_open
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader
from wegweiser.workspace.next_step_operations import activity

WEEKS = 8
PEOPLE = 12
# Whether somebody may be contacted now is looked up for so many; the sentence says of how many.
LOOKED_UP = 200


class Budget(msgspec.Struct, frozen=True):
    """What may still be said to an account: its caps, and how many people may be contacted."""

    caps: tuple[tuple[str, str, str], ...]
    people: str
    stops: tuple[str, ...]


def activity_table(desk: Desk, request: Request, reader: Reader, group_id: str) -> Table:
    """Make the table of events by person and week, the busiest first."""
    views = desk.site.views
    today = datetime.fromtimestamp(reader.now / 1000, ZoneInfo(reader.zone)).date()
    ends = [today - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    columns = [Column(reader.say("Person"))]
    columns += [Column(reader.day(end.isoformat()), number=True) for end in ends]
    rows = []
    for one in activity(desk.site, group_id, WEEKS)[:PEOPLE]:
        person_id, events = str(one["person_id"]), one["events"]
        opens = may_open(desk, request, person_id)
        seen = reader if opens else desk.reader(request)
        path = person_path(person_id) if opens else ""
        name = Cell(person_name(seen, views.person(person_id)), path)
        counts = (_count(reader, event) for event in (events if isinstance(events, list) else []))
        rows.append(Row((name, *counts)))
    return Table(
        tuple(columns),
        tuple(rows),
        reader.say("Nobody of them did anything in the last eight weeks."),
        reader.say("Events by person and week; each column ends with the day it names."),
    )


def _count(reader: Reader, count: Json) -> Cell:
    return Cell(reader.number(count) if isinstance(count, int) and count else "–")


def budget_of(desk: Desk, reader: Reader, group_id: str, people: tuple[str, ...]) -> Budget:
    """Tell what the caps leave now: of the account, and how many of some people are free."""
    report = desk.site.deciding.contacts.report
    told = report.of_account(group_id, limit=1)
    names = cap_names(reader, desk.site.unifier.policies.bundle.caps)
    caps = tuple(_cap(reader, one, names) for one in rows_in(told, "caps"))
    free, looked_up = 0, people[:LOOKED_UP]
    for person_id in looked_up:
        own = report.of_person(person_id, limit=1)
        left = [one["left"] for one in rows_in(own, "caps")]
        free += not own["held_back"] and all(one != 0 for one in left)
    words = reader.say(
        "{free} of {count} people may be contacted now.",
        free=reader.number(free),
        count=reader.number(len(looked_up)),
    )
    if len(people) > LOOKED_UP:
        more = reader.say(
            "The account has {count} people; only these were looked up.",
            count=reader.number(len(people)),
        )
        words = f"{words} {more}"
    stops = tuple(cut(str(one["reason"])) for one in rows_in(told, "orders"))
    return Budget(caps, words if people else "", stops)


def _cap(reader: Reader, one: JsonObject, names: Mapping[str, str]) -> tuple[str, str, str]:
    key = str(one["cap"])
    left, used, limit = one["left"], one["used"], one["limit"]
    written = "–" if not isinstance(left, int) else reader.number(left)
    told = reader.say("{used} of {limit} used", used=used, limit=limit)
    return names.get(key, cut(key)), written, told
