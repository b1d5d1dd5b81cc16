"""What somebody may try to get round contact policy with, and what a bad moment may break."""

import asyncio

import pytest

from tests.decisioning.contact_world import (
    ALL_GRANTED,
    HOUR,
    LETTER,
    ask,
    clock_of,
    know,
    site_with,
)
from tests.flow.loops import on_a_loop
from tests.flow.sites import caller, post
from wegweiser.decide.contact import blocks, rows_of
from wegweiser.flow.tables import DEFERRALS, OUTBOX, RESERVATIONS
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import KeyRefused
from wegweiser.terms.policy import Cap
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api.decisions import decide
from wegweiser.workspace.operations import run as run_operation
from wegweiser.workspace.site import Site

WEEKLY_MAIL = "{kind: placement, key: mail.weekly, channel: email, allow_nothing: false}\n---\n"
ONCE = "{kind: cap, key: once, channels: [email], limit: 1, window_hours: 168}\n"
ONCE_AN_HOUR = (
    "{kind: cap, key: once, channels: [email], limit: 1, window_hours: 1, on_exceed: defer}\n"
)


@on_a_loop
async def test_a_public_key_lets_no_mail_be_sent_whatever_the_placement_is_called() -> None:
    async with site_with(LETTER + WEEKLY_MAIL) as site:
        await know(site, "ada", email="ada@example.com")
        key, _ = caller(site)
        joined = {
            "type": "identify",
            "messageId": "joined",
            "userId": "ada",
            "anonymousId": "phone-1",
            "context": ALL_GRANTED,
        }
        assert (await post(site, key, "/v1/batch", {"batch": [joined]})).status == 200
        _, visitor = caller(site, secret=False)
        body = {
            "request_id": "p-1",
            "subject": {"device": "anonymous_id:phone-1"},
            "placements": [{"key": "mail.weekly"}],
        }
        with pytest.raises(KeyRefused, match="sends messages"):
            await site.deciding.chooser.decide(body, visitor)  # type: ignore[arg-type]
        await site.intake.checkpoint()
        assert list(site.engines.store.scan(OUTBOX)) == []


@on_a_loop
async def test_no_name_of_a_request_is_a_way_round_a_cap() -> None:
    async with site_with(LETTER + ONCE) as site:
        who = await know(site, "ada", email="ada@example.com")
        told = await asyncio.gather(
            *(ask(site, who, "ada", request=f"ofrep:{number}") for number in range(30))
        )
        assert [one["status"] for one in told].count("decided") == 1


@on_a_loop
async def test_an_evaluation_of_a_flag_takes_no_room_and_nobody_else_may_say_it_is_one() -> None:
    served = (
        "{kind: cap, key: shown, channels: [web], limit: 1, window_hours: 1, count_at: served}\n"
    )
    async with site_with(LETTER + served) as site:
        who = await know(site, "ada")
        for number in range(3):
            told = await ask(site, who, "ada", "home.hero", request=f"ofrep:{number}")
            assert told["status"] == "decided"
        await ask(site, who, "ada", "home.hero", request="shown-1")
        assert (await ask(site, who, "ada", "home.hero", request="shown-2"))["items"] == []
        key, _ = caller(site)
        body = b'{"request_id": "ofrep:1", "userId": "ada", "placements": ["home.hero"]}'
        request = WireRequest("POST", "/v1/decide", headers={"x-write-key": key}, body=body)
        with pytest.raises(Exception, match="kept for evaluations"):
            await decide(site, request)


@on_a_loop
async def test_a_deferral_whose_next_name_is_taken_ends_and_blocks_no_other() -> None:
    async with site_with(LETTER + ONCE_AN_HOUR) as site:
        who = await know(site, "ada", email="ada@example.com")
        await know(site, "bob", email="bob@example.com")
        await ask(site, who, "ada", request="r-1")
        waiting = await ask(site, who, "ada", request="r-2")
        assert waiting["status"] == "deferred"
        taken = await ask(site, who, "bob", request="r-2/1")
        clock_of(site).advance(2 * HOUR)
        for _ in range(2):
            await site.deciding.contacts.deferrals.run()
            await site.intake.checkpoint()
        assert list(site.engines.store.scan(DEFERRALS)) == []
        ended = _last(site)
        assert (ended.status, ended.reason) == (
            "expired",
            "its request id was used by another request",
        )
        # Whoever asks again under the taken name gets the answer of theirs.
        assert await ask(site, who, "bob", request="r-2/1") == taken
        await site.rebuild()
        assert list(site.engines.store.scan(DEFERRALS)) == []


@on_a_loop
async def test_a_deferral_of_somebody_kept_out_ends_and_says_nothing_of_them() -> None:
    async with site_with(LETTER + ONCE_AN_HOUR) as site:
        who = await know(site, "ada", email="ada@example.com")
        await ask(site, who, "ada", request="r-1")
        await ask(site, who, "ada", request="r-2")
        site.deciding.chooser._is_kept_out = lambda subject, at: True
        clock_of(site).advance(2 * HOUR)
        await site.deciding.contacts.deferrals.run()
        await site.intake.checkpoint()
        assert list(site.engines.store.scan(DEFERRALS)) == []
        ended = _last(site)
        assert (ended.status, ended.leaf, ended.person_id) == ("expired", "", "")


def _last(site: Site) -> Decision:
    return max(site.unifier.decisions.held(), key=lambda one: (one.at, one.decision_id))


@pytest.mark.parametrize("reserve", [0.9, 1.0])
def test_all_room_may_be_kept_for_what_is_worth_much(reserve: float) -> None:
    cap = Cap("c", limit=2, window_hours=1, reserve=reserve, high_value=100)
    [found] = blocks([cap], "email", {"person": [("", rows_of([], 0))]}, 0)
    assert found.below == 100


OWNED = "{kind: contact_rules, owned_by: [open_opportunity], handover: [sales]}\n"


@on_a_loop
async def test_33_sales_may_take_an_account_over_between_decision_and_hand_over() -> None:
    async with site_with(LETTER + OWNED) as site:
        who = await know(site, "ada", accounts=["acme"], email="ada@example.com")
        told = await ask(site, who, "ada", request="r-1")
        decision = site.unifier.decisions.get(str(told["decision_id"]))
        assert decision is not None
        check, [item] = site.deciding.contacts.checks.check, decision.items
        now = site.clock.now_ms()
        assert check(decision, item, now) == ""
        await _opportunity(site, True)
        assert check(decision, item, now).startswith("ownership")
        # A person may lift it, for a while, and with a reason.
        lifted = {
            "account": "acme",
            "level": "ownership",
            "by": "mia",
            "reason": "agreed with sales",
            "until": "2026-11-25T10:00:00Z",
        }
        await run_operation(site, "contact_override", {**lifted})
        assert check(decision, item, now) == ""
        clock_of(site).advance(1_000)
        await _opportunity(site, False)
        assert check(decision, item, now) == ""


async def _opportunity(site: Site, is_open: bool) -> None:
    """Let the system of sales say whether it has an opportunity open."""
    key, _ = caller(site)
    group = {
        "type": "group",
        "userId": "ada",
        "messageId": f"opportunity-{is_open}-{site.unifier.position}",
        "groupId": "acme",
        "traits": {"open_opportunity": is_open},
    }
    assert (await post(site, key, "/v1/batch", {"batch": [group]})).status == 200
    await site.intake.settle()


@on_a_loop
async def test_what_was_handed_over_is_not_looked_at_for_ever() -> None:
    async with site_with(LETTER) as site:
        who = await know(site, "ada", email="ada@example.com")
        await ask(site, who, "ada", request="r-1")
        await site.intake.checkpoint()
        await site.deciding.sender.send_due()
        clock_of(site).advance(HOUR)
        await site.deciding.contacts.leases.run()
        await site.intake.checkpoint()
        assert list(site.engines.store.scan(RESERVATIONS)) == []


@on_a_loop
async def test_what_is_tried_again_by_hand_takes_nobody_elses_room() -> None:
    async with site_with(LETTER + ONCE) as site:
        who = await know(site, "ada", email="ada@example.com")
        first = await ask(site, who, "ada", request="r-1")
        decision = site.unifier.decisions.get(str(first["decision_id"]))
        assert decision is not None
        [item] = decision.items
        # Without an endpoint it is given back at once, and the next one takes the room.
        await site.intake.checkpoint()
        await site.deciding.sender.send_due()
        await site.intake.settle()
        check, now = site.deciding.contacts.checks.check, site.clock.now_ms()
        assert check(decision, item, now) == ""
        assert (await ask(site, who, "ada", request="r-2"))["status"] == "decided"
        assert check(decision, item, now) == "cap:once"
