"""Levers and factors in their bounds, numbers that are none, slates, fallbacks, the ramp."""

import msgspec
import numpy as np
import pytest

from tests.decide.world import NOW, WON, ask, message, person, policy
from wegweiser.decide.document import read_documents
from wegweiser.decide.document_check import faults
from wegweiser.decide.explain import explain
from wegweiser.decide.holdout import ALWAYS_ON, arm_of
from wegweiser.decide.policy import Policy
from wegweiser.decide.verify import verify
from wegweiser.terms.decision import Ask
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Head, Increment, Snapshot
from wegweiser.terms.policy import Factor

ALWAYS = Placement("home.hero", "web", allow_nothing=False)


@pytest.mark.parametrize("lever", [0.49, 2.01, float("nan"), float("inf"), 0.0, -1.0])
def test_38_levers_and_factors_outside_their_bounds_are_refused(lever: float) -> None:
    rule = "'person.known'"
    for document in (
        f"{{kind: message, key: m, lever: {lever}, variants: []}}",
        f"{{kind: factor, key: f, when: {rule}, factor: {lever}}}",
    ):
        with pytest.raises(DocumentRefused, match=r"0\.5 to 2|expected float"):
            read_documents([("wrong.yaml", document)])
    factor = Factor("f", "person.known", lever)
    assert [path for path, _ in faults(factor)] == [".factor"]
    assert ".lever" in [path for path, _ in faults(message("m", lever=lever))]


def test_38_context_factors_multiply_within_their_bounds() -> None:
    factors = tuple(
        Factor(f"f{number}", "person.known", 2.0, messages=("a",)) for number in range(3)
    )
    rules = policy(message("a"), message("b"), placements=(ALWAYS,), factors=factors)
    facts = person(person={"known": True})
    found = [ask(rules, facts, f"r{number}") for number in range(200)]
    assert found[0].factors == {"f0": 2.0, "f1": 2.0, "f2": 2.0}
    assert ask(rules).factors == {}
    plain = [ask(rules, request=f"r{number}") for number in range(200)]
    wins, before = (sum(one.items[0].message == "a" for one in many) for many in (found, plain))
    assert wins > before > 60


@pytest.mark.parametrize("value", [0.0, 1.0, float("nan"), float("inf"), -1.0, 1e300])
def test_38_no_number_crashes_a_decision(value: float) -> None:
    heads = {"engage": {"mean": {"message:odd": value * 1e3, "bias": -3.0}}}
    snapshot = msgspec.convert({"number": 1, "heads": heads}, Snapshot)
    rules = policy(message("odd", value=value), message("even"), placements=(ALWAYS,))
    for number in range(20):
        found = ask(rules, request=f"r{number}", snapshot=snapshot)
        assert len(found.items) == 1
        if not np.isfinite(value) or value <= 0.0:
            assert [item.message for item in found.items] == ["even"]
            assert "arithmetic" in {drop.reason for drop in found.drops}


@pytest.mark.parametrize("allow_nothing", [True, False])
@pytest.mark.parametrize("mean", [-1e3, 1e3, float("nan"), float("inf"), float("-inf")])
def test_38_a_response_of_never_always_or_nonsense_crashes_nothing(
    mean: float, allow_nothing: bool
) -> None:
    """The chance of a response is 0, 1 or not a number; the value of the message is a good one."""
    head = Head({"bias": 0.0, "message:odd": mean}, {"message:odd": 1e-12})
    snapshot = Snapshot(number=1, heads={"engage": head})
    place = msgspec.structs.replace(ALWAYS, allow_nothing=allow_nothing)
    rules = policy(message("odd", value=9.0), message("even", value=8.0), placements=(place,))
    shown = set()
    for number in range(50):
        found = ask(rules, request=f"r{number}", snapshot=snapshot)
        assert [item.pi > 0.0 for item in found.items] == [True] * len(found.items)
        assert allow_nothing or len(found.items) == 1
        assert verify(found)
        shown |= {item.message for item in found.items if item.how == "best"}
    if np.isfinite(mean):
        assert shown == {"odd" if mean > 0.0 else "even"}
    else:
        assert shown == {"even"}
        assert ("arbitration", "arithmetic") in {(one.step, one.reason) for one in found.drops}


@pytest.mark.parametrize("alone", [-1e3, 1e3, float("nan")])
@pytest.mark.parametrize("goal", [-1e3, 0.0, 1e3, float("nan")])
@pytest.mark.parametrize("engage", [-1e3, 0.0, 1e3, float("nan")])
def test_38_nor_does_that_of_a_goal_or_of_nothing_said(
    engage: float, goal: float, alone: float
) -> None:
    heads = {
        "engage": Head({"message:odd": engage}),
        "goal:won": Head({"message:odd": goal}),
        "nothing:won": Head({"bias": alone}),
    }
    snapshot = Snapshot(number=1, heads=heads, increments={"won": Increment(0.9, 0.0, 1.0, 0.0)})
    parts = (message("odd", goal="won"), message("even", goal="won"), message("plain"))
    rules = policy(*parts, placements=(ALWAYS,), goals=(WON,))
    for number in range(20):
        found = ask(rules, request=f"r{number}", snapshot=snapshot)
        assert len(found.items) == 1
        assert verify(found)
        assert explain(rules, found, person(), snapshot)["sentence"]["en"]


def test_38_a_service_message_always_beats_a_normal_one() -> None:
    normal = [message(f"n{number}", value=1e6, lever=2.0) for number in range(5)]
    service = message("s", service=True, value=1e-6, lever=0.5)
    rules = policy(*normal, service, arms=ALWAYS_ON)
    for number in range(300):
        found = ask(rules, person(unit_id=f"u{number}"), f"r{number}")
        assert [item.message for item in found.items] == ["s"]
    arms = {arm_of(ALWAYS_ON, f"u{number}", NOW) for number in range(300)}
    assert len(arms) == 6


def test_a_slate_differs_in_what_its_placement_says() -> None:
    place = Placement("home.hero", "web", slots=4, allow_nothing=False, diversity=("topic",))
    parts = [message(f"{topic}{number}", topic=topic) for topic in "ab" for number in range(5)]
    rules = policy(*parts, message("none"), message("nil"), placements=(place,))
    for number in range(30):
        found = ask(rules, request=f"r{number}", placements=(Ask("home.hero", 4),))
        topics = [rules.messages[item.message].topic for item in found.items]
        assert sorted(topics) == ["", "", "a", "b"]


def test_a_message_for_another_format_or_only_to_fall_back_on_never_competes() -> None:
    place = msgspec.structs.replace(ALWAYS, formats=("card",))
    rules = policy(
        message("card", format="card"),
        message("video", format="video"),
        message("spare", format="card", fallback_only=True),
        placements=(place,),
    )
    found = ask(rules)
    assert [item.message for item in found.items] == ["card"]
    reasons = {drop.reason for drop in found.drops if drop.step == "candidates"}
    assert reasons == {"format", "fallback_only"}


def test_a_message_that_has_ended_leaves_its_place_to_its_own_fallback() -> None:
    gone = message("gone", ends_at=NOW, fallback="next")
    rules = policy(gone, message("next", fallback_only=True), placements=(ALWAYS,))
    found = ask(rules)
    assert [(item.message, item.how) for item in found.items] == [("next", "fallback")]


def test_the_audience_of_a_new_push_message_only_grows() -> None:
    place = Placement("mail", "email", direction="push", allow_nothing=False)
    rules = policy(message("m", channel="email"), placements=(place,))
    bundle = rules.bundle
    ramped = msgspec.structs.replace(bundle.exploration, ramp=0.02)
    rules = Policy(msgspec.structs.replace(bundle, exploration=ramped))
    audiences: list[set[int]] = []
    for positives in (0, 50, 200):
        snapshot = Snapshot(positives={"m": positives})
        audiences.append(
            {
                number
                for number in range(400)
                if ask(
                    rules,
                    person(unit_id=f"u{number}"),
                    placements=(Ask("mail"),),
                    snapshot=snapshot,
                ).items
            }
        )
    first, second, last = audiences
    assert first < second < last
    assert (len(first) < 20, len(last)) == (True, 400)
    held = ask(rules, person(unit_id="u0"), placements=(Ask("mail"),))
    assert {drop.reason for drop in held.drops} == {"ramp"}
    service = policy(message("m", channel="email", service=True), placements=(place,))
    ramped_service = Policy(msgspec.structs.replace(service.bundle, exploration=ramped))
    assert ask(ramped_service, person(unit_id="u0"), placements=(Ask("mail"),)).items
