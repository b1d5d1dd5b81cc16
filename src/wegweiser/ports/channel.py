"""A channel's own system, to which a chosen message is handed over."""

from typing import Literal, Protocol

import msgspec

from wegweiser.terms.json import JsonObject


class Parcel(msgspec.Struct, frozen=True):
    """One hand-over; `parcel_id` stays the same over all tries."""

    parcel_id: str
    type: str
    at: int
    data: JsonObject


class Receipt(msgspec.Struct, frozen=True):
    """What a try came to; `status` is the channel's own code (0 when unreachable)."""

    parcel_id: str
    state: Literal["delivered", "failed", "disabled", "blocked"]
    status: int
    detail: str
    retry_after_s: int | None = None


class Channel(Protocol):
    """Hands over one parcel per call and says what happened; never raises for the receiver."""

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Try once."""
