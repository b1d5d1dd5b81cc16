"""Requests for a decision: what is read, and which field an error names."""

import pytest

from wegweiser.collect.ask import read_situation
from wegweiser.terms.decision import Ask, Situation, Subject
from wegweiser.terms.errors import InputRefused

ASKED = {"request_id": "r-1", "userId": "u-42", "placements": [{"key": "home.hero"}]}


def test_a_whole_request():
    body = {
        "request_id": "req-7f3a",
        "subject": {
            "person": "user_id:u-42",
            "device": "anonymous_id:a-9c1",
            "account": "group_id:acme",
        },
        "placements": [{"key": "home.hero", "max": 2}, "home.foot"],
        "channel": "web",
        "locale": "de-DE",
        "mode": "explain",
        "deadline_ms": 50,
        "context": {"page": {"path": "/security"}},
    }
    assert read_situation(body) == Situation(
        request_id="req-7f3a",
        subject=Subject("user_id:u-42", "anonymous_id:a-9c1", "group_id:acme"),
        placements=(Ask("home.hero", 2), Ask("home.foot", 1)),
        channel="web",
        locale="de-DE",
        mode="explain",
        deadline_ms=50,
        context={"page": {"path": "/security"}},
    )


@pytest.mark.parametrize("nest", [True, False])
def test_short_forms_stand_in_the_subject_or_beside_it(nest):
    ids = {"userId": 42, "anonymousId": "a:1", "groupId": "acme"}
    body = {**ASKED, "userId": None, **({"subject": ids} if nest else ids)}
    assert read_situation(body).subject == Subject(
        "user_id:42", "anonymous_id:a:1", "group_id:acme"
    )


REFUSED = [
    ("request_id", None, "bad_value", "request_id"),
    ("request_id", 1.5, "bad_id", "request_id"),
    ("userId", None, "no_identity", "subject"),
    ("userId", True, "bad_id", "userId"),
    ("subject", [], "bad_shape", "subject"),
    ("subject", {"person": "u-42"}, "bad_id", "subject.person"),
    ("subject", {"device": ":x"}, "bad_id", "subject.device"),
    ("subject", {"account": "group_id:"}, "bad_id", "subject.account"),
    ("subject", {"person": "user_id:a\u0000"}, "bad_id", "subject.person"),
    ("subject", {"person": 5}, "bad_id", "subject.person"),
    ("subject", {"person": "claim:u-1/a-1"}, "bad_id", "subject.person"),
    ("subject", {"person": "group_id:acme"}, "bad_id", "subject.person"),
    ("subject", {"device": "claim:u-1/"}, "bad_id", "subject.device"),
    ("subject", {"device": "device:a-1"}, "bad_id", "subject.device"),
    ("subject", {"device": "group_id:acme"}, "bad_id", "subject.device"),
    ("subject", {"account": "claim:acme"}, "bad_id", "subject.account"),
    ("placements", None, "bad_value", "placements"),
    ("placements", [], "bad_value", "placements"),
    ("placements", ["a"] * 51, "bad_value", "placements"),
    ("placements", ["a", {"key": "a"}], "bad_value", "placements"),
    ("placements", ["a", {}], "bad_value", "placements[1].key"),
    ("placements", [{"key": "a", "max": 0}], "bad_value", "placements[0].max"),
    ("placements", [{"key": "a", "max": True}], "bad_value", "placements[0].max"),
    ("channel", "carrier pigeon", "bad_value", "channel"),
    ("channel", [], "bad_value", "channel"),
    ("mode", "guess", "bad_value", "mode"),
    ("locale", 5, "bad_value", "locale"),
    ("deadline_ms", "80", "bad_value", "deadline_ms"),
    ("context", "x", "bad_shape", "context"),
]


@pytest.mark.parametrize(("name", "value", "code", "field"), REFUSED)
def test_an_error_names_its_field(name, value, code, field):
    with pytest.raises(InputRefused) as refused:
        read_situation({**ASKED, name: value})
    assert (refused.value.status, refused.value.code) == (400, code)
    assert refused.value.field == field


@pytest.mark.parametrize("body", [None, [], "x"])
def test_a_body_is_an_object(body):
    with pytest.raises(InputRefused) as refused:
        read_situation(body)
    assert refused.value.code == "bad_shape"
