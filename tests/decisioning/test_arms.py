"""Arms: planned shares, the same unit in the same arm everywhere, ghosts, one offer per account."""

import os
import subprocess
import sys
from collections import Counter, defaultdict

import msgspec
import pytest
from scipy.stats import chisquare

from tests.decide.world import DAY, NOW, ask, message, person, policy
from tests.flow.loops import on_a_loop
from tests.flow.sites import caller, post, running, seen
from wegweiser.decide.arm_choice import weigh
from wegweiser.decide.candidate import NOTHING
from wegweiser.decide.holdout import ARMS, Arm, arm_of, epoch_of, shares_of
from wegweiser.decide.pipeline import fall_back
from wegweiser.decide.policy import Policy
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Message, Placement, RuleText, Variant
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms, Factor

EVERY = Arms(
    nothing=0.02,
    random=0.01,
    no_levers=0.01,
    rules_only=0.01,
    eligible_only=0.01,
    one_best=0.01,
)
ALWAYS = Placement("home.hero", "web", allow_nothing=False)


def unit_in(arm: Arm, arms: Arms = EVERY) -> str:
    return next(unit for unit in map(str, range(100_000)) if arm_of(arms, unit, NOW) == arm)


def check_shares(units: int) -> None:
    counts = Counter(arm_of(EVERY, f"group_id:{number}", NOW) for number in range(units))
    shares = {arm: share for arm, share in shares_of(EVERY).items() if share}
    assert sum(counts.values()) == units
    assert counts.keys() == shares.keys()
    seen_counts = [counts[arm] for arm in shares]
    planned = [units * share for share in shares.values()]
    assert chisquare(seen_counts, planned).pvalue > 1e-3


def test_10_shares_of_the_arms() -> None:
    check_shares(100_000)


@pytest.mark.sweep
def test_10_shares_over_a_million_units() -> None:
    check_shares(1_000_000)


def test_10_the_same_unit_has_the_same_arm_in_every_process() -> None:
    program = (
        "from wegweiser.decide.holdout import arm_of\n"
        "from wegweiser.terms.policy import Arms\n"
        "arms = Arms(.1, .1, no_levers=.1, rules_only=.1, eligible_only=.1, one_best=.1)\n"
        "print([arm_of(arms, f'group_id:{n}', 1795340467000) for n in range(300)])\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    (arms,) = told
    assert "main" in arms
    assert "one_best" in arms


def test_10_an_epoch_lasts_twelve_months_and_the_next_draws_anew() -> None:
    units = [f"group_id:{number}" for number in range(2_000)]
    arms = Arms(nothing=0.5, random=0.0)
    year = 365 * DAY
    now, later = (
        {unit for unit in units if arm_of(arms, unit, at) == "nothing"} for at in (NOW, NOW + year)
    )
    assert (epoch_of(arms, NOW), epoch_of(arms, NOW + year)) == ("1", "1.1")
    assert now == {unit for unit in units if arm_of(arms, unit, NOW + DAY) == "nothing"}
    assert 0.4 * len(now) < len(now & later) < 0.6 * len(now)


def identified(user: str, anonymous: str, number: int) -> JsonObject:
    return {
        "type": "identify",
        "messageId": f"i-{user}-{anonymous}-{number}",
        "userId": user,
        "anonymousId": anonymous,
        "context": {"consent": {"categoryPreferences": {"personalisation": True}}},
    }


ARMED = """
{kind: placement, key: home.hero, channel: web, allow_nothing: false}
---
{kind: message, key: a, variants: [{key: v, channel: web}]}
---
{kind: arms, nothing: 0.5, random: 0, unit: person, no_levers: 0, rules_only: 0,
 eligible_only: 0}
"""


@on_a_loop
async def test_10_a_merge_keeps_the_arm_of_who_was_decided_about_first() -> None:
    kept, flagged = Counter[bool](), 0
    async with running(ARMED) as site:
        key, secret = caller(site)
        book, clock = site.unifier.decisions, site.clock

        async def decided(request: str, **subject: str) -> Decision:
            body: JsonObject = {"request_id": request, "placements": ["home.hero"], **subject}
            await site.deciding.chooser.decide(body, secret)
            found = book.of_request(secret.source_id, request)
            assert found is not None
            return found

        for number in range(12):
            visitor, user = f"visitor-{number}", f"u-{number}"
            page = seen("", 0, messageId=f"p-{number}", anonymousId=visitor)
            del page["userId"]
            # Whoever was seen first gives the merged person its id, whoever was decided about.
            pages = [page, seen(user, 0)]
            for one in pages if number % 3 else reversed(pages):
                await post(site, key, "/v1/page", one)
            first = await decided(f"first-{number}", anonymousId=visitor)
            clock.advance(1_000)
            second = await decided(f"second-{number}", userId=user)
            if number % 2:
                await site.intake.checkpoint()
            await post(site, key, "/v1/identify", identified(user, visitor, number))
            merged = await decided(f"merged-{number}", userId=user)
            again = await decided(f"again-{number}", anonymousId=visitor)
            assert first.unit_id != second.unit_id
            assert merged.arm == again.arm == first.arm
            kept[first.arm != second.arm] += 1
            assert ("arm_kept" in merged.flags) == (merged.unit_id != first.unit_id)
            flagged += "arm_kept" in merged.flags
    assert kept[True] > 0 < kept[False]
    assert 0 < flagged < 12


def rich() -> tuple[Message, ...]:
    return (
        message("a", topic="x", value=20.0),
        message("b", topic="y", value=30.0),
        message("c", RuleText("person.known"), value=25.0),
    )


def test_11_ghosts_leave_no_trace_and_survivors_as_everybody() -> None:
    rules = policy(*rich(), arms=EVERY)
    ghost, treated = (person(unit_id=unit_in(arm)) for arm in ("nothing", "main"))
    for number in range(100):
        held, shown = (ask(rules, facts, f"r{number}") for facts in (ghost, treated))
        assert (held.ghost, held.items, held.status) == (True, (), "nothing")
        assert held.draws == shown.draws
        assert held.drops == shown.drops


PUSHED = """
{kind: placement, key: mail, channel: email, direction: push, allow_nothing: false}
---
{kind: message, key: a, variants: [{key: v, channel: email, content: {subject: Hello}}]}
---
{kind: endpoint, key: out, channel: email, via: file, target: mails}
---
{kind: cap, key: weekly, limit: 1, window_hours: 168, channels: [email]}
---
{kind: arms, nothing: 1, random: 0, unit: person, no_levers: 0, rules_only: 0, eligible_only: 0}
"""


@on_a_loop
async def test_11_a_ghost_writes_no_contact_and_no_delivery() -> None:
    async with running(PUSHED) as site:
        key, secret = caller(site)
        consent = {"consent": {"categoryPreferences": {"email": True}}}
        await post(site, key, "/v1/page", seen("u-1", 0, context=consent))
        for number in range(3):
            body: JsonObject = {
                "request_id": f"r-{number}",
                "userId": "u-1",
                "placements": ["mail"],
            }
            told = await site.deciding.chooser.decide(body, secret)
            assert (told["status"], told["arm"], told["items"]) == ("nothing", "nothing", [])
            site.clock.advance(1_000)
        await site.intake.checkpoint()
        await site.deciding.sender.send_due()
        assert list(site.deciding.sender.deliveries()) == []
        found = [
            site.unifier.decisions.of_request(secret.source_id, f"r-{number}")
            for number in range(3)
        ]
        assert all(one is not None and one.ghost and one.draws for one in found)
        assert all(one is not None and one.draws[0].chosen != NOTHING for one in found)


def test_without_levers_only_the_value_counts() -> None:
    rules = policy(
        message("plain", value=10.0),
        message("pushed", value=10.0, lever=2.0),
        placements=(ALWAYS,),
        arms=EVERY,
        factors=(Factor("more", "person.known", 2.0, messages=("plain",)),),
    )
    facts = person(person={"known": True})
    main = weigh(rules, "main", ALWAYS, Snapshot(), facts, NOW)
    bare = weigh(rules, "no_levers", ALWAYS, Snapshot(), facts, NOW)
    assert (main.utilities.worth / bare.utilities.worth).tolist() == [2.0, 2.0]
    assert (main.factors, bare.factors) == ({"more": 2.0}, {})


def test_by_rules_alone_worth_decides_and_one_best_is_the_same_for_all() -> None:
    snapshot = Snapshot()
    rules = policy(*rich(), placements=(ALWAYS,), arms=EVERY)
    plain, fond = {}, {"person": {"interests": {"x": 50.0}}}
    by_rules = [
        ask(rules, person(unit_id=unit_in("rules_only"), **known), f"r{number}", snapshot=snapshot)
        for number in range(100)
        for known in (plain, fond)
    ]
    shown = Counter(found.items[0].message for found in by_rules)
    assert shown["b"] > 180
    assert {found.items[0].how for found in by_rules} == {"arm"}
    best = [
        ask(rules, person(unit_id=unit_in("one_best"), **known), f"r{number}", snapshot=snapshot)
        for number in range(50)
        for known in (plain, fond)
    ]
    assert len({(found.items[0].message, found.items[0].pi) for found in best}) == 1
    assert best[0].items[0].pi == 1.0
    assert best[0].flags == ("not_evaluable:home.hero",)


def test_soft_rules_are_ignored_in_their_arm_and_nothing_else_is() -> None:
    soft = message("soft", RuleText("person.known", "suitable", "exclude"))
    hard = message("hard", RuleText("person.known"))
    rules = policy(soft, hard, placements=(ALWAYS,), arms=EVERY)
    facts = person(person={"known": False}, unit_id=unit_in("eligible_only"))
    found = ask(rules, facts)
    assert [item.message for item in found.items] == ["soft"]
    assert {drop.reason for drop in found.drops} == {"suitable", "eligible"}
    assert ask(rules, msgspec.structs.replace(facts, unit_id=unit_in("main"))).items == ()
    assert ask(rules, msgspec.structs.replace(facts, consent={})).items == ()


def test_a_held_out_unit_gets_no_fallback_but_service() -> None:
    for service in (False, True):
        rules = policy(
            message("a", ends_at=NOW - DAY),
            message("plain", fallback_only=True, service=service),
            placements=(Placement("home.hero", "web", fallback="plain"),),
            arms=Arms(nothing=1.0, random=0.0),
        )
        held = ask(rules)
        assert (held.arm, [item.how for item in held.items]) == ("nothing", ["fallback"] * service)
        situation = Situation(request_id="r", subject=Subject(), placements=(Ask("home.hero"),))
        asked = (rules, Snapshot(), situation, person(), NOW, "dec-late")
        late = fall_back(*asked, reason="deadline")
        assert [item.message for item in late.items] == ["plain"] * service


def test_arms_that_cannot_be_read_leave_everybody_in_main() -> None:
    for arms in (Arms(nothing=float("nan")), Arms(nothing=1.0, epoch_starts="some day")):
        rules = policy(message("a"), placements=(ALWAYS,), arms=arms)
        found = ask(rules)
        assert (found.arm, found.flags) == ("main", ("arms_unreadable",))
        assert found.items


def offers() -> Policy:
    def priced(key: str, **fields: bool) -> Message:
        variants = tuple(
            Variant(f"v{number}", "web", locale) for number in range(3) for locale in ("", "de")
        )
        renamed = tuple(
            msgspec.structs.replace(one, key=f"{one.key}-{index}")
            for index, one in enumerate(variants)
        )
        return message(key, variants=renamed, **fields)

    return policy(
        priced("ten-percent", price_bearing=True),
        priced("twenty-percent", price_bearing=True),
        priced("award", claim_bearing=True),
        message("guide"),
        message("video"),
        placements=(Placement("home.hero", "web", slots=2),),
        arms=EVERY,
    )


def check_colleagues(decisions: int) -> None:
    rules = offers()
    shown = defaultdict[str, set[str]](set)
    everything = set[str]()
    for number in range(decisions):
        account = f"account-{number % 100}"
        facts = person(
            group_id=account,
            unit_id=f"group_id:{account}",
            person={"interests": {"x": float(number % 7)}},
        )
        found = ask(rules, facts, f"r{number}", (Ask("home.hero", 2),))
        for item in found.items:
            everything.add(item.message)
            if rules.messages[item.message].price_bearing:
                shown[account].add(f"{item.message}/{item.variant}")
    assert {len(variants) for variants in shown.values()} == {1}
    assert len({variant for variants in shown.values() for variant in variants}) > 3
    assert everything >= {"ten-percent", "twenty-percent", "award", "guide", "video"}


def test_39_colleagues_never_see_two_prices() -> None:
    check_colleagues(3_000)


@pytest.mark.sweep
def test_39_in_a_hundred_thousand_decisions() -> None:
    check_colleagues(100_000)


def test_arms_stand_in_the_order_in_which_they_came() -> None:
    assert ARMS[:2] == ("nothing", "random")
    old = Arms(nothing=0.1, random=0.1)
    new = msgspec.structs.replace(old, no_levers=0.1, rules_only=0.1)
    for number in range(500):
        before, after = (arm_of(arms, str(number), NOW) for arms in (old, new))
        assert before in (after, "main")
