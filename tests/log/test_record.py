"""Records come back from the log as they went in."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.log.record import decision_in, decode, encode
from wegweiser.terms.decision import Decision, Draw, Drop, Item, Subject
from wegweiser.terms.errors import EngineBroken
from wegweiser.terms.event import CALL_TYPES, Event, Refused
from wegweiser.terms.message import Message, RuleText, Variant
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.policy import Bundle, Cap
from wegweiser.terms.record import Arrived, Collected, Decided, Published, Reported
from wegweiser.terms.source import Trust

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBER = st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=4)
EVENT = st.builds(
    Event,
    type=st.sampled_from(CALL_TYPES),
    message_id=TEXT,
    at=st.integers(0, 2**42),
    user_id=TEXT,
    anonymous_id=TEXT,
    event=TEXT,
    properties=OBJECT,
    traits=OBJECT,
    context=OBJECT,
    claim=JSON,
    repairs=st.lists(TEXT, max_size=2).map(tuple),
)
COLLECTED = st.builds(
    Collected,
    received_at=st.integers(0, 2**42),
    source_id=TEXT,
    trust=st.sampled_from(Trust),
    kind=st.sampled_from(["live", "bulk"]),
    events=st.lists(EVENT, max_size=3).map(tuple),
    refused=st.lists(st.builds(Refused, st.integers(0, 9), TEXT, TEXT, JSON), max_size=2).map(
        tuple
    ),
    suppressed=st.integers(0, 9),
)


@given(TEXT, OBJECT, OBJECT, st.lists(TEXT, max_size=3).map(tuple))
def test_a_decision_stands_in_its_record_as_it_is_written_alone(name, features, facts, flags):
    decision = msgspec.structs.replace(
        DECISION, decision_id=name, locale=name, features=features, facts=facts, flags=flags
    )
    payload = encode(Decided(decision=decision))
    assert decision_in(payload) == msgspec.json.encode(decision)
    assert decision_in(b"") == b""


@given(COLLECTED)
def test_a_collected_body_comes_back_equal(record):
    assert decode(encode(record)) == record


DECISION = Decision(
    decision_id="d1",
    request_id="r1",
    body_digest="00",
    at=1,
    subject=Subject(person="user_id:u1"),
    items=(Item("hero", 0, "welcome", "web", 0.25, "sampled"),),
    draws=(Draw("hero", 0, b"\x00\x01", b"\xff" * 8, 2**32 - 1, 0, "sampled"),),
    drops=(Drop("eligible", "rule", b"\x02\x00", until=5),),
    features={"stage": {"explore": 0.5}},
)
BUNDLE = Bundle(
    number=3,
    messages=(
        Message(
            "welcome", (Variant("web", "web", content={"text": "hi"}),), rules=(RuleText("x"),)
        ),
    ),
    caps=(Cap("week", 3, 168, channels=("email",)),),
)
OUTCOME = Outcome(outcome_id="o1", kind="goal", at=2, goal="demo", amount=9.5, currency="EUR")


@pytest.mark.parametrize(
    "record",
    [
        Decided(decision=DECISION),
        Published(at=1, bundle=BUNDLE),
        Reported(received_at=4, source_id="crm", outcomes=(OUTCOME,)),
        Arrived(received_at=4, hook="shop", body=[1, {"a": None}], headers={"x": "y"}),
    ],
)
def test_the_other_kinds_come_back_equal(record):
    assert decode(encode(record)) == record


def test_what_a_newer_version_added_is_ignored():
    record = Reported(received_at=4, source_id="crm", outcomes=(OUTCOME,))
    newer = encode(record)[:-1] + b',"added":{"later":[1]}}'
    assert decode(newer) == record


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"[]", b"\xff\xfe", b'{"type":"never"}', b'{"type":"reported"}', b'{"type":"rep'],
)
def test_what_is_no_record_stops_the_engine(payload):
    with pytest.raises(EngineBroken, match="cannot be read"):
        decode(payload)
