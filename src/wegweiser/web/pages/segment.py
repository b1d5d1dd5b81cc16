"""One segment: its rule, its size by day, and who is in it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_name, account_path, person_name, person_path
from wegweiser.web.pages.frame.table import Table
from wegweiser.web.pages.people.segment_parts import Around, around_segment
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.pages.segment_history import history_of
from wegweiser.web.pages.segments import KINDS, SPARK_DAYS
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader
from wegweiser.web.words import PURPOSES, named
from wegweiser.workspace.segment_operations import members_of
from wegweiser.workspace.segment_operations import shown as written

MEMBERS = 50
# Purposes for which members are taken elsewhere, whatever a workspace declares besides.
TAKEN_FOR = ("email", "sms", "push", "phone", "profiling", "personalisation", "sharing")
DAYS_LISTED = 30


class DayRow(msgspec.Struct, frozen=True):
    """One day of the history."""

    day: str
    size: str
    entered: str
    left: str


class MemberRow(msgspec.Struct, frozen=True):
    """One member."""

    name: str
    path: str
    since: str


class SegmentPage(msgspec.Struct, frozen=True):
    """Everything on the page of a segment; `next` leads to further members."""

    key: str
    description: str
    kind: str
    when: str
    size: str
    version: str
    counted: bool
    sizes: tuple[int, ...]
    days: tuple[DayRow, ...]
    members: tuple[MemberRow, ...]
    next: str
    may_save: bool = False
    versions: Table | None = None
    around: Around | None = None
    purposes: tuple[tuple[str, str], ...] = ()
    erased: str = ""


async def segment(desk: Desk, request: Request) -> Response:
    """Show a segment."""
    reader = desk.reader(request)
    key = request.path_params["key"]
    if desk.site.segments.get(key) is None:
        raise NotFound(reader.say("There is no segment of this name."))
    found = written(desk.site, key, SPARK_DAYS)
    page = _page(desk, reader, found, request.query_params.get("after", ""))
    page = msgspec.structs.replace(
        page,
        may_save=desk.may(request, "publish"),
        versions=await history_of(desk, request, key),
        around=await around_segment(desk, request, reader, key),
        purposes=_purposes(desk, request, reader),
    )
    frame = desk.frame(
        request,
        str(found["name"]),
        reader.say("Who are they together?"),
        crumbs=(("/segments", reader.say("Segments")),),
        refresh=page.around is not None and page.around.waits,
    )
    return desk.render(request, "segment.html", frame, page)


def _purposes(desk: Desk, request: Request, reader: Reader) -> tuple[tuple[str, str], ...]:
    """List the purposes for which a role may take members as a file; none where it may not."""
    if not desk.may(request, "take_persons"):
        return ()
    keys = (*desk.site.purposes.current.by_key, *TAKEN_FOR)
    return tuple((key, named(reader, PURPOSES, key)) for key in dict.fromkeys(keys))


def _page(desk: Desk, reader: Reader, found: JsonObject, after: str) -> SegmentPage:
    days = rows_in(found["history"])
    rows, following = _members(desk, reader, str(found["key"]), after)
    return SegmentPage(
        key=str(found["key"]),
        description=str(found["description"]),
        kind=reader.say(KINDS[str(found["of"])]),
        when=str(found["when"]),
        size=_count(reader, found, "size"),
        version=_number(reader, found, "version"),
        counted=found["counted"] is True,
        sizes=()
        if reader.sight == "counts"
        else tuple(size for one in days if isinstance(size := one["size"], int)),
        days=tuple(_day(reader, one) for one in days[::-1][:DAYS_LISTED]),
        members=rows,
        next=following,
        erased=_changed_by_erasure(reader, found),
    )


def _changed_by_erasure(reader: Reader, found: JsonObject) -> str:
    at = parse_instant(found.get("changed_by_erasure"))
    if at is None:
        return ""
    return reader.say(
        "Changed by an erasure on {day}: a name that stood here was taken out.",
        day=reader.moment(at),
    )


def _members(desk: Desk, reader: Reader, key: str, after: str) -> tuple[tuple[MemberRow, ...], str]:
    """List some members, and after whom to go on; nobody for who sees counts only."""
    if reader.sight == "counts":
        return (), ""
    told = members_of(desk.site, key, MEMBERS, after)
    members = told["members"]
    rows = members if isinstance(members, list) else []
    listed = tuple(_member(desk, reader, row) for row in rows if isinstance(row, dict))
    return listed, str(told["next"])


def _day(reader: Reader, one: JsonObject) -> DayRow:
    counts = (_count(reader, one, name) for name in ("size", "entered", "left"))
    return DayRow(reader.day(str(one["day"])), *counts)


def _count(reader: Reader, one: JsonObject, name: str) -> str:
    value = one[name]
    return shown(reader, value) if isinstance(value, int) else ""


def _number(reader: Reader, one: JsonObject, name: str) -> str:
    value = one[name]
    return reader.number(value) if isinstance(value, int) else ""


def _member(desk: Desk, reader: Reader, row: JsonObject) -> MemberRow:
    entered_at = parse_instant(row["entered_at"])
    since = "" if entered_at is None else reader.moment(entered_at)
    views = desk.site.views
    if "group_id" in row:
        group_id = str(row["group_id"])
        return MemberRow(account_name(views.account(group_id)), account_path(group_id), since)
    person = views.person(str(row["person_id"]))
    return MemberRow(person_name(reader, person), person_path(person.person_id), since)
