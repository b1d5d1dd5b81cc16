"""Deferral: at its time a new decision is taken, and never the old message sent."""

from tests.decisioning.contact_world import (
    DAY,
    HOUR,
    LETTER,
    ask,
    clock_of,
    know,
    site_with,
    tell,
)
from tests.flow.loops import on_a_loop
from wegweiser.terms.decision import Decision
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site

WEEKLY = "{kind: cap, key: weekly, limit: 1, window_hours: 168, channels: [email]}\n---\n"
GOAL = "{kind: goal, key: won, when: 'event == \"Won\"', worth: 10, suppress_on_reach: true}\n---\n"
OFFER = """
{kind: message, key: offer, topic: product, goal: won, value: 10, variants: [
 {key: mail, channel: email, content: {subject: Offer, text: Offer}}]}
---
"""
BETTER = """
{kind: message, key: better, topic: product, value: 1000000, variants: [
 {key: mail, channel: email, content: {subject: Better, text: Better}}]}
---
"""


def following(site: Site, answer: JsonObject, number: int) -> Decision | None:
    """Give the nth decision after an answer that was put off."""
    first = site.unifier.decisions.get(str(answer["decision_id"]))
    assert first is not None
    return site.unifier.decisions.of_request(first.source_id, f"{first.request_id}/{number}")


async def put_off(site: Site, request: str = "asked") -> JsonObject:
    """Send one letter, and ask for another, which has to wait a week."""
    who = await know(site, "ada")
    await tell(site, who, await ask(site, who, "ada"), "delivered")
    answer = await ask(site, who, "ada", request=request)
    assert answer["status"] == "deferred"
    assert answer["items"] == []
    return answer


@on_a_loop
async def test_30_at_its_time_the_best_current_message_goes_out() -> None:
    async with site_with(LETTER + WEEKLY) as site:
        answer = await put_off(site)
        await site.applier.apply([("new.yaml", BETTER)])
        clock_of(site).advance(7 * DAY - 1)
        await site.deciding.contacts.deferrals.run()
        assert following(site, answer, 1) is None
        clock_of(site).advance(1)
        await site.deciding.contacts.deferrals.run()
        again = following(site, answer, 1)
        assert again is not None
        assert (again.status, [item.message for item in again.items]) == ("decided", ["better"])
        assert again.deferral is not None
        assert again.deferral.decision_id == answer["decision_id"]
        await site.deciding.contacts.deferrals.run()
        assert following(site, answer, 2) is None


@on_a_loop
async def test_30_a_message_that_lapsed_meanwhile_is_never_sent() -> None:
    async with site_with(LETTER + WEEKLY) as site:
        answer = await put_off(site)
        stopped = LETTER.replace("value: 10", "value: 10, stopped: true")
        await site.applier.apply([("stop.yaml", stopped)])
        clock_of(site).advance(7 * DAY)
        await site.deciding.contacts.deferrals.run()
        again = following(site, answer, 1)
        assert again is not None
        assert (again.status, again.items) == ("nothing", ())


@on_a_loop
async def test_30_a_message_whose_goal_was_reached_meanwhile_is_never_sent() -> None:
    async with site_with(GOAL + OFFER + WEEKLY) as site:
        answer = await put_off(site)
        await reach(site)
        clock_of(site).advance(7 * DAY)
        await site.deciding.contacts.deferrals.run()
        again = following(site, answer, 1)
        assert again is not None
        assert (again.status, again.items) == ("nothing", ())
        assert "goal_reached:won" in {drop.reason for drop in again.drops}


async def reach(site: Site, user: str = "ada") -> None:
    """Let somebody reach the goal."""
    from tests.flow.sites import caller, post

    key, _ = caller(site)
    event = {"type": "track", "event": "Won", "messageId": f"won-{user}", "userId": user}
    assert (await post(site, key, "/v1/batch", {"batch": [event]})).status == 200


@on_a_loop
async def test_30_the_sixth_deferral_expires() -> None:
    hourly = "{kind: cap, key: hourly, limit: 1, window_hours: 1, channels: [email]}\n---\n"
    async with site_with(LETTER + hourly) as site:
        who = await know(site, "ada")
        await tell(site, who, await ask(site, who, "ada"), "delivered")
        answer = await ask(site, who, "ada", request="asked")
        found = []
        for number in range(1, 7):
            # Somebody else is quicker every time.
            clock_of(site).advance(HOUR)
            await tell(site, who, await ask(site, who, "ada"), "delivered")
            await site.deciding.contacts.deferrals.run()
            again = following(site, answer, number)
            found.append(None if again is None else again.status)
        assert found == ["deferred"] * 4 + ["expired", None]


@on_a_loop
async def test_30_what_cannot_be_said_within_7_days_expires() -> None:
    monthly = "{kind: cap, key: monthly, limit: 1, window_hours: 720, channels: [email]}\n---\n"
    async with site_with(LETTER + monthly) as site:
        answer = await put_off(site)
        clock_of(site).advance(7 * DAY)
        await site.deciding.contacts.deferrals.run()
        again = following(site, answer, 1)
        assert again is not None
        assert (again.status, again.items) == ("expired", ())
        assert again.deferral is not None
        clock_of(site).advance(30 * DAY)
        await site.deciding.contacts.deferrals.run()
        assert following(site, answer, 2) is None


@on_a_loop
async def test_a_deferral_survives_a_rebuild_and_is_taken_once() -> None:
    async with site_with(LETTER + WEEKLY) as site:
        answer = await put_off(site)
        await site.rebuild()
        clock_of(site).advance(7 * DAY)
        await site.deciding.contacts.deferrals.run()
        again = following(site, answer, 1)
        assert again is not None
        assert again.status == "decided"
        await site.rebuild()
        await site.deciding.contacts.deferrals.run()
        sent = [one for one in site.unifier.decisions.held() if one.items]
        assert len({one.decision_id for one in sent}) <= 2


@on_a_loop
async def test_a_deferral_of_an_erased_person_is_forgotten() -> None:
    async with site_with(LETTER + WEEKLY) as site:
        answer = await put_off(site)
        async with site.erasing() as eraser:
            await eraser.forget("user_id:ada")
        clock_of(site).advance(7 * DAY)
        await site.deciding.contacts.deferrals.run()
        assert following(site, answer, 1) is None
        assert site.unifier.contacts.due(clock_of(site).now) == []
