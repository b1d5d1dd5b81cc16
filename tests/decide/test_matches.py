"""Matches: what all messages share of how far a request is about what a message is for."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decide.world import NOW, ask, message, person, policy
from wegweiser.decide.circumstance import Circumstance, circumstance
from wegweiser.decide.facts import Facts
from wegweiser.decide.features import all_features, crossed_with
from wegweiser.decide.response import scorer
from wegweiser.learn.label import Example
from wegweiser.learn.train import train
from wegweiser.terms.journey import STAGES
from wegweiser.terms.json import JsonObject
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.prior import FEATURES, prior_variance

NEWEST = Snapshot(number=1, features=FEATURES)
PLACEMENT = "home.hero"


def weights_of(topic: str, aim: str, facts: Facts, snapshot: Snapshot) -> dict[str, float]:
    made = policy(message("a", topic=topic, stage_aim=aim))
    seen = circumstance(facts, NOW, snapshot, made.learned)
    return all_features(made.shelves["web"].candidates[0], PLACEMENT, seen)


def matches(weights: dict[str, float]) -> dict[str, float]:
    return {name: weight for name, weight in weights.items() if name.startswith("match:")}


def test_a_stage_is_the_one_aimed_at_or_one_before_or_after_it_on_the_path() -> None:
    belief: JsonObject = {"explore": 0.5, "evaluate": 0.25, "commit": 0.15, "stalled": 0.1}
    facts = Facts(person={"stage": belief})
    assert matches(weights_of("", "evaluate", facts, NEWEST)) == {
        "match:stage": 0.25,
        "match:stage_before": 0.5,
    }
    assert matches(weights_of("", "validate", facts, NEWEST)) == {
        "match:stage_before": 0.25,
        "match:stage_after": 0.15,
    }
    # Beside the path there is no before and no after.
    assert matches(weights_of("", "stalled", facts, NEWEST)) == {"match:stage": 0.1}
    assert matches(weights_of("", "customer", facts, NEWEST)) == {"match:stage_before": 0.15}
    assert matches(weights_of("", "not_buyer", facts, NEWEST)) == {}
    assert matches(weights_of("", "of their own", facts, NEWEST)) == {}
    assert matches(weights_of("", "", facts, NEWEST)) == {}


@given(st.sampled_from(STAGES), st.sampled_from(("", "strange", *STAGES)))
def test_no_two_stages_stand_the_same_way_to_one_aim(stage: str, aim: str) -> None:
    candidate = policy(message("a", stage_aim=aim)).shelves["web"].candidates[0]
    names = [name for one in STAGES for name in crossed_with(candidate, f"stage:{one}")]
    # Else one weight would stand for two parts of a belief in the record.
    assert len(names) == len(set(names))
    old = crossed_with(candidate, f"stage:{stage}", 0)
    assert [one for one in crossed_with(candidate, f"stage:{stage}") if "match:" not in one] == old


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(0.0, 1.0, exclude_min=True)))
def test_leanings_keep_the_order_of_interests_and_lie_between_0_and_1(
    interests: dict[str, float],
) -> None:
    leanings = Circumstance(interests=interests).leanings
    assert leanings.keys() == interests.keys()
    assert all(0.0 <= one <= 1.0 for one in leanings.values())
    for one, interest in interests.items():
        # One alone is as strong as it is; beside a stronger one it is less.
        assert leanings[one] <= interest + 1e-8
        for other, stronger in interests.items():
            if interest < stronger:
                assert leanings[one] <= leanings[other]
    if len(interests) == 1:
        [(topic, interest)] = interests.items()
        assert leanings[topic] == pytest.approx(interest, abs=1e-6)


def test_an_interest_weighs_less_beside_a_stronger_one() -> None:
    alone = Facts(person={"interests": {"sso": 3.0}})
    beside = Facts(person={"interests": {"sso": 3.0, "pricing": 29.0}})
    assert matches(weights_of("sso", "", alone, NEWEST)) == {"match:interest": 0.75}
    assert matches(weights_of("sso", "", beside, NEWEST)) == {"match:interest": 0.1}
    assert matches(weights_of("security", "", beside, NEWEST)) == {}


def test_a_snapshot_of_before_knows_no_matches_and_doubts_as_it_did() -> None:
    old = msgspec.json.decode(b'{"number": 7, "labels": 3}', type=Snapshot)
    assert old.features == 0
    facts = person(person={"stage": {"evaluate": 1.0}, "interests": {"sso": 1.0}})
    assert matches(weights_of("sso", "evaluate", facts, old)) == {}
    made = policy(message("a", topic="sso"), message("b", topic="pricing"))
    placement = made.placements[PLACEMENT]
    spreads = {}
    for snapshot in (old, msgspec.structs.replace(old, number=8, features=FEATURES), old):
        seen = circumstance(Facts(), NOW, snapshot, made.learned)
        spread = float(scorer(made, placement, snapshot).respond(seen).spread[0])
        assert spreads.setdefault(snapshot.features, spread) == spread
        told = ["message:a", "topic:sso"]
        assert spread**2 == pytest.approx(
            sum(prior_variance(name, snapshot.features) for name in told)
        )
    for snapshot, known in ((old, False), (NEWEST, True)):
        noted = ask(made, facts, snapshot=snapshot).features[f"{PLACEMENT}#0"]
        assert isinstance(noted, dict)
        assert isinstance(noted["weights"], dict)
        # Only who has the topic of the chosen message has a match with it.
        expected = known and noted["message"] == "a"
        assert ("match:interest" in noted["weights"]) is expected


def test_learning_goes_on_from_an_old_snapshot_with_the_newest_features() -> None:
    old = Snapshot(3, {"engage": Head({"topic:sso": 0.4}, {"topic:sso": 0.15}, 10)}, 10, NOW)
    found = train(old, [Example(NOW + 1, "d", PLACEMENT, 0, "engage", False, {"bias": 1.0})])
    assert (old.features, found.features) == (0, FEATURES)
    assert found.heads["engage"].mean["topic:sso"] == 0.4


def test_what_some_messages_taught_of_interests_a_new_one_begins_with() -> None:
    made = policy(*(message(f"m{number}", topic=f"t{number}") for number in range(6)))
    placement = made.placements[PLACEMENT]
    shelf = made.shelves["web"].candidates

    def seen(number: int) -> Circumstance:
        facts = Facts(person={"interests": {f"t{number}": 9.0}})
        return circumstance(facts, NOW, NEWEST, made.learned)

    labels = []
    for turn in range(400):
        shown, liked = turn % 5, turn // 5 % 5
        weights = all_features(shelf[shown], PLACEMENT, seen(liked))
        # Who is interested responds every second time, others every tenth.
        responded = turn % 2 == 0 if shown == liked else turn % 10 == 0
        labels.append(
            Example(NOW + turn, f"d{turn:04}", PLACEMENT, 0, "engage", responded, weights)
        )
    learned = train(Snapshot(), labels)
    answers = scorer(made, placement, learned).respond(seen(5)).mean
    strangers = scorer(made, placement, learned).respond(seen(4)).mean
    # The sixth message and its topic were never shown.
    assert answers[5] - strangers[5] > 0.5


def test_an_interest_that_all_messages_meet_is_no_doubt_about_one_of_them() -> None:
    made = policy(message("a", topic="sso"), message("b", topic="sso"))
    placement = made.placements[PLACEMENT]
    facts = (Facts(), Facts(person={"interests": {"sso": 9.0}}))
    seen = [circumstance(one, NOW, NEWEST, made.learned) for one in facts]
    spreads = [float(scorer(made, placement, NEWEST).respond(one).spread[0]) for one in seen]
    assert spreads[0] == pytest.approx(spreads[1])
