"""One segment: its rule, its size by day, and who is in it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_name, account_path, person_name, person_path
from wegweiser.web.pages.segments import KINDS, SPARK_DAYS
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader
from wegweiser.workspace.segment_operations import members_of
from wegweiser.workspace.segment_operations import shown as written

MEMBERS = 50
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


async def segment(desk: Desk, request: Request) -> Response:
    """Show a segment."""
    reader = desk.reader(request)
    key = request.path_params["key"]
    if desk.site.segments.get(key) is None:
        raise NotFound(reader.say("There is no segment of this name."))
    found = written(desk.site, key, SPARK_DAYS)
    page = _page(desk, reader, found, request.query_params.get("after", ""))
    page = msgspec.structs.replace(page, may_save=desk.may(request, "publish"))
    frame = desk.frame(
        request,
        str(found["name"]),
        reader.say("Who are they together?"),
        crumbs=(("/segments", reader.say("Segments")),),
    )
    return desk.render(request, "segment.html", frame, page)


def _page(desk: Desk, reader: Reader, found: JsonObject, after: str) -> SegmentPage:
    history = found["history"]
    days = [one for one in history if isinstance(one, dict)] if isinstance(history, list) else []
    told = members_of(desk.site, str(found["key"]), MEMBERS, after)
    members = told["members"]
    rows = members if isinstance(members, list) else []
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
        members=tuple(_member(desk, reader, row) for row in rows if isinstance(row, dict)),
        next=str(told["next"]),
    )


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
