"""Which events may be stored, by what they say about their purpose."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.collect.consent import LegalBasis, is_permitted, only_choice, stated, withdraws
from wegweiser.terms.event import Event

NAMES = st.sampled_from(["measurement", "analytics", "email", "sharing"])
JSON = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(NAMES))
CONSENTS = st.one_of(
    JSON,
    st.fixed_dictionaries({"categoryPreferences": st.one_of(JSON, st.dictionaries(NAMES, JSON))}),
)
MANAGERS = st.one_of(
    JSON, st.dictionaries(st.sampled_from(["allowedConsentIds", "deniedConsentIds"]), JSON)
)
CONTEXTS = st.fixed_dictionaries({}, optional={"consent": CONSENTS, "consentManagement": MANAGERS})


def event(preferences=None, name="Visited", **more):
    context = {} if preferences is None else {"consent": {"categoryPreferences": preferences}}
    made = Event(type="track", event=name, message_id="m", at=0, context=context)
    return msgspec.structs.replace(made, **more)


@pytest.mark.parametrize("value", [False, None, "true", 1, "granted", {}])
def test_only_true_grants(value):
    assert not is_permitted(event({"measurement": value}))


def test_two_names_that_disagree_deny():
    assert not is_permitted(event({"measurement": True, "analytics": False}))


def test_a_basis_that_names_the_event_goes_before_the_star():
    bases = [
        LegalBasis(events=("*",), purpose="profiling", when_unset="drop"),
        LegalBasis(events=("Order Completed",), basis="contract"),
    ]
    assert is_permitted(event({"measurement": False}, "Order Completed"), bases)
    assert not is_permitted(event(), bases)
    assert is_permitted(event({"profiling": True}), bases)


def test_a_declared_basis_holds_for_statements_too():
    bases = [LegalBasis(events=("Identified",), purpose="profiling")]
    assert not is_permitted(event({"profiling": False}, "", type="identify"), bases)


@given(CONTEXTS, st.sampled_from(["track", "page", "identify"]))
def test_any_context_is_read_without_a_fault_and_a_choice_alone_may_always_be_kept(context, kind):
    told = event(type=kind, event="Visited" if kind == "track" else "", context=context)
    is_permitted(told, [LegalBasis(events=("*",), purpose="email")])
    assert is_permitted(only_choice(told), [LegalBasis(events=("*",), purpose="email")])
    assert stated(only_choice(told).context, ("email",)) == stated(context, ("email",))


@given(CONTEXTS, st.dictionaries(NAMES, st.sampled_from(["granted", "denied", "conflict"])))
def test_what_grants_nothing_new_withdraws_only_what_was_granted(context, standing):
    if withdraws(context, standing):
        assert "granted" in standing.values()


def test_an_empty_object_denies_everything_and_one_of_other_names_says_nothing():
    assert not is_permitted(event({}))
    assert is_permitted(event({"email": True}))
    assert is_permitted(event(context={"consent": {}}))
    assert is_permitted(event({}, "", type="identify"))
    functional = [LegalBasis(events=("*",), purpose="functional")]
    assert is_permitted(event({}), functional)


def test_a_list_of_what_is_taken_back_denies():
    back = {"consentManagement": {"withdrawnConsentIds": ["measurement"]}}
    assert not is_permitted(event(context=back))
    assert withdraws(back, {"measurement": "granted"})
