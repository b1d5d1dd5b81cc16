"""Contact policy: rolling caps, suppressions, eight levels of which the strictest wins."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tests.decide.world import ask as decided
from tests.decide.world import message, person, policy
from tests.decisioning.contact_world import (
    ALL_GRANTED,
    DAY,
    HOUR,
    LETTER,
    ask,
    clock_of,
    know,
    reasons,
    site_with,
    tell,
)
from tests.flow.loops import on_a_loop
from tests.flow.sites import NOW, caller, post
from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.decide.contact import blocks, rows_of
from wegweiser.decide.standing import Standing
from wegweiser.terms.decision import Ask
from wegweiser.terms.errors import EngineBroken
from wegweiser.terms.instant import format_instant
from wegweiser.terms.policy import Cap, Suppression
from wegweiser.terms.profile import Contact
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.operations import run
from wegweiser.workspace.site import Site

SECOND = 1_000
TWO_A_WEEK = Cap("weekly", limit=2, window_hours=168)
BERLIN = ZoneInfo("Europe/Berlin")


def moments(day: datetime) -> list[int]:
    """Every second of twenty minutes around a local midnight, and around 2 and 3 at night."""
    found = []
    for hour in (0, 2, 3):
        middle = round(day.replace(hour=hour).timestamp() * 1000)
        found += [middle + second * SECOND for second in range(-600, 600)]
    return sorted(set(found))


@pytest.mark.parametrize(
    "day",
    [
        datetime(2027, 3, 28, tzinfo=BERLIN),
        datetime(2027, 10, 31, tzinfo=BERLIN),
        datetime(2027, 1, 13, tzinfo=UTC),
    ],
)
def test_09_a_rolling_cap_never_allows_3_in_any_window(day: datetime) -> None:
    ledger: list[Contact] = []
    for week in range(3):
        for at in moments(day):
            now = at + week * 7 * DAY
            rows = rows_of(ledger, now)
            if not list(blocks([TWO_A_WEEK], "email", {"person": [("", rows)]}, now)):
                ledger.append(Contact(now, str(now), "email", "m", direction="push"))
    assert len(ledger) == 6
    for last in ledger:
        inside = [one for one in ledger if last.at - 7 * DAY < one.at <= last.at]
        assert len(inside) <= 2


def test_09_a_clock_that_is_set_back_opens_no_window_early() -> None:
    ahead = Contact(NOW + 3 * DAY, "1", "email", "m", direction="push")
    cap = Cap("one", limit=1, window_hours=24)
    (held,) = blocks([cap], "email", {"person": [("", rows_of([ahead], NOW))]}, NOW)
    assert held.until == NOW + 4 * DAY


def test_a_calendar_cap_follows_the_day_of_the_subject() -> None:
    cap = Cap("daily", limit=1, calendar="day")
    evening = round(datetime(2027, 10, 30, 21, 30, tzinfo=UTC).timestamp() * 1000)
    sent = Contact(evening, "1", "email", "m", direction="push")

    def free(at: int, zone: str) -> bool:
        rows = rows_of([sent], at)
        return not list(blocks([cap], "email", {"person": [("", rows)]}, at, zone))

    # In Berlin it is 23:30 then; there the day ends half an hour later.
    assert not free(evening + 29 * 60 * SECOND, "Europe/Berlin")
    assert free(evening + 31 * 60 * SECOND, "Europe/Berlin")
    assert not free(evening + 31 * 60 * SECOND, "UTC")
    assert free(evening + 151 * 60 * SECOND, "UTC")


def test_room_is_kept_for_what_is_worth_much() -> None:
    cap = Cap("weekly", limit=2, window_hours=168, reserve=0.5, high_value=100.0)
    rules = policy(
        message("small", channel="email", value=1.0),
        message("big", channel="email", value=100.0),
        caps=(cap,),
    )
    once = [Contact(NOW - DAY, "1", "email", "x", direction="push")]
    chosen = {
        item.message
        for number in range(20)
        for item in decided(rules, person(contacts=once), f"r{number}", (Ask("newsletter"),)).items
    }
    assert chosen == {"big"}


class Unreadable(MemoryStore):
    """A real store of which some rows cannot be read for a while."""

    broken = b""

    def scan(self, table: str, prefix: bytes = b"", after: bytes = b""):  # type: ignore[no-untyped-def]
        """Refuse where it is broken."""
        if self.broken and prefix.startswith(self.broken):
            raise EngineBroken("a page of the store is damaged")
        return super().scan(table, prefix, after)


@pytest.mark.parametrize(("setting", "shown"), [("closed", "nothing"), ("open", "decided")])
@on_a_loop
async def test_16_with_the_ledger_down_push_sends_nothing_and_pull_follows_the_bundle(
    setting: str, shown: str
) -> None:
    store = Unreadable()
    engines = msgspec.structs.replace(in_memory(MemoryClock(NOW, 1)), store=store)
    rules = f"""
{{kind: cap, key: paced, scope: account, limit: 9, window_hours: 24}}
---
{{kind: contact_rules, ledger_down: {setting}}}
---
"""
    async with site_with(LETTER + rules, engines) as site:
        await know(site, "colleague", ["acme"])
        who = await know(site, "ada", ["acme"])
        assert (await ask(site, who, "ada"))["status"] == "decided"
    async with site_with("", engines) as site:
        _, who = caller(site)
        store.broken = b"user_id:colleague"
        push = await ask(site, who, "ada")
        assert (push["status"], push["items"]) == ("nothing", [])
        assert reasons(site, push) == {"ledger_down": None}
        assert (await ask(site, who, "ada", "home.hero"))["status"] == shown
        store.broken = b""
        assert (await ask(site, who, "ada"))["status"] == "decided"


@on_a_loop
async def test_32_three_declines_pause_30_days_on_every_channel() -> None:
    async with site_with(LETTER) as site:
        who = await know(site, "ada")
        for channel in ("mail.push", "home.hero", "sms.push"):
            answer = await ask(site, who, "ada", channel)
            assert answer["status"] == "decided"
            clock_of(site).advance(HOUR)
            await tell(site, who, answer, "declined")
        rests_until = clock_of(site).now + 30 * DAY
        for channel in ("mail.push", "home.hero", "sms.push"):
            answer = await ask(site, who, "ada", channel)
            assert answer["items"] == []
            assert reasons(site, answer) == {"suppressed:declined": rests_until}
        clock_of(site).advance(30 * DAY)
        for channel in ("mail.push", "home.hero", "sms.push"):
            assert (await ask(site, who, "ada", channel))["status"] == "decided"


def test_32_a_suppression_binds_service_unless_the_law_requires_it() -> None:
    declined = [
        Contact(NOW - n * DAY, str(n), "web", "a", states=(("declined", NOW - n * DAY),))
        for n in (1, 2, 3)
    ]
    said_no = person(contacts=declined)
    for fields, kept in (({"service": True}, True), ({"legally_required": True}, False)):
        found = decided(policy(message("a", **fields)), said_no)
        assert (found.items == ()) == kept


def test_32_what_was_seen_three_times_without_a_click_rests() -> None:
    rule = Suppression(
        "card", 3, 7 * 24, 14 * 24, counting=("ignored",), channels=("web",), only_channels=("web",)
    )
    seen = [
        Contact(at, str(at), "web", "a", direction="pull", states=(("seen", at),))
        for at in (NOW - 6 * DAY, NOW - 5 * DAY, NOW - DAY)
    ]
    rules = policy(message("a"), suppressions=(rule,))
    (drop,) = decided(rules, person(contacts=seen)).drops
    assert (drop.reason, drop.until) == ("suppressed:card", NOW + 13 * DAY)
    clicked = msgspec.structs.replace(seen[0], states=(("clicked", NOW), ("seen", NOW)))
    assert decided(rules, person(contacts=[clicked, *seen[1:]])).items


@pytest.mark.parametrize(("unit", "suppressed"), [("account", True), ("person", False)])
@on_a_loop
async def test_32_a_goal_that_a_colleague_reached_suppresses_account_wide(
    unit: str, suppressed: bool
) -> None:
    goal = f"""
{{kind: goal, key: won, when: 'event == "Won"', worth: 10, suppress_on_reach: true, unit: {unit}}}
---
{{kind: message, key: offer, goal: won, value: 10, variants: [
 {{key: mail, channel: email, content: {{subject: Offer, text: Offer}}}}]}}
---
"""
    async with site_with(goal) as site:
        await know(site, "colleague", ["acme"])
        who = await know(site, "ada", ["acme"])
        assert (await ask(site, who, "ada"))["status"] == "decided"
        key, _ = caller(site)
        event = {"type": "track", "event": "Won", "messageId": "won-1", "userId": "colleague"}
        assert (await post(site, key, "/v1/batch", {"batch": [event]})).status == 200
        answer = await ask(site, who, "ada")
        assert (answer["items"] == []) == suppressed
        assert ("goal_reached:won" in reasons(site, answer)) == suppressed
        own = await ask(site, who, "colleague")
        assert own["items"] == []
        await site.rebuild()
        assert ((await ask(site, who, "ada"))["items"] == []) == suppressed


@on_a_loop
async def test_what_a_person_does_not_want_to_hear_of_is_not_said() -> None:
    async with site_with(LETTER) as site:
        wishes = {"topics": {"product": False}}
        who = await know(site, "ada", preferences=wishes)
        assert reasons(site, await ask(site, who, "ada")) == {"preference:product": None}


@on_a_loop
async def test_after_a_merge_the_union_of_contacts_counts() -> None:
    weekly = "{kind: cap, key: weekly, limit: 2, window_hours: 168, channels: [email]}\n---\n"
    async with site_with(LETTER + weekly) as site:
        await know(site, "ada", email="ada@example.com")
        who = await know(site, "lovelace")
        for user in ("ada", "lovelace"):
            await tell(site, who, await ask(site, who, user), "delivered")
            assert (await ask(site, who, user))["status"] == "decided"
        await merge(site, "ada", "lovelace")
        answer = await ask(site, who, "ada")
        assert answer["status"] == "deferred"
        # Four are on record now, although two were allowed: nothing goes out beyond that.
        decisions = [one for one in site.unifier.decisions.held() if one.items]
        check = site.deciding.contacts.checks.check
        going = [one for one in decisions if not check(one, one.items[0], clock_of(site).now)]
        assert len(going) == 2


async def merge(site: Site, old: str, new: str) -> None:
    """Say that two users are one."""
    key, _ = caller(site)
    alias = {
        "type": "alias",
        "messageId": f"alias-{old}",
        "previousId": old,
        "userId": new,
        "context": ALL_GRANTED,
    }
    assert (await post(site, key, "/v1/batch", {"batch": [alias]})).status == 200
    assert site.unifier.person_of(f"user_id:{old}") == site.unifier.person_of(f"user_id:{new}")


@on_a_loop
async def test_the_ledger_tells_every_entry_its_state_and_what_caps_leave() -> None:
    weekly = "{kind: cap, key: weekly, limit: 2, window_hours: 168, channels: [email]}\n---\n"
    async with site_with(LETTER + weekly) as site:
        who = await know(site, "ada", ["acme"])
        await tell(site, who, await ask(site, who, "ada"), "delivered")
        person_id = site.views.find_person("user_id:ada")
        assert person_id is not None
        told = site.deciding.contacts.report.of_person(person_id)
        (entry,) = told["entries"]
        assert (entry["state"], entry["message"], entry["topic"]) == (
            "delivered",
            "letter",
            "product",
        )
        (cap,) = told["caps"]
        assert (cap["cap"], cap["used"], cap["left"]) == ("weekly", 1, 1)
        whole = site.deciding.contacts.report.of_account("acme")
        assert [one["entry_id"] for one in whole["entries"]] == [entry["entry_id"]]


@on_a_loop
async def test_the_price_of_attention_rises_with_use_and_goes_into_the_record() -> None:
    pack = """
{kind: cap, key: weekly, limit: 1, window_hours: 168, channels: [email]}
---
{kind: contact_rules, price_max: 5}
---
"""
    async with site_with(LETTER + pack) as site:
        attention = site.deciding.contacts.attention
        who = await know(site, "ada")
        await tell(site, who, await ask(site, who, "ada"), "delivered")
        await attention.run()
        # All of the cap is used, and no more than that: the price stays.
        assert attention.prices == {"email/person": 0.0}
        attention.prices = {"email/person": 2.0}
        who = await know(site, "eve")
        await ask(site, who, "eve", request="priced")
        await attention.run()
        before = site.unifier.decisions.of_request(who.source_id, "priced")
        assert before is not None
        assert "prices" not in before.facts.get("standing", {})
        who = await know(site, "mia")
        await ask(site, who, "mia", request="paid")
        paid = site.unifier.decisions.of_request(who.source_id, "paid")
        assert paid is not None
        assert paid.facts["standing"]["prices"] == {"email": attention.prices["email/person"]}


def test_rules_of_an_account_hold_only_for_whom_it_surely_is() -> None:
    cap = Cap("account", limit=1, window_hours=24, scope="account")
    rules = policy(message("a"), caps=(cap,))
    colleague = [Contact(NOW - HOUR, "1", "email", "x", direction="push")]
    for certain in (True, False):
        facts = person(
            account_contacts=colleague, group_id="acme", standing=Standing(certain=certain)
        )
        assert bool(decided(rules, facts, at=NOW).items) != certain


@on_a_loop
async def test_an_erased_person_leaves_no_entry_and_suppresses_nobody() -> None:
    goal = """
{kind: goal, key: won, when: 'event == "Won"', worth: 1, suppress_on_reach: true, unit: account}
---
{kind: message, key: offer, goal: won, value: 10, variants: [
 {key: mail, channel: email, content: {subject: Offer, text: Offer}}]}
---
{kind: cap, key: paced, scope: account, limit: 2, window_hours: 168}
---
"""
    async with site_with(goal) as site:
        await know(site, "colleague", ["acme"])
        who = await know(site, "ada", ["acme"])
        await ask(site, who, "colleague")
        key, _ = caller(site)
        event = {"type": "track", "event": "Won", "messageId": "won-1", "userId": "colleague"}
        assert (await post(site, key, "/v1/batch", {"batch": [event]})).status == 200
        assert (await ask(site, who, "ada"))["items"] == []
        async with site.erasing() as eraser:
            await eraser.forget("user_id:colleague")
        assert site.views.account_ledger("acme").contacts == []
        assert (await ask(site, who, "ada"))["status"] == "decided"
        held = site.views.account_ledger("acme")
        await site.rebuild()
        assert site.views.account_ledger("acme").reached == held.reached == {}


@on_a_loop
async def test_every_door_tells_the_ledger_and_takes_orders() -> None:
    async with site_with(LETTER) as site:
        who = await know(site, "ada", ["acme"])
        await tell(site, who, await ask(site, who, "ada"), "delivered")
        told = await run(site, "contact_ledger", {"identifier": "user_id:ada"})
        assert isinstance(told, dict)
        assert [one["state"] for one in told["entries"]] == ["delivered"]
        asked = {"account": "acme", "level": "account", "by": "mia", "reason": "fair week"}
        until = format_instant(clock_of(site).now + DAY)
        given = await run(site, "contact_override", {**asked, "until": until})
        assert isinstance(given, dict)
        listed = await run(site, "contact_orders", {})
        assert listed == [given]
        barred = {"identifier": "group_id:acme", "by": "mia", "reason": "they asked"}
        await run(site, "contact_bar", barred)
        whole = await run(site, "contact_ledger", {"identifier": "group_id:acme"})
        assert isinstance(whole, dict)
        assert [one["kind"] for one in whole["orders"]] == ["override", "do_not_contact"]
        await run(site, "contact_take_back", {"order": given["order_id"], "by": "mia"})
        assert len(await run(site, "contact_orders", {})) == 1  # type: ignore[arg-type]
