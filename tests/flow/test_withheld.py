"""Sensitive traits: how they are declared, and everything that tells of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.flow.identity_document import MOST_SENSITIVE, read_rules
from wegweiser.flow.segment_rules import Segment, compile_segment
from wegweiser.flow.withheld import Withheld, withheld
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.intent import IntentSignal
from wegweiser.terms.json import Json

SIGNALS = (
    IntentSignal(key="leaving", traits=("risk", "competitor")),
    IntentSignal(key="pricing", pages=("preise",)),
)
RULES = {
    "risky": "p.traits.risk > 2",
    "safe": "!(person.traits.risk > 2)",
    "by-index": 'p.traits["risk"] == 1',
    "at-risk": 'in_segment("risky") && seen("Login", "7d")',
    "worried": 'in_segment("at-risk")',
    "leavers": "p.intents.leaving.strength > 1.0",
    "buyers": "p.intents.pricing.strength > 1.0",
    "teams": 'p.traits.plan == "team"',
    "many": 'in_segment("teams") || p.engagement > 3.0',
}


def segments() -> dict[str, Segment]:
    found = {key: compile_segment(when, "person", key) for key, when in RULES.items()}
    account = compile_segment("account.traits.risk > 2", "account", "firms")
    return {**found, "firms": account}


def test_all_that_rests_on_a_trait_is_withheld_with_it() -> None:
    found = withheld(["risk"], SIGNALS, segments())
    assert found.traits == {"risk"}
    assert found.intents == {"leaving"}
    told = {"risky", "safe", "by-index", "at-risk", "worried", "leavers"}
    assert found.segments == told


def test_nothing_is_withheld_where_nothing_is_sensitive() -> None:
    found = withheld([], SIGNALS, segments())
    assert found == Withheld(frozenset())


@pytest.mark.parametrize("key", ["firstName", "first_name"])
def test_a_reserved_trait_is_withheld_in_both_spellings(key: str) -> None:
    assert withheld([key]).traits == {"firstName", "first_name", "name"}


_KEYS = st.sampled_from(["plan", "risk", "city", "first_name", "firstName", "name", "age"])
_VALUES: st.SearchStrategy[Json] = st.one_of(st.integers(0, 9), st.text(max_size=3))


@given(st.dictionaries(_KEYS, _VALUES), st.dictionaries(_KEYS, _VALUES), st.sets(_KEYS))
def test_who_differs_in_sensitive_traits_alone_looks_alike(
    one: dict[str, Json], other: dict[str, Json], sensitive: set[str]
) -> None:
    hidden = withheld(sensitive)
    alike = {key: value for key, value in one.items() if key not in hidden.traits}
    differing = {key: value for key, value in other.items() if key in hidden.traits}
    first = hidden.taken_from({"traits": {**one}, "engagement": 1})
    assert first == hidden.taken_from({"traits": {**alike, **differing}, "engagement": 1})
    assert first["traits"] == alike


@pytest.mark.parametrize(
    "stated",
    [
        {"sensitive_traits": ["plan", " "]},
        {"sensitive_traits": [f"t-{number}" for number in range(MOST_SENSITIVE + 1)]},
        {"sensitive_traits": "plan"},
        {"claimed_devices": "sometimes"},
    ],
)
def test_rules_that_say_nothing_are_refused(stated: dict[str, Json]) -> None:
    with pytest.raises(InputRefused):
        read_rules(stated)


def test_the_settings_are_part_of_the_version_and_their_defaults_are_not() -> None:
    chosen = read_rules({"sensitive_traits": ["plan"], "claimed_devices": "own_events"})
    assert chosen.version != IdentityRules().version
    assert read_rules({"claimed_devices": "open_sources"}).version == IdentityRules().version
