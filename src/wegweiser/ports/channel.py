"""A channel's own system, to which a chosen message is handed over."""

from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

import msgspec

from wegweiser.terms.json import JsonObject


class Parcel(msgspec.Struct, frozen=True):
    """One hand-over; `parcel_id` stays the same over all tries."""

    parcel_id: str
    type: str
    at: int
    data: JsonObject


class Receipt(msgspec.Struct, frozen=True):
    """What a try came to; `status` is the channel's own code (0 when unreachable).

    `refused` is for good, of this parcel alone; after `unknown` it may have arrived or not, as it
    may after a try that failed and is `perhaps` only half failed: nobody answered in time.
    """

    parcel_id: str
    state: Literal["delivered", "failed", "disabled", "blocked", "refused", "unknown"]
    status: int
    detail: str
    retry_after_s: int | None = None
    perhaps: bool = False


class Channel(Protocol):
    """Hands over one parcel per call and says what happened; never raises for the receiver."""

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Try once."""


@runtime_checkable
class OnceChannel(Protocol):
    """A channel that cannot know ids sent twice, so that a try must be noted before it counts."""

    async def hand_over_once(self, parcel: Parcel, attempt: Callable[[], None]) -> Receipt:
        """Try once; `attempt` is called, and must have returned, before anything may arrive."""
