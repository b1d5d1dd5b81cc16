"""Operations on the tracking plan: what is declared, and how what arrives differs from it."""

from datetime import UTC, datetime, timedelta

from wegweiser.measure import plan_drift
from wegweiser.measure.plan_drift import Kind, Seen
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain
from wegweiser.workspace.site import Site

LONGEST_DAYS = 365
# What is usual is looked for in so many times the days that are looked at.
BEFORE_FACTOR = 4


async def plan_show(site: Site, arguments: JsonObject) -> Json:
    """Give the declared schemas, and how often each was broken since the server began."""
    declared = site.schemas.declared()
    return {"schemas": plain(declared), "faults": plain(dict(site.schemas.faults))}


async def plan_report(site: Site, arguments: JsonObject) -> Json:
    """Compare the last days with the declared schemas and with the time before."""
    days = arguments.get("days", 7)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= LONGEST_DAYS:
        raise InputRefused(
            "bad_input",
            wrong("number_between", name="days", least=1, most=LONGEST_DAYS),
            422,
            "days",
        )
    today = datetime.fromtimestamp(site.clock.now_ms() / 1000, UTC).date()
    begin = today - timedelta(days=days - 1)
    now = await _seen(site, str(begin), str(today + timedelta(days=1)))
    before = await _seen(site, str(begin - timedelta(days=BEFORE_FACTOR * days)), str(begin))
    found = [
        *plan_drift.against_plan(now, site.schemas.declared()),
        *plan_drift.against_before(now, before),
    ]
    return {
        "from": str(begin),
        "to": str(today),
        "events": sum(seen.events for seen in now.values()),
        "findings": plain(found),
    }


async def _seen(site: Site, start: str, end: str) -> dict[Kind, Seen]:
    answer = await site.measure("events.seen", {"from": start, "to": end})
    return plan_drift.seen_by_kind(answer.rows, answer.columns)


OPERATIONS = {"plan_show": plan_show, "plan_report": plan_report}
