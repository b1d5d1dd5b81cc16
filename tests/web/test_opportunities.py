"""Opportunities of an account by the rows of a CRM, and how many of its people may be contacted."""

import re
from collections.abc import Iterator

import pytest

from tests.web.serving import Running, empty_site
from wegweiser.terms.event import Event
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.people.opportunities import states
from wegweiser.workspace.site import Site

PEOPLE = 203


def row(number: int, deal: str, name: str, **more: object) -> JsonObject:
    """Write one row of an export as the mapping of the examples does."""
    properties: JsonObject = {"deal_id": deal} | more  # type: ignore[assignment]
    return {
        "type": "track",
        "messageId": f"crm-{number}",
        "timestamp": f"2026-03-{number + 1:02}T09:00:00Z",
        "userId": "u-1",
        "context": {"groupId": "acme"},
        "event": name,
        "properties": properties,
    }


ROWS = [
    row(1, "a", "Deal Stage Changed", deal_stage="Proposal"),
    row(2, "a", "Deal Stage Changed", deal_stage="Negotiation"),
    row(3, "b", "Deal Stage Changed", deal_stage="Proposal"),
    row(4, "b", "Deal Won", deal_stage="Closed Won"),
    row(5, "c", "Deal Stage Changed", deal_stage="Closed Lost"),
    row(6, "d", "Opportunity Created"),
    row(7, "b", "Deal Updated"),
]


async def with_deals() -> Site:
    site = await empty_site()
    members = [
        {"type": "group", "messageId": f"g-{n}", "userId": f"u-{n}", "groupId": "acme",
         "timestamp": "2026-03-01T09:00:00Z"}
        for n in range(1, PEOPLE + 1)
    ]  # fmt: skip
    await site.loader.take("crm", [*members, *ROWS])
    await site.intake.checkpoint()
    return site


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    server = Running(with_deals)
    yield server.client.get("/accounts/acme?lang=en").text
    server.close()


def test_rows_of_a_crm_count_as_open_until_one_says_that_they_are_over(page: str) -> None:
    part = page[page.index('id="opportunities"') :]
    told = dict(re.findall(r"<dt>(\w+)</dt><dd>(\d+)</dd>", part[: part.index("</dl>")]))
    assert told == {"Open": "2", "Won": "1", "Lost": "1"}


def test_a_budget_says_of_how_many_people_it_speaks(page: str) -> None:
    assert "200 of 200 people may be contacted now." in page
    assert f"The account has {PEOPLE} people; only these were looked up." in page


def events_of(rows: list[JsonObject]) -> list[Event]:
    return [
        Event(type="track", message_id=str(n), at=n, event=str(one["event"]),
              properties=one["properties"] if isinstance(one["properties"], dict) else {})
        for n, one in enumerate(rows)
    ]  # fmt: skip


def test_events_without_an_id_and_those_not_read_are_counted_by_name() -> None:
    counted = {"Deal Stage Changed": 9, "Opportunity Opened": 4, "Deal Won": 2, "Deal Lost": 1}
    assert states([], counted) == {"open": 1, "won": 2, "lost": 1}
    found = states(events_of(ROWS[:2]), {"Deal Stage Changed": 2, "Deal Won": 3})
    assert found == {"open": 1, "won": 3}
    assert states([], {}).total() == 0
