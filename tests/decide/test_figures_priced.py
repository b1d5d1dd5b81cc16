"""Figures with the price of attention, against the same question with a factor really 1."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decide.world import KEY, NOW, ask, message, person, policy
from wegweiser.decide.again import again, recorded_facts
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import record_of
from wegweiser.decide.policy import Policy
from wegweiser.decide.recompute import recompute
from wegweiser.decide.standing import Standing
from wegweiser.terms.message import Variant
from wegweiser.terms.model import Snapshot

# Value, lever and cost of each message; no two costs alike, so that nothing ties.
OFFERS = st.lists(
    st.tuples(
        st.floats(0.5, 8),
        st.sampled_from([0.5, 1.0, 1.5, 2.0]),
        st.integers(0, 40).map(lambda mills: mills / 1000),
    ),
    min_size=2,
    max_size=5,
    unique_by=(lambda offer: offer[2], lambda offer: offer[0]),
)


def rules_of(offers: list[tuple[float, float, float]]) -> Policy:
    return policy(
        *(
            message(
                f"m{place}",
                value=value,
                lever=lever,
                variants=(Variant("v1", "web", cost=cost, content={"title": "x"}),),
            )
            for place, (value, lever, cost) in enumerate(offers)
        )
    )


def priced(price: float, **fields: object) -> Facts:
    return person(standing=Standing(prices={"web": price} if price else {}), **fields)


def figures(rules: Policy, facts: Facts) -> tuple[str, str]:
    found = ask(rules, facts).draws[0].figures
    assert found is not None
    return found.best, found.changes


@given(OFFERS, st.floats(0, 0.08))
def test_a_factor_matters_where_another_is_best_with_it_set_to_one(
    offers: list[tuple[float, float, float]], price: float
) -> None:
    facts = priced(price)
    best, changes = figures(rules_of(offers), facts)
    without_value = rules_of([(1.0, lever, cost) for _, lever, cost in offers])
    without_lever = rules_of([(value, 1.0, cost) for value, _, cost in offers])
    assert ("V" in changes) == (figures(without_value, facts)[0] != best)
    assert ("L" in changes) == (figures(without_lever, facts)[0] != best)
    certain = [value * lever - cost - price for value, lever, cost in offers]
    sure = max(range(len(offers)), key=certain.__getitem__)
    assert ("P" in changes) == ((f"m{sure}" if certain[sure] > 0 else "") != best)


# Of one euro two cents are expected: with a price of ten cents nothing is worth saying.
PRICED = [(8.0, 1.0, 0.001), (0.05, 1.0, 0.0)]


def test_the_price_stands_where_the_response_is_certain() -> None:
    one = rules_of([(0.05, 1.0, 0.0)])
    assert figures(one, priced(0.08)) == ("", "")
    assert figures(one, priced(0.08, priced=False)) == ("", "P")


@pytest.mark.parametrize("new", [True, False])
def test_figures_are_computed_again_by_the_rule_of_their_day(new: bool) -> None:
    rules, facts = rules_of([(0.05, 1.0, 0.0)]), priced(0.08, priced=new)
    decision = ask(rules, facts)
    decision = msgspec.structs.replace(decision, facts=record_of(facts, rules, NOW))
    assert decision.facts.get("priced", False) == recorded_facts(decision).priced == new
    # Asked in turn, so that nothing that one remembers is told to the other.
    for other in (not new, new):
        ask(rules, priced(0.08, priced=other))
        assert recompute(rules, decision, Snapshot(), KEY).equal


def test_nothing_of_it_is_recorded_where_attention_has_no_price() -> None:
    rules = rules_of(PRICED)
    assert "priced" not in record_of(priced(0.0), rules, NOW)


def test_another_bundle_is_asked_by_the_rule_of_today() -> None:
    before, after = rules_of(PRICED), rules_of([(0.05, 1.0, 0.0)])
    facts = priced(0.08, priced=False)
    decision = ask(before, facts)
    decision = msgspec.structs.replace(decision, facts=record_of(facts, before, NOW))
    then = again(after, decision, Snapshot(), KEY).draws[0].figures
    assert then is not None
    assert (then.best, then.changes) == figures(after, priced(0.08)) == ("", "")
    assert figures(after, facts) == ("", "P")
