"""Keeps account of one delivery: from pending to delivered, dead, disabled or blocked."""

from typing import Literal

import msgspec

from wegweiser.deliver.schedule import next_try_at
from wegweiser.ports.channel import Parcel, Receipt

DeliveryState = Literal["pending", "delivered", "dead", "disabled", "blocked"]


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One parcel on its way to one endpoint; `next_at` (ms) is None once it is over.

    `status` and `detail` are those of the last try.
    """

    parcel: Parcel
    endpoint: str
    state: DeliveryState = "pending"
    tries: int = 0
    next_at: int | None = None
    status: int = 0
    detail: str = ""

    @property
    def over(self) -> bool:
        """True when no further try will be made."""
        return self.state != "pending"


def start(parcel: Parcel, endpoint: str, now: int) -> Delivery:
    """Begin a delivery whose first try is due at once."""
    return Delivery(parcel=parcel, endpoint=endpoint, next_at=now)


def step(delivery: Delivery, receipt: Receipt, now: int, jitter: float = 0.5) -> Delivery:
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
        next_at = next_try_at(tries, now, jitter, receipt.retry_after_s)
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
    )


def again(delivery: Delivery, now: int) -> Delivery:
    """Begin anew, under the same parcel id, what did not arrive."""
    if delivery.state == "delivered":
        return delivery
    return start(delivery.parcel, delivery.endpoint, now)
