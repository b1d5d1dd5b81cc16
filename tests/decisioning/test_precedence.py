"""Eight levels of contact policy: the strictest wins, and only 4 to 6 can be lifted."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations

import msgspec
import pytest

from tests.decide.world import MAIL, NO_ARMS, message, person, policy
from tests.decide.world import ask as decided
from tests.decisioning.contact_world import (
    DAY,
    HOUR,
    LETTER,
    ask,
    clock_of,
    know,
    reasons,
    site_with,
)
from tests.flow.loops import on_a_loop
from tests.flow.sites import NOW, caller, post
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.decide.standing import Standing
from wegweiser.terms.contact_order import ContactOrder
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.policy import Cap, QuietHours, Sequence
from wegweiser.terms.profile import Contact

# Each level alone keeps the letter back, by what a policy or the standing of a person says.
SENT = [Contact(NOW - HOUR, "1", "email", "m", topic="t", direction="push")]
PERSON_CAP = Cap("person", 1, 24)
MESSAGE_CAP = Cap("message", 1, 24, per="message")
ACCOUNT_CAP = Cap("account", 1, 24, scope="account")
GROUP_CAP = Cap("group", 1, 24, scope="group")
Change = Callable[[dict[str, object], dict[str, object], dict[str, object]], None]
"""Writes what a level needs into the policy, the facts and the standing."""


def _quiet(rules: dict[str, object], facts: dict[str, object], standing: dict[str, object]) -> None:
    night = datetime.fromtimestamp(NOW / 1000, UTC).hour
    allowed = "00:00-00:01" if night else "23:00-23:59"
    rules["quiet_hours"] = QuietHours(True, allowed=allowed, packs=False)
    standing["zone"] = "UTC"


def _cap(cap: Cap) -> Change:
    def change(
        rules: dict[str, object], facts: dict[str, object], standing: dict[str, object]
    ) -> None:
        rules["caps"] = (*rules.get("caps", ()), cap)  # type: ignore[misc]
        if cap.scope == "account":
            facts["account_contacts"] = SENT
        elif cap.scope == "group":
            standing["groups"] = {"acme/deal": SENT}
        else:
            facts["contacts"] = SENT

    return change


LEVELS: dict[int, tuple[str, Change]] = {
    1: ("quiet_hours", _quiet),
    2: ("do_not_contact", lambda r, f, s: s.update(bars=("do_not_contact",))),
    3: ("preference:t", lambda r, f, s: s.update(refused=("topic:t",))),
    4: ("ownership", lambda r, f, s: s.update(owned={"acme": "open_opportunity"})),
    5: ("cap:account", _cap(ACCOUNT_CAP)),
    6: ("cap:group", _cap(GROUP_CAP)),
    7: ("cap:person", _cap(PERSON_CAP)),
    8: ("cap:message", _cap(MESSAGE_CAP)),
}


def situation(*levels: int, lifted: int = 0) -> tuple[Policy, Facts]:
    """A letter that some levels keep back, with an override of one level."""
    rules: dict[str, object] = {"placements": (MAIL,), "arms": NO_ARMS}
    facts: dict[str, object] = {"group_id": "acme"}
    standing: dict[str, object] = {}
    for level in levels:
        LEVELS[level][1](rules, facts, standing)
    if lifted:
        standing["orders"] = (order(lifted),)
    facts["standing"] = Standing(**standing)  # type: ignore[arg-type]
    return policy(message("m", channel="email", topic="t"), **rules), person(**facts)


def order(level: int, until: int = NOW + DAY) -> ContactOrder:
    """An override of a level for the account."""
    return ContactOrder(
        order_id=f"ord_{level}",
        kind="override",
        by="mia",
        reason="the customer asked for it",
        at=NOW - DAY,
        account="acme",
        level=level,
        until=until,
    )


def outcome(*levels: int, lifted: int = 0, at: int = NOW) -> Decision:
    """Decide for a situation."""
    rules, facts = situation(*levels, lifted=lifted)
    return decided(rules, facts, placements=(Ask("newsletter"),), at=at)


@pytest.mark.parametrize("pair", list(combinations(LEVELS, 2)))
def test_33_the_strictest_of_two_levels_wins(pair: tuple[int, int]) -> None:
    assert outcome().items
    found = outcome(*pair)
    assert found.items == ()
    told = {drop.reason for drop in found.drops}
    assert told >= {LEVELS[level][0] for level in pair}
    for level in pair:
        alone = outcome(level)
        assert alone.items == ()
        # Lifting one of two never lets through what the other keeps.
        assert outcome(*pair, lifted=level).items == ()


@pytest.mark.parametrize("level", list(LEVELS))
def test_33_only_4_to_6_can_be_lifted_and_the_record_says_by_whom(level: int) -> None:
    found = outcome(level, lifted=level)
    assert bool(found.items) == (level in (4, 5, 6))
    lifted = [(one.level, one.by, one.reason, one.until) for one in found.overrides]
    told = [(level, "mia", "the customer asked for it", NOW + DAY)]
    assert lifted == (told if level in (4, 5, 6) else [])


def test_33_an_override_ends_on_time_and_holds_for_its_account_only() -> None:
    assert outcome(4, lifted=4, at=NOW + DAY - 1).items
    assert outcome(4, lifted=4, at=NOW + DAY).items == ()
    assert outcome(4, lifted=4, at=NOW + DAY).overrides == ()
    rules, facts = situation(4, lifted=4)
    other = msgspec.structs.replace(facts.standing.orders[0], account="example")
    standing = msgspec.structs.replace(facts.standing, orders=(other,))
    elsewhere = msgspec.structs.replace(facts, standing=standing)
    assert decided(rules, elsewhere, placements=(Ask("newsletter"),)).items == ()


def test_33_a_sequence_tells_security_before_finance() -> None:
    rules = policy(
        message("m", channel="email", topic="price"),
        placements=(MAIL,),
        sequences=(Sequence("order", "price", ("security", "finance")),),
    )
    for told, sent in (({}, False), ({"security": ("price",)}, True)):
        standing = Standing(roles=("finance",), told=told)
        found = decided(
            rules,
            person(group_id="acme", standing=standing),
            placements=(Ask("newsletter"),),
        )
        assert bool(found.items) == sent


@on_a_loop
async def test_33_orders_are_on_record_end_on_time_and_name_who_gave_them() -> None:
    owned = {"open_opportunity": True}
    async with site_with(LETTER) as site:
        who = await know(site, "ada", ["acme"])
        key, _ = caller(site)
        await post(site, key, "/v1/group", {"userId": "ada", "groupId": "acme", "traits": owned})
        assert reasons(site, await ask(site, who, "ada")) == {"ownership": None}
        # A pull is not outbound.
        assert (await ask(site, who, "ada", "home.hero"))["status"] == "decided"
        orders = site.deciding.contacts.orders
        now = clock_of(site).now
        for level, until in (("law", now + DAY), ("ownership", now + 31 * DAY), ("ownership", now)):
            with pytest.raises(InputRefused):
                await orders.override("acme", level, "mia", "asked for", until)
        with pytest.raises(InputRefused):
            await orders.override("acme", "ownership", "mia", " ", now + DAY)
        given = await orders.override("acme", "ownership", "mia", "asked for", now + DAY)
        answer = await ask(site, who, "ada")
        decision = site.unifier.decisions.get(str(answer["decision_id"]))
        assert decision is not None
        assert decision.items
        (lifted,) = decision.overrides
        assert (lifted.order_id, lifted.level, lifted.by) == (given.order_id, 4, "mia")
        await site.rebuild()
        assert (await ask(site, who, "ada"))["status"] == "decided"
        clock_of(site).advance(DAY)
        assert reasons(site, await ask(site, who, "ada")) == {"ownership": None}


@on_a_loop
async def test_nobody_may_contact_an_account_that_forbade_it_until_that_is_taken_back() -> None:
    async with site_with(LETTER) as site:
        who = await know(site, "ada", ["acme"])
        orders = site.deciding.contacts.orders
        given = await orders.bar("do_not_contact", "group_id:acme", "mia", "they asked for it")
        assert reasons(site, await ask(site, who, "ada")) == {"do_not_contact": None}
        await site.rebuild()
        assert reasons(site, await ask(site, who, "ada")) == {"do_not_contact": None}
        await site.deciding.contacts.orders.take_back(given.order_id, "mia")
        assert (await ask(site, who, "ada"))["status"] == "decided"
