"""What a policy remembers of earlier requests changes no decision."""

from typing import NamedTuple

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.decide.world import NOW, ask, message, person, policy
from wegweiser.decide.policy import Policy
from wegweiser.decide.rule_guard import RuleGuard
from wegweiser.decide.standing import Standing
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import RuleText
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.policy import Arms, Factor

TOPICS = ("security", "pricing")
# One unit in each arm.
UNITS = (0, 1, 2, 3, 12, 18, 60)
ARMS = Arms(nothing=0.1, random=0.1, no_levers=0.1, rules_only=0.1, eligible_only=0.1, one_best=0.1)
TEAM = RuleText('person.traits.plan == "team"', on_unknown="pass")
SUITED = RuleText('person.traits.plan != "free"', label="suitable", on_unknown="exclude")
SHOWN = RuleText('has(person.traits.plan) && person.traits.plan == "free"')
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
    sale: bool
    price: float


requests = st.builds(
    Request,
    st.sampled_from(UNITS),
    st.sampled_from(["team", "free", ""]),
    st.sampled_from([0.0, 0.5, 3.0]),
    st.sampled_from(["", "security"]),
    st.integers(0, 1),
    st.sampled_from(["", "de", "fr"]),
    st.integers(1, 2),
    st.booleans(),
    st.sampled_from([0.0, 0.3]),
)


def fresh() -> Policy:
    """Compile the same messages anew, with nothing remembered."""
    return policy(
        message("a", TEAM, topic="security", value=10.0),
        message("b", SUITED, topic="pricing", value=20.0),
        message("c", topic="pricing", value=20.0, ends_at=NOW + 1),
        message("d", value=5.0, service=True, stopped=True),
        message("e", SHOWN, topic="security", value=1.0, service=True),
        arms=ARMS,
        factors=(Factor("sale", "context.sale == true", 0.5, topics=("pricing",)),),
    )


def answered(rules: Policy, request: Request) -> bytes:
    """Decide, and write everything down."""
    interests = {"pricing": request.interest} if request.interest else {}
    context: JsonObject = {"sale": request.sale}
    facts = person(
        person={"traits": {"plan": request.plan} if request.plan else {}, "interests": interests},
        context=context | {"query": request.query} if request.query else context,
        standing=Standing(prices={"web": request.price} if request.price else {}),
        unit_id=f"group_id:{request.number}",
    )
    name, model = f"req-{request.number}", MODELS[request.model]
    asked = (Ask("home.hero", request.slots),)
    return msgspec.json.encode(
        ask(rules, facts, name, asked, snapshot=model, locale=request.locale)
    )


@given(st.lists(requests, min_size=1, max_size=8))
def test_whoever_was_asked_about_before_changes_nothing(asked: list[Request]) -> None:
    used = fresh()
    used.guard = RuleGuard(lambda: 0, lambda: NOW)
    anew = [answered(fresh(), request) for request in asked]
    for _ in range(2):
        assert [answered(used, request) for request in asked] == anew


def test_what_was_said_of_somebody_can_be_forgotten() -> None:
    asked = [0]

    def elapsed() -> int:
        asked[0] += 1
        return 0

    used = policy(message("a", TEAM), message("b", SHOWN, topic="pricing"))
    used.guard = RuleGuard(elapsed, lambda: NOW)
    request = Request(1, "team", 0.5, "", 1, "", 1, sale=False, price=0.0)
    before = answered(used, request)
    first, asked[0] = asked[0], 0
    assert (answered(used, request), asked[0]) == (before, 0)
    used.forget_people()
    assert not used.scorers
    assert (answered(used, request), asked[0]) == (before, first)


def test_units_of_other_arms_in_the_same_circumstances_are_weighed_for_themselves() -> None:
    used, arms = fresh(), set[str]()
    for plan in ("team", "free"):
        for number in UNITS:
            request = Request(number, plan, 0.5, "", 1, "", 2, sale=True, price=0.0)
            found = answered(used, request)
            assert found == answered(fresh(), request)
            arms.add(msgspec.json.decode(found, type=Decision).arm)
    assert len(arms) == len(UNITS)


def test_the_same_circumstances_have_the_same_chances_and_another_draw() -> None:
    rules = policy(message("a", value=10.0), message("b", value=20.0))
    draws = [ask(rules, person(), f"req-{number}").draws[0] for number in range(4)]
    assert len({draw.weights for draw in draws}) == 1
    assert len({draw.drawn for draw in draws}) == 4
