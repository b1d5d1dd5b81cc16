"""What the control group kept back is told as that, and what it was shown is told as shown."""

import re
from collections.abc import Iterator

import pytest

from tests.web.serving import Running, empty_site, settled
from wegweiser.terms.decision import Decision
from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.decisions.listing import ROWS
from wegweiser.web.pages.people.lines import decided
from wegweiser.web.text import Reader
from wegweiser.workspace import operations
from wegweiser.workspace.next_step_operations import DESK
from wegweiser.workspace.site import Site

BUNDLE = """
kind: arms
nothing: 0.5
random: 0
no_levers: 0
rules_only: 0
eligible_only: 0
---
kind: placement
key: hero
channel: web
---
kind: goal
key: demo
when: event == "Demo Booked"
window_days: 30
worth: 5000
---
kind: message
key: offer
goal: demo
variants: [{key: banner, channel: web, format: banner, content: {title: Come}}]
"""
PEOPLE = 40


async def decided_once_each() -> Site:
    site = await empty_site()
    await site.applier.apply([("bundle.yaml", BUNDLE)])
    consent = {"consent": {"categoryPreferences": {"profiling": True, "personalisation": True}}}
    named = [f"u-{number}" for number in range(PEOPLE)]
    elements = [{"type": "identify", "userId": name, "context": consent} for name in named]
    await site.loader.take("crm", elements)
    await site.intake.settle()
    for name in named:
        subject = {"person": f"user_id:{name}"}
        body: JsonObject = {"subject": {**subject}, "placements": [{"key": "hero"}]}
        await site.deciding.chooser.decide(body, DESK)
    await site.intake.settle()
    return site


@pytest.fixture(scope="module")
def half() -> Iterator[Running]:
    server = Running(decided_once_each)
    yield server
    server.close()


def held(half: Running) -> list[Decision]:
    newest = half.site.unifier.decisions.newest(PEOPLE, half.site.clock.now_ms())
    return [one for one in newest if one.ghost]


def test_who_is_held_out_of_a_message_is_counted_as_held_back(half: Running) -> None:
    count = len(held(half))
    assert 0 < count < PEOPLE
    told = half.wait(operations.run(half.site, "message_course", {"key": "offer"}))
    found = (told["held_back"], told["chosen"], told["outdrawn"])
    assert found == (count, PEOPLE - count, 0)


def test_the_list_of_decisions_says_what_was_held_back(half: Running) -> None:
    pages = -(-PEOPLE // ROWS)
    told = [settled(half.client, f"/decisions?lang=en&page={at + 1}") for at in range(pages)]
    rows = re.findall(r'<tr(?: id="[^"]*")?><th scope="row">.*?</tr>', "".join(told), re.DOTALL)
    assert len(rows) == PEOPLE
    assert sum("held back for comparison" in row for row in rows) == len(held(half))
    page = told[0]
    assert f"Of the newest {PEOPLE} decisions {PEOPLE - len(held(half))} said something" in page


def test_a_service_message_to_somebody_held_out_is_told_as_shown() -> None:
    reader = Reader("en", "UTC", 0)
    shown: JsonObject = {"ghost": True, "items": [{"message": "notice"}]}
    assert decided(reader, shown) == "Message chosen: notice"
    assert decided(reader, {**shown, "items": []}) == "Nothing shown: control group"
