"""The calendar: which message may run in which week, on which channel, between which hours."""

import re
from collections.abc import Iterator

import pytest

from tests.web.serving import Running, empty_site

MESSAGES = """
kind: message
key: spring
starts_at: 2026-03-04T00:00:00Z
ends_at: 2026-03-19T00:00:00Z
variants:
  - {key: long, channel: email, locale: en, content: {subject: Spring, text: Hello}}
---
kind: message
key: always
variants:
  - {key: hero, channel: web, locale: en, content: {title: Hello}}
---
kind: message
key: paused
stopped: true
variants:
  - {key: hero, channel: web, locale: en, content: {title: Wait}}
---
kind: quiet_hours
enabled: true
allowed: 08:00-20:00
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    running = Running(empty_site)
    running.wait(running.site.applier.apply([("plan.yaml", MESSAGES)]))
    yield running
    running.close()


def weeks(page: str) -> list[str]:
    return page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr")[1:]


def test_a_message_stands_in_each_week_of_its_dates_and_in_no_other(server: Running) -> None:
    page = server.client.get("/calendar?lang=en&week=2026-02-25").text
    always, *rows = weeks(page)
    assert len(rows) == 8
    assert ["spring" in row for row in rows] == [False, True, True, True, *[False] * 4]
    assert ["/messages/always" in row for row in (always, *rows)] == [True, *[False] * 8]
    assert "from 4 Mar" in rows[1]
    assert "until 18 Mar" in rows[3]
    assert "In these eight weeks 3 messages may run; 1 begin and 1 end in them." in page


def test_what_pauses_says_so_and_quiet_hours_stand_above(server: Running) -> None:
    page = server.client.get("/calendar?lang=en").text
    assert re.search(r">paused</a> <span class=\"muted\">paused", page)
    assert "08:00-20:00" in page
    assert page.count('class="here"') == 1
    assert "E-Mail" in server.client.get("/calendar?lang=de").text


def test_one_walks_by_links_and_comes_back(server: Running) -> None:
    page = server.client.get("/calendar?lang=en&week=2026-02-25").text
    later = re.search(r'rel="next" href="([^"]*)"', page)
    earlier = re.search(r'rel="prev" href="([^"]*)"', page)
    assert later is not None
    assert earlier is not None
    assert later[1] == "/calendar?week=2026-04-20"
    assert earlier[1] == "/calendar?week=2025-12-29"
    assert 'href="/calendar">Back to this week' in page


@pytest.mark.parametrize("week", ["soon", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_a_wrong_week_says_what_to_write(server: Running, week: str) -> None:
    answer = server.client.get(f"/calendar?lang=en&week={week}")
    assert answer.status_code == 422
    assert "write 2026-11-24" in answer.text


def test_holidays_of_a_watch_stand_at_their_week(server: Running) -> None:
    watch = "{kind: watch, key: days, series: [visits], holidays: ['2026-04-06']}"
    server.wait(server.site.applier.apply([("watch.yaml", watch)]))
    _, *rows = weeks(server.client.get("/calendar?lang=en&week=2026-03-30").text)
    assert "Holiday: 6 Apr" in rows[1]
    assert "Holiday" not in rows[0]
