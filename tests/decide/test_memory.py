"""What a policy remembers of earlier requests changes no decision."""

from typing import NamedTuple

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.decide.world import NOW, ask, message, person, policy
from wegweiser.decide.policy import Policy
from wegweiser.terms.decision import Ask
from wegweiser.terms.message import RuleText
from wegweiser.terms.model import Head, Snapshot

TOPICS = ("security", "pricing")
TEAM = RuleText('person.traits.plan == "team"', on_unknown="pass")
MODELS = (
    Snapshot(),
    Snapshot(number=1, heads={"engage": Head({"message:b": 1.5, "affinity:pricing": 0.7})}),
)


class Request(NamedTuple):
    """What differs from one request to the next."""

    number: int
    plan: str
    interest: float
    query: str
    model: int
    locale: str
    slots: int


requests = st.builds(
    Request,
    st.integers(0, 3),
    st.sampled_from(["team", "free"]),
    st.sampled_from([0.0, 0.5, 3.0]),
    st.sampled_from(["", "security"]),
    st.integers(0, 1),
    st.sampled_from(["", "de", "fr"]),
    st.integers(1, 2),
)


def fresh() -> Policy:
    """Compile the same messages anew, with nothing remembered."""
    return policy(
        message("a", TEAM, topic="security", value=10.0),
        message("b", topic="pricing", value=20.0),
        message("c", topic="pricing", value=20.0, ends_at=NOW + 1),
        message("d", value=5.0, service=True, stopped=True),
    )


def answered(rules: Policy, request: Request) -> bytes:
    """Decide, and write everything down."""
    interests = {"pricing": request.interest} if request.interest else {}
    facts = person(
        person={"traits": {"plan": request.plan}, "interests": interests},
        context={"query": request.query} if request.query else {},
    )
    name, model = f"req-{request.number}", MODELS[request.model]
    asked = (Ask("home.hero", request.slots),)
    return msgspec.json.encode(
        ask(rules, facts, name, asked, snapshot=model, locale=request.locale)
    )


@given(st.lists(requests, min_size=1, max_size=8))
def test_whoever_was_asked_about_before_changes_nothing(asked: list[Request]) -> None:
    used = fresh()
    for request in asked:
        assert answered(used, request) == answered(fresh(), request)


def test_the_same_circumstances_have_the_same_chances_and_another_draw() -> None:
    rules = fresh()
    draws = [ask(rules, person(), f"req-{number}").draws[0] for number in range(4)]
    assert len({draw.weights for draw in draws}) == 1
    assert len({draw.drawn for draw in draws}) == 4
