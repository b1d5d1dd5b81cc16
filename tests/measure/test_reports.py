"""Reports: due once, composed in one language, mailed to a real server, never twice."""

import asyncio
import json
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from openpyxl import load_workbook

from tests.decisioning.mail_server import HOST, MailServer, mail_server, read
from wegweiser.adapters.memory import MemoryClock
from wegweiser.deliver.receipt import attempting
from wegweiser.flow.tables import REPORT_SENDS
from wegweiser.ports.operational_store import Change
from wegweiser.settings import Settings
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS, parse_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.analyst import InlineAnalyst
from wegweiser.workspace.engines import Engines, embedded, in_memory
from wegweiser.workspace.site import Site

# A Thursday.
BEGIN = parse_instant("2026-11-12T10:00:00Z") or 0
MONDAY = parse_instant("2026-11-16T06:30:00Z") or 0
TO = ("ada@example.com", "board@example.com")
REPORT: JsonObject = {
    "kind": "report",
    "key": "weekly",
    "title": {"en": "The week", "de": "Die Woche"},
    "language": "de",
    "measures": [
        {"name": "web.visits"},
        {"name": "web.visits", "options": {"by": "path"}},
        {"name": "lift"},
    ],
    "schedule": {"every": "week", "weekday": "monday", "at": "07:30", "zone": "Europe/Berlin"},
    "to": [*TO],
    "attachments": ["csv", "xlsx"],
}
ONE = REPORT | {"measures": [{"name": "web.visits"}], "attachments": []}
SHORT = REPORT | {"measures": [{"name": "web.searches"}], "attachments": [], "when_empty": "send"}


class ReportingAnalyst(InlineAnalyst):
    """Works in this process on an archive in memory, over the log and store of a folder."""


def views() -> list[JsonObject]:
    """Give page views of the week before the report, one of a page with a name to be defused."""
    days = [(day, person) for day in range(9, 16) for person in range(5)]
    return [
        {
            "type": "page",
            "userId": f"u-{person}",
            "messageId": f"m-{day}-{person}",
            "name": "Page",
            "timestamp": f"2026-11-{day:02}T09:00:00Z",
            "properties": {"path": "=cmd()" if person == 4 else "/prices<b>"},
        }
        for day, person in days
    ]


async def opened(folder: Path, port: int, clock: MemoryClock, report: JsonObject = REPORT) -> Site:
    """Open a workspace with a mail server and a report; the measures run in this process."""
    settings = Settings(allowed_targets=(f"{HOST}/32",))
    engines = embedded(folder, settings)
    engines = msgspec.structs.replace(engines, clock=clock)
    site = Site(engines, settings)
    site.analyst = ReportingAnalyst(_with_archive(engines))
    await site.start(background=False)
    for number, address in enumerate(TO):
        # Whoever is known with a role gets what that role sees.
        if site.people.find(f"reader-{number}") is None:
            site.people.add(f"reader-{number}", "marketer", address)
    endpoint = {
        "kind": "endpoint",
        "key": "post",
        "channel": "email",
        "via": "smtp",
        "target": f"smtp+plain://{HOST}:{port}",
        "sender": "Example Reports <reports@example.com>",
    }
    documents = "\n---\n".join(json.dumps(one) for one in (endpoint, report))
    await site.applier.apply([("reports.yaml", documents)])
    return site


def _with_archive(engines: Engines) -> Engines:
    return msgspec.structs.replace(engines, archive=in_memory().archive)


async def at(site: Site, moment: int) -> None:
    """Move the clock and let the job run."""
    assert isinstance(site.clock, MemoryClock)
    site.clock.now = moment
    await site.reports.desk.run()


def states(site: Site) -> list[tuple[str, str]]:
    return [(str(one.parcel.data["to"]), one.state) for one in site.reports.desk.sends("weekly")]


def parts_of(mail: EmailMessage) -> dict[str, EmailMessage]:
    found = {}
    for part in mail.walk():
        assert isinstance(part, EmailMessage)
        found[part.get_filename() or part.get_content_type()] = part
    return found


def test_a_due_report_reaches_each_address_once_with_words_charts_and_tables(
    tmp_path: Path,
) -> None:
    async def play(server: MailServer, port: int) -> Site:
        clock = MemoryClock(BEGIN)
        site = await opened(tmp_path / "data", port, clock)
        for early in (BEGIN + HOUR_MS, MONDAY - 1):
            await at(site, early)
            assert server.mails == []
        await site.loader.take("site", views(), kind="live")
        for later in (0, 1_000, DAY_MS):
            await at(site, MONDAY + later)
        assert states(site) == [(to, "delivered") for to in TO]
        await at(site, MONDAY + 7 * DAY_MS)
        await site.stop()
        return site

    with mail_server() as (server, port):
        asyncio.run(play(server, port))
    first = [read(mail) for mail in server.mails[:2]]
    assert {str(mail["To"]) for mail in first} == {*TO}
    # Nothing happened in the second week: there was nothing to say, so nothing came.
    assert len(server.mails) == 2
    mail = first[0]
    assert str(mail["Subject"]) == "Die Woche, 9. November 2026 bis 15. November 2026"
    parts = parts_of(mail)
    assert "Es gab 35 Besuche." in parts["text/plain"].get_content()
    page = parts["text/html"].get_content()
    for shown in ("Es gab 35 Besuche.", "&lt;b&gt;", 'src="cid:chart-0@wegweiser.invalid"'):
        assert shown in page
    assert "<b>" not in page
    assert parts["image/png"].get_content()[:8] == b"\x89PNG\r\n\x1a\n"
    # A table of the attachments that would start a formula is defused.
    tables = [part.get_content() for part in mail.walk() if part.get_filename() == "web.visits.csv"]
    assert any("'=cmd()" in table for table in tables if isinstance(table, str))
    book = load_workbook(BytesIO(parts["web.visits.xlsx"].get_content()))
    assert book.sheetnames == ["Kennzahlen", "Tabelle", "Frage"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


def test_a_report_that_may_have_arrived_is_never_sent_again(tmp_path: Path) -> None:
    async def play(port: int) -> None:
        site = await opened(tmp_path / "data", port, MemoryClock(BEGIN), SHORT)
        await at(site, MONDAY)
        assert states(site) == [(TO[0], "delivered"), (TO[1], "unknown")]
        # A crash between the last word to the server and its answer leaves an attempt behind.
        key, value = next(iter(site.engines.store.scan(REPORT_SENDS)))
        done = site.reports.desk.sends("weekly")[0]
        begun = attempting(msgspec.structs.replace(done, state="pending", next_at=MONDAY), MONDAY)
        assert value != msgspec.json.encode(begun)
        site.engines.store.commit([Change(REPORT_SENDS, key, msgspec.json.encode(begun))])
        await site.stop()
        again = await opened(tmp_path / "data", port, MemoryClock(MONDAY + HOUR_MS), SHORT)
        await at(again, MONDAY + 2 * HOUR_MS)
        assert states(again) == [(TO[0], "unknown"), (TO[1], "unknown")]
        told = await operations.run(again, "report_list", {})
        assert isinstance(told, dict)
        line = msgspec.convert(told["reports"], list[dict[str, object]])[0]
        assert str(line["last_error"]).startswith("unknown: ")
        await again.stop()

    with mail_server(lambda to: "drop_after_dot" if to == TO[1] else "take") as (server, port):
        asyncio.run(play(port))
    assert [*server.copies.values()] == [1, 1]


def test_a_server_that_is_busy_is_asked_again_and_the_fault_is_shown(tmp_path: Path) -> None:
    busy = {"now": True}

    async def play(port: int) -> None:
        site = await opened(tmp_path / "data", port, MemoryClock(BEGIN), SHORT)
        await at(site, MONDAY)
        assert [state for _, state in states(site)] == ["pending", "pending"]
        told = await operations.run(site, "report_show", {"key": "weekly"})
        assert isinstance(told, dict)
        assert "450" in str(told["last_error"])
        busy["now"] = False
        await at(site, MONDAY + HOUR_MS)
        assert [state for _, state in states(site)] == ["delivered", "delivered"]
        await site.stop()

    with mail_server(lambda to: "busy_rcpt" if busy["now"] else "take") as (server, port):
        asyncio.run(play(port))
    assert len(server.mails) == 2


def test_a_page_for_paper_and_a_report_sent_by_hand(tmp_path: Path) -> None:
    async def play(port: int) -> tuple[str, JsonObject]:
        site = await opened(tmp_path / "data", port, MemoryClock(MONDAY), ONE)
        await site.loader.take("site", views(), kind="live")
        shown = await operations.run(site, "report_preview", {"key": "weekly"})
        sent = await operations.run(site, "report_send", {"key": "weekly"})
        await site.stop()
        assert isinstance(shown, dict)
        assert isinstance(sent, dict)
        return str(shown["html"]), sent

    with mail_server() as (server, port):
        page, sent = asyncio.run(play(port))
    assert page.count('src="data:image/svg+xml;base64,') == 1
    assert 'lang="de"' in page
    assert "@page" in page
    assert len(server.mails) == len(msgspec.convert(sent["sends"], list[object])) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"to": ["ada@example.com\r\nBcc: x@example.com"]}, "not one plain mail address"),
        ({"schedule": {"every": "week", "at": "25:00"}}, "schedule.at is a time"),
        ({"schedule": {"every": "month", "day": 31}}, "1 to 28"),
        ({"schedule": {"every": "day", "zone": "Moon/Base"}}, "not known"),
        ({"measures": [{"name": "web.visitz"}]}, "Did you mean web.visits?"),
        ({"measures": [{"name": "web.visits", "options": {"bye": "day"}}]}, "--by"),
        ({"measures": []}, "1 to 20"),
        ({"title": {"fr": "La semaine"}}, "fr"),
    ],
)
def test_a_report_is_checked_before_it_is_kept(change: JsonObject, told: str) -> None:
    async def play() -> str:
        site = Site(in_memory(), Settings())
        await site.start(background=False)
        try:
            await site.applier.apply([("r.yaml", json.dumps({**REPORT, **change}))])
        except DocumentRefused as refused:
            return refused.message
        finally:
            await site.stop()
        return ""

    assert told in asyncio.run(play())
