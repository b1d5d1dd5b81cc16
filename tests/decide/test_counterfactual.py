"""What a draft would have chosen: against itself nothing changes, and what is gone is silence."""

import msgspec
import pytest

from tests.decide.world import NOW, ask, bundle, message, person, policy
from wegweiser.decide.counterfactual import SILENCE, alternatives, unread, without_arms
from wegweiser.decide.facts_record import record_of
from wegweiser.decide.policy import Policy
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.message import RuleText
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms, Cap
from wegweiser.terms.profile import Contact

TEAM = RuleText('person.traits.plan == "team"')
RULES = policy(message("a"), message("b", TEAM), message("c", value=3.0))


def decided(rules: Policy, request: str = "req-1", **fields: object) -> Decision:
    facts = person(person={"traits": {"plan": "team"}}, **fields)
    found = ask(rules, facts, request)
    return msgspec.structs.replace(found, facts=record_of(facts, rules, NOW))


@pytest.mark.parametrize("request_id", ["req-1", "req-2", "req-3"])
def test_a_policy_against_its_own_log_chooses_the_same(request_id: str) -> None:
    [found] = alternatives(decided(RULES, request_id), RULES, without_arms(RULES), Snapshot())
    assert found.target == found.logged
    assert sum(found.logged.values()) == pytest.approx(1.0)
    assert found.chosen in found.logged


def test_arms_of_the_draft_do_not_count() -> None:
    arms = Policy(bundle(message("a"), message("b"), arms=Arms(nothing=0.9, random=0.1)))
    plain = policy(message("a"), message("b"))
    [found] = alternatives(decided(plain), plain, without_arms(arms), Snapshot())
    assert found.target == found.logged


def test_a_message_that_the_draft_has_no_more_gets_nothing_of_it() -> None:
    draft = without_arms(policy(message("a")))
    [found] = alternatives(decided(RULES), RULES, draft, Snapshot())
    assert set(found.target) == {"a/v1", SILENCE}
    assert set(found.logged) == {"a/v1", "b/v1", "c/v1", SILENCE}


def test_where_nobody_was_left_silence_was_certain() -> None:
    capped = policy(message("a"), caps=(Cap("one", 1, 24),))
    silent = decided(capped, contacts=(Contact(NOW - 1, "d-0/home.hero/0", "web", "a"),))
    assert silent.draws == ()
    [found] = alternatives(silent, capped, without_arms(policy(message("a"))), Snapshot())
    assert (found.chosen, found.logged) == (SILENCE, {SILENCE: 1.0})
    # The record kept the contact, but the draft has no cap.
    assert found.target["a/v1"] > 0


def test_placements_that_the_draft_has_no_more_are_left_out() -> None:
    draft = without_arms(policy(message("a"), placements=()))
    assert alternatives(decided(RULES), RULES, draft, Snapshot()) == []


def test_only_the_first_slot_is_compared() -> None:
    found = ask(RULES, person(), placements=(Ask("home.hero", 3),))
    told = msgspec.structs.replace(found, facts=record_of(person(), RULES, NOW))
    assert len(alternatives(told, RULES, without_arms(RULES), Snapshot())) == 1


def test_fields_that_the_record_lacks_are_named() -> None:
    city = policy(message("a", RuleText('person.traits.city == "Kiel" && context.page != ""')))
    assert unread(city, RULES) == ["person.traits.city", "context.page"]
    assert unread(RULES, RULES) == []
