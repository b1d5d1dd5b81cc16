"""What every door asks about anonymous counts: the hourly sums of some days."""

from wegweiser.flow.anonymous_counts import hourly_row
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read
from wegweiser.workspace.site import Site

LATEST = 2**53


async def counts(site: Site, arguments: JsonObject) -> Json:
    """List the hourly sums from one day to another, both whole days in UTC."""
    start = _day(arguments, "from", 0)
    end = _day(arguments, "to", LATEST) + DAY_MS
    names = {source.source_id: source.name for source in site.callers.sources()}
    return [
        hourly_row(
            row, names.get(row.counted.source_id, row.counted.source_id), format_instant(row.hour)
        )
        for row in site.counts.sums(start, end)
    ]


def _day(arguments: JsonObject, name: str, otherwise: int) -> int:
    written = read(arguments, name, str, "")
    at = parse_instant(written) if written else otherwise
    if at is None or (written and at % DAY_MS):
        raise InputRefused("bad_input", wrong("a_date", name=name), 422, name)
    return at


OPERATIONS = {"counts": counts}
