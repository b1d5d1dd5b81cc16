"""Parts of the page of an account: activity by person and week, opportunities, contact budget."""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request

from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut, person_name, person_path
from wegweiser.web.pages.frame.sight import may_open
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader
from wegweiser.workspace.next_step_operations import activity

WEEKS = 8
PEOPLE = 12
WEEK_MS = 7 * DAY_MS
OPENED = ("Opportunity Opened", "Opportunity Created")
WON = ("Opportunity Won", "Deal Won", "Closed Won")
LOST = ("Opportunity Lost", "Deal Lost", "Closed Lost")
Fact = tuple[str, str]


class Budget(msgspec.Struct, frozen=True):
    """What may still be said to an account: its caps, and how many people may be contacted."""

    caps: tuple[tuple[str, str, str], ...]
    people: str
    stops: tuple[str, ...]


def activity_table(desk: Desk, request: Request, reader: Reader, group_id: str) -> Table:
    """Make the table of events by person and week, the busiest first."""
    views = desk.site.views
    first = reader.now - (WEEKS - 1) * WEEK_MS
    columns = [Column(reader.say("Person"))]
    columns += [Column(reader.day_of(first + week * WEEK_MS), number=True) for week in range(WEEKS)]
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


def opportunities_of(desk: Desk, reader: Reader, profile: AccountProfile) -> tuple[Fact, ...]:
    """List opportunities by what became of them, and whether sales own the contact."""
    opened, won, lost = (_sum(profile.counters, names) for names in (OPENED, WON, LOST))
    rows = []
    if opened:
        # A deal may be won that nobody had opened before.
        rows.append((reader.say("Open"), reader.number(max(0, opened - won - lost))))
    if won or lost:
        rows.append((reader.say("Won"), reader.number(won)))
        rows.append((reader.say("Lost"), reader.number(lost)))
    owning = desk.site.unifier.policy.bundle.contact_rules.owned_by
    owned = [trait for trait in owning if profile.traits.get(trait) in (True, "true", 1)]
    if owned:
        rows.append((reader.say("Contact"), reader.say("Sales own it: nothing else is sent.")))
    return tuple(rows)


def _sum(counters: Mapping[str, int], names: tuple[str, ...]) -> int:
    return sum(counters.get(name, 0) for name in names)


def budget_of(desk: Desk, reader: Reader, group_id: str, people: tuple[str, ...]) -> Budget:
    """Tell what the caps leave now: of the account, and how many of some people are free."""
    report = desk.site.deciding.contacts.report
    told = report.of_account(group_id, limit=1)
    caps = tuple(_cap(reader, one) for one in rows_in(told, "caps"))
    free = 0
    for person_id in people[:PEOPLE]:
        own = report.of_person(person_id, limit=1)
        left = [one["left"] for one in rows_in(own, "caps")]
        free += not own["held_back"] and all(one != 0 for one in left)
    words = reader.say(
        "{free} of {count} people may be contacted now.",
        free=reader.number(free),
        count=reader.number(len(people[:PEOPLE])),
    )
    stops = tuple(cut(str(one["reason"])) for one in rows_in(told, "orders"))
    return Budget(caps, words if people else "", stops)


def _cap(reader: Reader, one: JsonObject) -> tuple[str, str, str]:
    left, used, limit = one["left"], one["used"], one["limit"]
    written = "–" if not isinstance(left, int) else reader.number(left)
    told = reader.say("{used} of {limit} used", used=used, limit=limit)
    return cut(str(one["cap"])), written, told
