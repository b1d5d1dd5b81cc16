"""Figures over time that come from elsewhere: sales of other systems, media, and other causes."""

from typing import Literal, get_args

import msgspec

SeriesRole = Literal["sales", "media", "control", "event", "index"]
SERIES_ROLES: tuple[str, ...] = get_args(SeriesRole)


class SeriesValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value of one series on one day; `received_at` is ms UTC.

    A control is known for every week (a price, the weather), an event is 0 where nothing is said.
    An index has no counts behind it: search interest, or what a market is said to do.
    """

    file: str
    day: int
    name: str
    role: SeriesRole
    value: float
    received_at: int = 0
