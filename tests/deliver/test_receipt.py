"""A delivery goes from pending to exactly one end, whatever the receiver does."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.deliver.receipt import Delivery, again, start, step
from wegweiser.deliver.schedule import DELAYS_S
from wegweiser.ports.channel import Parcel, Receipt

PARCEL = Parcel("msg_1", "message.send", 5, {"message": "welcome"})
FAILED = Receipt("msg_1", "failed", 503, "busy")
RECEIPTS = st.builds(
    Receipt,
    st.just("msg_1"),
    st.sampled_from(["delivered", "failed", "failed", "failed", "disabled", "blocked"]),
    st.integers(0, 599),
    st.text(max_size=5),
    st.none() | st.integers(0, 100_000),
)


def test_the_first_try_is_due_at_once():
    assert start(PARCEL, "crm", now=7) == Delivery(parcel=PARCEL, endpoint="crm", next_at=7)


@pytest.mark.parametrize("state", ["delivered", "disabled", "blocked"])
def test_one_such_receipt_ends_it(state):
    ended = step(start(PARCEL, "crm", 0), Receipt("msg_1", state, 299, "said"), now=1)
    assert (ended.state, ended.next_at, ended.over) == (state, None, True)
    assert (ended.tries, ended.status, ended.detail) == (1, 299, "said")


def test_failing_for_ever_ends_dead_after_the_last_try():
    delivery, now = start(PARCEL, "crm", 0), 0
    for _ in DELAYS_S:
        assert delivery.state == "pending"
        now = delivery.next_at
        delivery = step(delivery, FAILED, now)
    assert (delivery.state, delivery.tries, delivery.next_at) == ("dead", len(DELAYS_S), None)
    assert now == 1000 * sum(DELAYS_S)


def test_a_receipt_for_another_parcel_changes_nothing():
    begun = start(PARCEL, "crm", 0)
    assert step(begun, Receipt("msg_2", "delivered", 200, ""), 0) == begun


def test_what_died_can_begin_anew_under_the_same_id():
    dead = Delivery(parcel=PARCEL, endpoint="crm", state="dead", tries=8)
    assert again(dead, 9) == start(PARCEL, "crm", 9)
    arrived = Delivery(parcel=PARCEL, endpoint="crm", state="delivered", tries=1)
    assert again(arrived, 9) == arrived


@given(st.lists(RECEIPTS, max_size=20))
def test_it_is_over_exactly_when_nothing_is_due_and_then_stays(receipts):
    delivery, now = start(PARCEL, "crm", 0), 0
    for receipt in receipts:
        before = delivery
        delivery = step(delivery, receipt, now)
        assert delivery.over == (delivery.next_at is None)
        assert delivery == before if before.over else delivery.tries == before.tries + 1
        assert delivery.next_at is None or delivery.next_at >= now
        now = delivery.next_at or now
    assert delivery.tries <= len(DELAYS_S)


def test_it_can_be_kept_as_bytes():
    delivery = step(start(PARCEL, "crm", 0), FAILED, 0)
    assert msgspec.json.decode(msgspec.json.encode(delivery), type=Delivery) == delivery
