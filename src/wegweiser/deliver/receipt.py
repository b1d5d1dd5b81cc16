"""Keeps account of one delivery: from pending to the one end that it comes to."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wegweiser.deliver.schedule import DELAYS_S, next_try_at
from wegweiser.ports.channel import Parcel, Receipt

DeliveryState = Literal[
    "pending",
    "attempting",
    "leased",
    "delivered",
    "unknown",
    "withdrawn",
    "blocked",
    "refused",
    "dead",
    "disabled",
    "given_up",
]
# What somebody should look at, and may begin anew: it surely did not arrive.
DEAD_LETTERS: tuple[DeliveryState, ...] = ("dead", "disabled", "refused", "blocked")


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One parcel on its way to one endpoint; `next_at` (ms) is None once it is over.

    `status` and `detail` are those of the last try, which began at `tried_at`. While it is
    `attempting`, what was handed over may arrive without our hearing of it; `leased` it lies in
    a file that nobody has acknowledged yet. `perhaps` a try that failed did arrive.
    """

    parcel: Parcel
    endpoint: str
    state: DeliveryState = "pending"
    tries: int = 0
    next_at: int | None = None
    status: int = 0
    detail: str = ""
    tried_at: int = 0
    perhaps: bool = False

    @property
    def over(self) -> bool:
        """True when no further try will be made."""
        return self.state not in ("pending", "attempting", "leased")

    def is_due(self, now: int) -> bool:
        """Tell whether a try is due at a moment (ms)."""
        return self.next_at is not None and self.next_at <= now


def start(parcel: Parcel, endpoint: str, now: int) -> Delivery:
    """Begin a delivery whose first try is due at once."""
    return Delivery(parcel=parcel, endpoint=endpoint, next_at=now)


def ended(delivery: Delivery, state: DeliveryState, detail: str) -> Delivery:
    """End a delivery, with what it came to."""
    return msgspec.structs.replace(delivery, state=state, next_at=None, detail=detail)


def attempting(delivery: Delivery, now: int) -> Delivery:
    """Note, before anything may arrive, that it may; what stays like this is unknown.

    It is due no more, whatever becomes of the one who tries.
    """
    return msgspec.structs.replace(delivery, state="attempting", tried_at=now, next_at=None)


def interrupted(delivery: Delivery, at_least_once: bool, now: int) -> Delivery:
    """Say what an attempt came to that nobody saw the end of: unknown, and never sent again.

    >>> begun = attempting(start(Parcel("msg_1", "message.send", 0, {}), "mail", now=0), now=0)
    >>> interrupted(begun, at_least_once=False, now=5).state
    'unknown'
    >>> interrupted(begun, at_least_once=True, now=5).state
    'pending'
    """
    if delivery.state != "attempting":
        return delivery
    tries = delivery.tries + 1
    if at_least_once:
        return msgspec.structs.replace(delivery, state="pending", tries=tries, next_at=now)
    told = "the hand-over was interrupted; it may have arrived and is not sent again"
    return msgspec.structs.replace(
        delivery, state="unknown", tries=tries, next_at=None, detail=told
    )


def step(
    delivery: Delivery,
    receipt: Receipt,
    now: int,
    jitter: float = 0.5,
    delays_s: Sequence[int] = DELAYS_S,
) -> Delivery:
    """Take in what a try came to; a delivery that is over stays as it is.

    >>> begun = start(Parcel("msg_1", "message.send", 0, {}), "crm", now=0)
    >>> step(begun, Receipt("msg_1", "failed", 503, "busy"), now=0).next_at
    5000
    >>> step(begun, Receipt("msg_1", "delivered", 204, ""), now=0).state
    'delivered'
    """
    if delivery.over or receipt.parcel_id != delivery.parcel.parcel_id:
        return delivery
    tries = delivery.tries + 1
    next_at = None
    state: DeliveryState
    if receipt.state == "failed":
        next_at = next_try_at(tries, now, jitter, receipt.retry_after_s, delays_s)
        state = "dead" if next_at is None else "pending"
    else:
        state = receipt.state
    return msgspec.structs.replace(
        delivery,
        state=state,
        tries=tries,
        next_at=next_at,
        status=receipt.status,
        detail=receipt.detail,
        tried_at=now,
        perhaps=delivery.perhaps or receipt.perhaps,
    )


def again(delivery: Delivery, now: int) -> Delivery:
    """Begin anew, under the same parcel id, what surely did not arrive."""
    if delivery.state not in (*DEAD_LETTERS, "given_up", "pending"):
        return delivery
    fresh = start(delivery.parcel, delivery.endpoint, now)
    return msgspec.structs.replace(fresh, perhaps=delivery.perhaps)
