"""Reports by mail: whose they are, to whom they go, and as much as their reader may see."""

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, settled
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.data.live import BODIES_READ
from wegweiser.workspace import operations

BOARD = "board@example.com"


@pytest.fixture(scope="module")
def reporting(attacked: Running) -> Running:
    report: JsonObject = {
        "kind": "report",
        "key": "board",
        "title": {"en": "The board", "de": "Der Vorstand"},
        "measures": [{"name": "web.visits"}],
        "schedule": {"every": "week"},
        "to": [BOARD],
    }
    attacked.wait(operations.run(attacked.site, "apply", {"documents": [report]}))
    return attacked


def test_a_mail_shows_what_the_role_of_its_reader_shows(reporting: Running) -> None:
    people, sees_all = reporting.site.people, reporting.site.reports._sees_all
    assert not sees_all(BOARD)
    people.add("board-1", "analyst", BOARD)
    assert not sees_all(BOARD)
    people.set_role("board-1", "marketer")
    assert sees_all(BOARD.upper())
    people.add("board-2", "viewer", BOARD)
    assert not sees_all(BOARD)
    people.remove("board-1")
    people.remove("board-2")


def test_nobody_takes_the_report_of_somebody_else_away(reporting: Running) -> None:
    client = browser_of(reporting, "marketer")
    form = {"do": "unsubscribe", "key": "board"}
    assert client.post("/measure/maturity", data=form).status_code == 422
    # Whatever the page has drawn is drawn before the server ends.
    settled(client, "/measure/maturity")
    assert [one.key for one in reporting.site.reports.book.all()] == ["board"]


@pytest.mark.parametrize("role", ["viewer", "analyst", "marketer"])
def test_addresses_of_reports_are_masked(reporting: Running, role: str) -> None:
    page = browser_of(reporting, role).get("/settings/reports").text
    assert BOARD not in page
    assert "b…@example.com" in page
    assert BOARD in reporting.client.get("/settings/reports").text


def test_who_reads_bodies_of_events_stands_in_the_audit(attacked: Running) -> None:
    client, audit = browser_of(attacked, "owner"), attacked.site.audit
    before = len(audit.found(BODIES_READ, "owner-1"))
    for _ in range(3):
        assert client.get("/data/live").status_code == 200
    assert len(audit.found(BODIES_READ, "owner-1")) == before + 1
    asked = {"person": "email:ada@own.example"}
    assert client.post("/data/live", data=asked).status_code == 200
    found = audit.found(BODIES_READ, "owner-1", "email:ada@own.example")
    assert len(found) == 1
    assert "ada" not in found[0].about


def test_who_says_something_to_an_alarm_is_kept_by_name(attacked: Running) -> None:
    missed: JsonObject = {"series": "web.visits", "day": "2026-11-01"}
    said = attacked.wait(operations.run(attacked.site, "alarm_miss", missed, by="ada"))
    assert said["reported_by"] == "ada"
    said = attacked.wait(operations.run(attacked.site, "alarm_miss", missed))
    assert said["reported_by"] == "operator"


def test_an_operation_on_people_knows_who_asks_though_a_page_forgets_it(attacked: Running) -> None:
    people = attacked.site.people
    if people.find("helper") is None:
        people.add("helper", "admin")
    wish: JsonObject = {"name": "helper", "role": "owner", "by": ""}
    with pytest.raises(Exception, match="Only an owner"):
        attacked.wait(operations.run(attacked.site, "people_role", wish, by="helper"))


def test_a_mail_of_counts_tells_nothing_of_three_people(reporting: Running) -> None:
    site, now = reporting.site, reporting.site.clock.now_ms()
    views: list[dict[str, object]] = [
        {"type": "page", "userId": f"u-{at}", "messageId": f"v-{at}", "timestamp": now - 60_000}
        | {"properties": {"path": f"/only-{at}"}}
        for at in range(3)
    ]
    reporting.wait(site.loader.take("site", views, kind="live"))
    report = site.reports.book.get("board")
    due = now + 7 * DAY_MS
    told = [
        part
        for only_counts in (False, True)
        for part in reporting.wait(site.reports.compose(report, due, only_counts)).parts
    ]
    assert any("3" in sentence for sentence in told[0].sentences)
    assert not told[0].empty
    assert told[1].empty
    assert not told[1].cells
    assert not any("3 " in sentence for sentence in told[1].sentences)
