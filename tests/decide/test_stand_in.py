"""Models of one's own: exact probabilities, a champion, a challenger, and those refused."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decide.world import NO_ARMS, ask, message, person, policy
from wegweiser.decide.chances import chances_of
from wegweiser.decide.own_models import BETA, StandIns
from wegweiser.decide.policy import Policy
from wegweiser.decide.square import gamma_of, square
from wegweiser.ports.response_model import Features
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms

HERO = Placement("home.hero", "web", allow_nothing=False)


class Fond:
    """Expects much of one message, with doubt."""

    def __init__(self, key: str, doubt: float = 0.1) -> None:
        self._key, self._doubt = key, doubt

    def respond(self, candidates: Sequence[Features]) -> tuple[list[float], list[float]]:
        """Give mean and spread."""
        means = [2.0 if f"message:{self._key}" in one else -4.0 for one in candidates]
        return means, [self._doubt] * len(candidates)


class Scored:
    """Knows scores alone."""

    def score(self, candidates: Sequence[Features]) -> list[float]:
        """Give a chance that falls from message to message."""
        return [0.5 / (place + 1) for place in range(len(candidates))]

    def labels_seen(self) -> int:
        """Tell of a hundred labels."""
        return 100


class Broken:
    """Fails whenever it is asked."""

    def respond(self, candidates: Sequence[Features]) -> tuple[list[float], list[float]]:
        """Raise."""
        raise ZeroDivisionError


class Chooses:
    """Names its choice, as LinUCB does, and no probability."""

    def choose(self, candidates: Sequence[Features]) -> int:
        """Take the first."""
        return 0


def with_models(arms: Arms = NO_ARMS, **models: object) -> Policy:
    """A policy of three messages with these models registered."""
    rules = policy(message("a"), message("b"), message("c"), placements=(HERO,), arms=arms)
    for name, model in models.items():
        rules.stand_ins.put(name, model)
    return rules


def test_a_champion_decides_for_everybody_and_the_record_says_so() -> None:
    rules = with_models(fond=Fond("b"))
    told = [ask(rules, request=f"r{n}", snapshot=Snapshot(champion="fond")) for n in range(40)]
    assert {one.learner for one in told} == {"fond"}
    assert sum(one.items[0].message == "b" for one in told) > 30
    assert ask(rules).learner == ""


def test_a_challenger_decides_in_its_arm_alone() -> None:
    arms = Arms(nothing=0.0, random=0.0, challenger=0.3, challenger_model="fond")
    rules = with_models(arms, fond=Fond("c"))
    told = [ask(rules, person(unit_id=f"user_id:u{n}"), f"r{n}") for n in range(200)]
    theirs = [one for one in told if one.arm == "challenger"]
    assert 30 < len(theirs) < 90
    assert {one.learner for one in theirs} == {"fond"}
    assert {one.learner for one in told if one.arm == "main"} == {""}


def test_arms_without_levers_or_soft_rules_have_the_champion_as_well() -> None:
    for name in ("no_levers", "eligible_only"):
        arms = Arms(**{"nothing": 0.0, "random": 0.0, name: 1.0})
        rules = with_models(arms, fond=Fond("b"))
        told = [ask(rules, request=f"r{n}", snapshot=Snapshot(champion="fond")) for n in range(20)]
        assert {(one.arm, one.learner) for one in told} == {(name, "fond")}


def test_scores_without_doubt_become_probabilities_by_their_gaps() -> None:
    rules = with_models(scored=Scored())
    told = ask(rules, snapshot=Snapshot(champion="scored"))
    utilities = np.array([0.5, 0.25, 0.5 / 3])
    wanted = square(utilities, gamma_of(100))
    found = chances_of(rules, told.draws[0])
    assert [found[f"{key}/v1"] for key in "abc"] == pytest.approx(wanted.tolist(), abs=1e-9)
    assert told.items[0].pi == pytest.approx(wanted["abc".index(told.items[0].message)], abs=1e-9)
    assert (told.draws[0].floor, told.flags) == (None, ())


@given(
    st.lists(st.floats(-10.0, 10.0), min_size=1, max_size=200),
    st.integers(0, 1_000_000),
)
def test_inverse_gaps_are_probabilities(utilities: list[float], labels: int) -> None:
    found = square(np.array(utilities), gamma_of(labels))
    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    assert (found > 0.0).all()
    assert found[int(np.argmax(utilities))] == found.max()


def test_a_model_that_fails_is_counted_and_the_shared_one_decides() -> None:
    for name, model in (("broken", Broken()), ("endless", Fond("a", float("nan")))):
        rules = with_models(**{name: model})
        told = ask(rules, snapshot=Snapshot(champion=name))
        assert (told.status, told.learner) == ("decided", "")
        assert rules.stand_ins.failures[name] > 0


def test_a_learner_that_cannot_state_probabilities_is_refused() -> None:
    with pytest.raises(InputRefused, match="cannot state a probability"):
        StandIns().put("linucb", Chooses())
    for taken in ("", "shared", BETA):
        with pytest.raises(InputRefused, match="taken"):
            StandIns().put(taken, Scored())


def test_the_built_in_challenger_counts_by_message() -> None:
    counts = Snapshot(champion=BETA, shown={"a": 500, "b": 500}, positives={"a": 5, "b": 100})
    told = [ask(with_models(), request=f"r{n}", snapshot=counts) for n in range(40)]
    assert {one.learner for one in told} == {BETA}
    assert sum(one.items[0].message == "b" for one in told) > 30
