"""What a segment was declared as before, each version with the button that takes it up again."""

from zlib import crc32

from starlette.requests import Request

from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.fields import Post
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader
from wegweiser.workspace.site import Site


def version_of(site: Site, key: str) -> str:
    """Give a sign of what a segment is declared as now; empty for none.

    A form brings it back, so that two people who change one at once lose nothing.
    """
    held = site.segments.get(key)
    if held is None:
        return ""
    return f"{crc32(repr((held.of, held.when, held.name)).encode()):08x}"


async def history_of(desk: Desk, request: Request, key: str) -> Table:
    """List the versions, newest first."""
    reader, told = desk.reader(request), await desk.run(request, "segment_versions", {"key": key})
    may_save, version = desk.may(request, "publish"), version_of(desk.site, key)
    columns = (
        Column(reader.say("Version")),
        Column(reader.say("Time")),
        Column(reader.say("Rule")),
        Column(reader.say("What to do"), plain=True),
    )
    listed = tuple(_row(reader, key, one, version if may_save else "") for one in rows_in(told))
    return Table(columns, listed, reader.say("Nothing was changed yet."))


def _row(reader: Reader, key: str, one: JsonObject, version: str) -> Row:
    number, at = str(one["number"]), parse_instant(one["declared_at"])
    words = reader.say("Take this version again")
    declared = {name: str(one[name]) for name in ("of", "when", "name", "description")}
    fields = (
        *(("key", key), ("version", version), ("sure", "1")),
        *(("of", declared["of"]), ("when", declared["when"]), ("title", declared["name"])),
        ("description", declared["description"]),
    )
    posts = (Post(words, f"{words}: {number}", fields, "/segments/save"),) if version else ()
    now = one["current"] is True
    return Row(
        (
            Cell(number, note=declared["name"]),
            Cell("–" if at is None else reader.moment(at)),
            Cell(declared["when"], code=True),
            Cell(reader.say("decides now") if now else "", posts=() if now else posts),
        )
    )
