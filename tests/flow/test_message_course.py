"""The course of a message: what only the control group kept back is not called outdrawn."""

import asyncio

from tests.web.serving import empty_site
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.next_step_operations import DESK

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


async def course(key: str) -> tuple[JsonObject, int]:
    """Decide once for each of some people; gives the course, and how many got nothing."""
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
    decisions = site.unifier.decisions.newest(PEOPLE, site.clock.now_ms())
    held = sum(one.ghost for one in decisions)
    told = await operations.run(site, "message_course", {"key": key})
    await site.stop()
    assert isinstance(told, dict)
    return told, held


def test_who_is_held_out_of_a_message_is_counted_as_held_back() -> None:
    told, held = asyncio.run(course("offer"))
    assert 0 < held < PEOPLE
    assert (told["held_back"], told["chosen"], told["outdrawn"]) == (held, PEOPLE - held, 0), told
