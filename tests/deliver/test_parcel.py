"""A parcel says what was chosen and nothing of the person that was not asked for."""

import msgspec
import pytest

from wegweiser.deliver.parcel import BODY_BYTES, body_of, parcel_of
from wegweiser.terms.decision import Decision, Item, Subject
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.message import Variant

DECISION = Decision(
    decision_id="d1",
    request_id="r1",
    body_digest="00",
    at=1_795_340_467_000,
    subject=Subject(person="user_id:u-42"),
    person_id="p-secret",
    leaf="user_id:u-42",
    features={"income": "high"},
    items=(
        Item("newsletter", 0, "welcome", "mail-de", 0.25, "sampled"),
        Item("newsletter", 1, "trial", "mail-de", 0.5, "best"),
    ),
)
VARIANT = Variant("mail-de", "email", locale="de", content={"text": "unfilled {{ person.name }}"})


def test_it_carries_what_was_chosen():
    parcel = parcel_of(DECISION, 1, VARIANT, {"text": "Hallo"})
    assert msgspec.json.decode(body_of(parcel)) == {
        "type": "message.send",
        "timestamp": "2026-11-22T09:41:07.000Z",
        "data": {
            "decisionId": "d1",
            "placement": "newsletter",
            "slot": 1,
            "message": "trial",
            "variant": "mail-de",
            "channel": "email",
            "locale": "de",
            "subject": {"person": "user_id:u-42"},
            "content": {"text": "Hallo"},
        },
    }


def test_items_of_one_decision_have_ids_of_their_own_that_stay():
    first, second = (parcel_of(DECISION, index, VARIANT, {}) for index in (0, 1))
    assert first.parcel_id != second.parcel_id
    assert parcel_of(DECISION, 0, VARIANT, {}) == first
    assert "." not in first.parcel_id


def test_nothing_else_of_the_person_leaves():
    body = body_of(parcel_of(DECISION, 0, VARIANT, {}))
    assert b"p-secret" not in body
    assert b"income" not in body


def test_the_body_stays_below_20_kilobytes():
    room = BODY_BYTES - len(body_of(parcel_of(DECISION, 0, VARIANT, {"text": ""})))
    largest = parcel_of(DECISION, 0, VARIANT, {"text": "a" * (room - 1)})
    assert len(body_of(largest)) == BODY_BYTES - 1
    with pytest.raises(InputRefused, match="20000") as refused:
        parcel_of(DECISION, 0, VARIANT, {"text": "a" * room})
    assert refused.value.code == "parcel_too_large"
