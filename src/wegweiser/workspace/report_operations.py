"""Operations on reports: list, show, look at one before it is sent, send, remove."""

from typing import TYPE_CHECKING

from wegweiser.deliver.receipt import Delivery
from wegweiser.deliver.report_document import Report
from wegweiser.deliver.report_due import next_due
from wegweiser.deliver.report_page import report_html
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import plain, text

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

SHOWN = 100
_FAILURES = ("unknown", "refused", "blocked", "dead", "disabled")


async def report_list(site: "Site", arguments: JsonObject) -> Json:
    """List reports: when each is due next, when it was sent last, and what failed last."""
    return {"reports": [_line(site, report) for report in site.reports.book.all()]}


async def report_show(site: "Site", arguments: JsonObject) -> Json:
    """Show one report and what became of its last hand-overs, newest first."""
    report = site.reports.book.get(text(arguments, "key"))
    sends = site.reports.desk.sends(report.key)[::-1]
    sent: list[Json] = [_send(one) for one in sends[:SHOWN]]
    return _line(site, report) | {"report": plain(report), "sends": sent}


async def report_preview(site: "Site", arguments: JsonObject) -> Json:
    """Give a report as it would be sent now, as an HTML page to be printed; nothing is sent."""
    return {"html": await page_of(site, text(arguments, "key"))}


async def page_of(site: "Site", key: str) -> str:
    """Write the page of a report as of now; raises NotFound."""
    report = site.reports.book.get(key)
    composed = await site.reports.compose(report, site.clock.now_ms())
    return report_html(composed, "inside", site.settings.legal_footer)


async def report_send(site: "Site", arguments: JsonObject) -> Json:
    """Send a report at once, beside its schedule."""
    report = site.reports.book.get(text(arguments, "key"))
    site.reports.endpoint(report)
    sends: list[Json] = [_send(one) for one in await site.reports.desk.send_now(report.key)]
    return {"sends": sends}


async def report_remove(site: "Site", arguments: JsonObject) -> Json:
    """Keep a report no more."""
    key = text(arguments, "key")
    site.reports.book.remove(key)
    return {"removed": key}


def _line(site: "Site", report: Report) -> JsonObject:
    sends = site.reports.desk.sends(report.key)
    sent = [one.tried_at for one in sends if one.state == "delivered"]
    faults = [one for one in sends if one.state in _FAILURES or (one.tries and not one.over)]
    last = max(faults, key=lambda one: one.tried_at, default=None)
    return {
        "key": report.key,
        "title": plain(report.title),
        "to": [*report.to],
        "next_due": format_instant(next_due(report.schedule, site.clock.now_ms())),
        "last_sent": format_instant(max(sent)) if sent else None,
        "last_error": None if last is None else f"{last.state}: {last.detail}",
        "last_error_at": None if last is None else format_instant(last.tried_at),
    }


def _send(one: Delivery) -> JsonObject:
    return {
        "due": format_instant(one.parcel.at),
        "to": one.parcel.data["to"],
        "state": one.state,
        "tries": one.tries,
        "detail": one.detail,
        "tried_at": format_instant(one.tried_at) if one.tried_at else None,
    }


OPERATIONS = {
    "report_list": report_list,
    "report_show": report_show,
    "report_preview": report_preview,
    "report_send": report_send,
    "report_remove": report_remove,
}
