"""What a slot keeps for portfolio views, held against utilities worked out once more."""

import random

import numpy as np

from tests.decide.world import ask, message, person, policy
from tests.decisioning.told_worlds import decided, facts_of, model_of, policy_of
from wegweiser.decide.again import recorded_facts
from wegweiser.decide.verify import chosen_probability
from wegweiser.decide.weigh import slot_of
from wegweiser.terms.policy import Arms, Factor


def test_a_factor_that_decides_is_named_in_the_arm_of_rules_too() -> None:
    # The goal's increment of one half is no part of the factor.
    best = message("a", value=3.0, goal="won", topic="x")
    made = policy(
        best,
        message("b", value=2.0),
        arms=Arms(nothing=0.0, random=0.0, rules_only=1.0),
        factors=(Factor("f", "context.sale == true", 0.5, topics=("x",)),),
    )
    told = ask(made, person(context={"sale": True})).draws[0].figures
    assert told is not None
    assert (told.best, "C" in told.changes) == ("b", True)
    plain = policy(
        message("a", value=3.0, goal="won", topic="x"),
        message("b", value=1.8),
        arms=Arms(nothing=0.0, random=0.0, rules_only=1.0),
        factors=(Factor("f", "context.sale == true", 0.9, topics=("x",)),),
    )
    calm = ask(plain, person(context={"sale": True})).draws[0].figures
    assert calm is not None
    assert (calm.best, "C" in calm.changes) == ("a", False)


def test_figures_are_those_of_the_utilities() -> None:
    changed: set[str] = set()
    seen = 0
    for seed in range(40):
        luck = random.Random(seed)
        policy = policy_of(luck)
        snapshot = model_of(luck, policy)
        decision = decided(policy, snapshot, facts_of(luck), f"r-{seed}")
        shelf = policy.shelves["web"]
        for draw in decision.draws:
            told = draw.figures
            assert told is not None
            slot = slot_of(policy, decision, draw, recorded_facts(decision), snapshot)
            middle = slot.utilities.at(0.0)
            places = slot.survivors
            best = int(places[middle[places].argmax()])
            silent = slot.allow_nothing and not middle[best] > 0
            assert told.best == ("" if silent else shelf.candidates[best].message.key)
            weights = np.frombuffer(draw.weights, dtype="<u8")[: len(places)] / 2**32
            assert np.isclose(told.mean_utility, weights @ middle[places], atol=1e-6)
            assert told.mean_utility <= told.best_utility + 1e-9
            value = np.array([part.message.value for part in shelf.candidates])
            alone = (middle + shelf.cost) / value - shelf.cost
            top = int(places[alone[places].argmax()])
            silent_alone = slot.allow_nothing and not alone[top] > 0
            same = silent == silent_alone and (silent or top == best)
            assert ("V" in told.changes) == (not same)
            assert 0.0 < chosen_probability(draw) <= 1.0
            changed.update(told.changes)
            seen += 1
    assert seen > 40
    assert changed >= {"P", "V", "L"}
