"""What decisions say about themselves: sums that add up, and changes that really flip them."""

import math
import random

import msgspec
import numpy as np
import pytest

from tests.decide.world import KEY, NOW, RuleText, ask, message, person, policy
from tests.decisioning.told_worlds import decided, facts_of, model_of, policy_of
from wegweiser.decide.again import recorded_facts
from wegweiser.decide.candidate import NOTHING
from wegweiser.decide.explain import explain
from wegweiser.decide.facts import Facts
from wegweiser.decide.flip import Flips, flips_of
from wegweiser.decide.flip_stage import moved
from wegweiser.decide.pipeline import decide
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.decide.standings import best_then
from wegweiser.decide.weigh import (
    Slot,
    contributions_of,
    factors_of,
    heads_of,
    mean_of_heads,
    slot_of,
    utilities_of,
)
from wegweiser.decide.winner import winner_of
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact

WORLDS = 40


class Told:
    """One recorded decision with all that made it, read from its record."""

    def __init__(self, seed: int):
        luck = random.Random(seed)
        self.policy = policy_of(luck)
        self.snapshot = model_of(luck, self.policy)
        self.decision = decided(self.policy, self.snapshot, facts_of(luck), f"r-{seed}")
        self.facts = recorded_facts(self.decision)

    def slots(self) -> list[Slot]:
        """Give the slots that were filled."""
        return [
            slot_of(self.policy, self.decision, draw, self.facts, self.snapshot)
            for draw in self.decision.draws
            if draw.chosen != NOTHING
        ]

    def flips(self, slot: Slot) -> Flips:
        """Look for what would have changed a slot."""
        return flips_of(self.policy, self.decision, slot, self.facts, self.snapshot)

    def best(self, policy: Policy, slot: Slot, facts: Facts, at: int = NOW) -> str:
        """Name who is best when all steps run again under another policy, facts or time."""
        found = best_then(policy, self.decision, slot, facts, self.snapshot, at)
        shelf = policy.shelves[slot.placement.channel]
        return "" if found.place is None else shelf.candidates[found.place].id


@pytest.fixture(scope="module")
def worlds() -> list[Told]:
    return [Told(seed) for seed in range(WORLDS)]


def test_22_contributions_sum_to_the_mean(worlds: list[Told]) -> None:
    seen = 0
    for told in worlds:
        for slot in told.slots():
            won = winner_of(told.policy, slot, told.snapshot)
            for place in filter(lambda one: one is not None, (won.place, won.rival_place)):
                candidate = told.policy.shelves[slot.placement.channel].candidates[place]
                means = {
                    head: sum(
                        part.points
                        for part in contributions_of(candidate, slot, told.snapshot, head).values()
                    )
                    for head in heads_of(candidate, slot)
                }
                assert math.isclose(
                    mean_of_heads(means), float(slot.utilities.mean[place]), abs_tol=1e-9
                )
                factors = factors_of(told.policy, slot, place, told.facts, told.snapshot)
                assert factors.factor == pytest.approx(1.0)
                worth = factors.value * factors.factor * factors.lever * factors.increment
                earned = worth * (factors.p_response - factors.baseline * factors.p_engage)
                assert factors.utility == pytest.approx(
                    earned - factors.cost - factors.price, abs=1e-12
                )
                seen += 1
    assert seen > WORLDS


def _with_lever(policy: Policy, key: str, lever: float) -> Policy:
    messages = tuple(
        msgspec.structs.replace(one, lever=lever) if one.key == key else one
        for one in policy.bundle.messages
    )
    return compile_policy(msgspec.structs.replace(policy.bundle, messages=messages))


def test_22_a_flip_lever_applied_changes_the_top_candidate(worlds: list[Told]) -> None:
    applied = refused = 0
    for told in worlds:
        for slot in told.slots():
            flip = told.flips(slot)
            assert flip.lever is None or flip.best != flip.lever.candidate
            if flip.lever is None or flip.lever.needed is None:
                continue
            for factor, name in ((1 - 1e-6, flip.best), (1 + 1e-6, flip.lever.candidate)):
                lever = flip.lever.needed * factor
                other = _with_lever(told.policy, flip.lever.message, lever)
                then = utilities_of(other, "main", slot.placement, told.snapshot, told.facts, NOW)
                middle = then.at(0.0)
                top = int(slot.survivors[middle[slot.survivors].argmax()])
                nothing = slot.allow_nothing and not middle[top] > 0
                shelf = other.shelves[slot.placement.channel]
                assert ("" if nothing else shelf.candidates[top].id) == name
            allowed = 0.5 <= flip.lever.needed <= 2.0
            assert (flip.lever.verdict == "") == allowed
            applied, refused = applied + allowed, refused + (not allowed)
    assert applied > 5
    assert refused > 2


def test_22_a_flip_of_the_stage_applied_changes_the_top_candidate(worlds: list[Told]) -> None:
    found = 0
    for told in worlds[:15]:
        slot = next(iter(told.slots()), None)
        flip = told.flips(slot) if slot is not None else None
        if slot is None or flip is None or flip.stage is None:
            continue
        belief = told.facts.person["stage"]
        assert isinstance(belief, dict)
        shares = {name: float(share) for name, share in belief.items()}  # type: ignore[arg-type]
        by = flip.stage
        after = moved(told.facts, shares, by.source, by.target, by.moved)
        before = moved(told.facts, shares, by.source, by.target, by.moved * (1 - 1e-4))
        assert told.best(told.policy, slot, after) == by.candidate != flip.best
        assert told.best(told.policy, slot, before) == flip.best
        found += 1
    assert found > 3


def _model(**means: float) -> Snapshot:
    return Snapshot(number=1, heads={"engage": Head({f"message:{k}": v for k, v in means.items()})})


def _recorded(rules: Policy, facts: Facts, snapshot: Snapshot) -> tuple[Decision, Slot]:
    decision = ask(rules, facts, snapshot=snapshot)
    return decision, slot_of(rules, decision, decision.draws[0], facts, snapshot)


def test_22_a_flip_by_time_comes_true_at_its_moment() -> None:
    rules = policy(message("a"), message("b"), caps=(Cap("rare", 1, 24, per_message=True),))
    at = NOW - 20 * 3_600_000
    facts = person(contacts=[Contact(at, "e-1", "web", "b")])
    snapshot = _model(a=1.0, b=2.0)
    decision, slot = _recorded(rules, facts, snapshot)
    flip = flips_of(rules, decision, slot, facts, snapshot)
    assert flip.best == "a/v1"
    assert flip.time is not None
    assert (flip.time.candidate, flip.time.at) == ("b/v1", at + 24 * 3_600_000)
    shelf = rules.shelves["web"]
    for moment, name in ((flip.time.at - 1, "a/v1"), (flip.time.at, "b/v1")):
        found = best_then(rules, decision, slot, facts, snapshot, moment)
        assert found.place is not None
        assert shelf.candidates[found.place].id == name


def test_22_a_flip_by_one_rule_names_the_comparison_that_failed() -> None:
    rule = RuleText("person.engagement > 5.0")
    rules = policy(message("a"), message("b", rule))
    snapshot = _model(a=1.0, b=2.0)
    facts = person(person={"engagement": 2.5})
    decision, slot = _recorded(rules, facts, snapshot)
    flip = flips_of(rules, decision, slot, facts, snapshot)
    assert flip.rule is not None
    assert flip.rule.candidate == "b/v1"
    assert flip.rule.rule == "person.engagement > 5.0"
    assert flip.rule.told["found"] == 2.5
    better = person(person={"engagement": 5.1})
    then = best_then(rules, decision, slot, better, snapshot, NOW)
    assert then.place is not None
    assert rules.shelves["web"].candidates[then.place].id == "b/v1"


def test_22_two_rules_are_no_single_rule() -> None:
    rule, other = RuleText("person.engagement > 5.0"), RuleText("person.engagement > 6.0")
    rules = policy(message("a"), message("b", rule, other))
    snapshot, facts = _model(a=1.0, b=2.0), person(person={"engagement": 2.5})
    decision, slot = _recorded(rules, facts, snapshot)
    assert flips_of(rules, decision, slot, facts, snapshot).rule is None


def test_the_sentence_names_stage_question_and_how_often_it_wins() -> None:
    rules = policy(
        message("paper", topic="sso", stage_aim="evaluate"), message("demo", stage_aim="commit")
    )
    facts = person(
        person={"stage": {"evaluate": 0.61, "explore": 0.39}}, context={"query": "SSO setup"}
    )
    head = Head({"stage:evaluate&stage_aim:evaluate": 1.5, "query_match": 0.9})
    snapshot = Snapshot(number=1, heads={"engage": head})
    situation = Situation(
        request_id="r", subject=Subject(), placements=(Ask("home.hero"),), context=facts.context
    )
    for number in range(50):
        asked = msgspec.structs.replace(situation, request_id=f"r-{number}")
        decision = decide(rules, snapshot, asked, facts, NOW, "dec_1", KEY)
        if decision.items and decision.items[0].how == "best":
            break
    won = winner_of(rules, slot_of(rules, decision, decision.draws[0], facts, snapshot), snapshot)
    tenths = round(10 * won.beats)
    assert np.isclose(won.beats, _by_simulation(won.slot, won.place, won.rival_place), atol=0.005)
    told = explain(rules, decision, facts, snapshot)["sentence"]
    assert told["en"] == (
        "Showed “paper” in home.hero because this person is probably comparing vendors (61%), "
        f"this person asked about “SSO setup” and it beats “demo” {tenths} times in 10."
    )
    assert "Anbieter vergleicht (61 %)" in told["de"]
    assert f"„demo“ in {tenths} von 10 Fällen schlägt" in told["de"]


def _by_simulation(slot: Slot, first: int, second: int | None) -> float:
    assert second is not None
    rng, one = np.random.default_rng(1), slot.utilities
    draws = [
        one.worth[place] / (1 + np.exp(-rng.normal(one.mean[place], one.spread[place], 200_000)))
        - one.cost[place]
        for place in (first, second)
    ]
    return float((draws[0] > draws[1]).mean())


def test_a_thousand_candidates_are_told_with_all_their_reasons() -> None:
    rules = policy(
        *(message(f"m-{n:04}", *([RuleText("person.known")] * (n % 2))) for n in range(1_000))
    )
    facts = person(person={"known": False})
    decision = ask(rules, facts)
    told = explain(rules, decision, facts, Snapshot())
    assert len(told["dropped"]) == 500
    assert {len(one["reasons"]) for one in told["dropped"]} == {1}
    assert told["dropped"][0]["reasons"][0]["label"] == "eligible"
    assert told["funnel"][-1]["left"] == 500
