"""The price of attention: what a contact costs because somebody else may want it later."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median

import msgspec

from wegweiser.decide.contact import Rows, grouping, used
from wegweiser.terms.decision import Decision
from wegweiser.terms.policy import Cap

STEP = 0.1


class Use(msgspec.Struct, frozen=True):
    """What was seen in an hour on one channel for the caps of one scope.

    `shares` is how much of its caps each subject had used, 1 is all of it; `utilities` what the
    messages that won were worth, in the workspace currency.
    """

    shares: Sequence[float]
    utilities: Sequence[float]


def next_price(price: float, use: Use, most: float) -> float:
    """Raise or lower a price by an hour of use, between 0 and `most` (workspace currency).

    lambda <- clip(lambda + 0.1 u (expected use / cap - 1), 0, most), u the median utility of what
    won. Where nothing was decided the price stays.

    >>> next_price(1.0, Use([1.5, 1.5], [2.0, 4.0]), 10.0), next_price(0.1, Use([0.5], [4.0]), 10.0)
    (1.15, 0.0)
    """
    if not use.shares or not use.utilities:
        return price
    step = STEP * median(use.utilities) * (fmean(use.shares) - 1.0)
    return min(max(price + step, 0.0), most)


def worth_of_winners(decision: Decision, placement: str) -> list[float]:
    """Give what the messages that won at a placement were worth; where nothing won, nothing."""
    return [
        draw.figures.chosen_utility
        for draw in decision.draws
        if draw.placement == placement and draw.is_of_message and draw.figures
    ]


def share_used(caps: Sequence[Cap], channel: str, rows: Rows, as_of: int) -> float | None:
    """Give how much of its tightest cap on a channel a subject has used, None without one.

    Only what is sent has a price, so that caps on what is asked for do not count.
    """
    shares = [
        used(cap, rows, as_of) / cap.limit
        for cap in caps
        if cap.limit and not grouping(cap) and cap.direction != "pull"
        if not cap.channels or channel in cap.channels
    ]
    return max(shares, default=None)


def by_channel(prices: Mapping[str, float]) -> dict[str, float]:
    """Add up the prices of all scopes of a channel, kept as "channel/scope".

    >>> by_channel({"email/person": 1.0, "email/account": 0.5, "sms/person": 0.0})
    {'email': 1.5}
    """
    found: dict[str, float] = {}
    for name, price in sorted(prices.items()):
        if price > 0:
            channel = name.partition("/")[0]
            found[channel] = found.get(channel, 0.0) + price
    return found
