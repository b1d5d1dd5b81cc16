"""Reports of outcomes: each entry is read alone."""

import pytest

from wegweiser.collect.outcome import RefusedOutcome, read_outcomes
from wegweiser.terms.errors import BodyRefused
from wegweiser.terms.outcome import OUTCOME_KINDS, Outcome

NOW = 1_795_341_600_000
CLICK = {"outcome_id": "o-1", "decision_id": "dec_1", "kind": "click"}


def one(**more):
    (found,) = read_outcomes([{**CLICK, **more}], NOW, "web")
    return found


def test_an_outcome_of_a_decision():
    found = one(placement="home.hero", slot=2, at="2026-11-22T09:41:07Z")
    assert found == Outcome(
        outcome_id="o-1",
        kind="click",
        at=1_795_340_467_000,
        decision_id="dec_1",
        placement="home.hero",
        slot=2,
        source_id="web",
        received_at=NOW,
    )


def test_an_outcome_of_a_person_for_a_goal():
    (found,) = read_outcomes(
        [
            {
                "outcome_id": 7,
                "subject": {"person": "user_id:u-42", "account": "group_id:acme"},
                "kind": "goal",
                "goal": "demo-booked",
                "value": {"amount": 400, "currency": "EUR"},
            }
        ],
        NOW,
        "crm",
    )
    assert (found.outcome_id, found.leaf, found.group_id) == ("7", "user_id:u-42", "acme")
    assert (found.goal, found.amount, found.currency) == ("demo-booked", 400.0, "EUR")


@pytest.mark.parametrize("kind", OUTCOME_KINDS)
def test_every_kind_is_known(kind):
    assert one(kind=kind).kind == kind


@pytest.mark.parametrize("at", [None, "soon", 5, "1970-01-01T00:00:00Z", True])
def test_an_unreadable_time_is_now(at):
    assert one(at=at).at == NOW


def test_a_time_to_come_is_at_most_five_minutes_away():
    assert one(at="2031-01-01T00:00:00Z").at == NOW + 300_000


REFUSED = [
    ("outcome_id", None, "bad_id"),
    ("outcome_id", "", "bad_id"),
    ("outcome_id", "o\u200b", "bad_id"),
    ("decision_id", 1.5, "bad_id"),
    ("decision_id", None, "no_identity"),
    ("kind", "clicked", "bad_value"),
    ("kind", None, "bad_value"),
    ("kind", ["click"], "bad_value"),
    ("slot", -1, "bad_value"),
    ("slot", True, "bad_value"),
    ("slot", "0", "bad_value"),
    ("subject", "user_id:u", "bad_shape"),
    ("subject", {"person": "u-42"}, "bad_id"),
    ("subject", {}, "no_identity"),
    ("value", 400, "bad_shape"),
    ("value", {}, "bad_value"),
    ("value", {"amount": "1.234,56"}, "bad_value"),
    ("value", {"amount": True}, "bad_value"),
    ("value", {"amount": 1e13}, "bad_value"),
    ("value", {"amount": 10**400}, "bad_value"),
    ("value", {"amount": float("nan")}, "bad_value"),
    ("value", {"amount": 1, "currency": "euro"}, "bad_value"),
]


@pytest.mark.parametrize(("field", "value", "code"), REFUSED)
def test_a_bad_entry_harms_no_other(field, value, code):
    first, bad, last = read_outcomes([CLICK, {**CLICK, field: value}, CLICK], NOW, "web")
    assert isinstance(first, Outcome)
    assert first == last
    assert isinstance(bad, RefusedOutcome)
    assert (bad.index, bad.code) == (1, code)
    assert bad.field.startswith(field)
    assert bad.outcome_id == ("o-1" if field != "outcome_id" else value or "")


def test_a_goal_of_no_decision_needs_a_name():
    (found,) = read_outcomes([{"outcome_id": "o", "userId": "u", "kind": "goal"}], NOW, "crm")
    assert (found.code, found.field) == ("bad_value", "goal")


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [({}, "bad_shape", 400), ("x", "bad_shape", 400), ([CLICK] * 1_001, "too_large", 413)],
)
def test_a_body_is_an_array_of_at_most_a_thousand(body, code, status):
    with pytest.raises(BodyRefused) as refused:
        read_outcomes(body, NOW, "web")
    assert (refused.value.code, refused.value.status) == (code, status)


def test_an_entry_that_is_no_object_is_refused():
    (found,) = read_outcomes([None], NOW, "web")
    assert (found.code, found.outcome_id) == ("bad_shape", "")
