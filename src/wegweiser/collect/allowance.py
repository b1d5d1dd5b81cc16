"""How much may still be sent: a bucket of elements that fills with time, and a quota per day."""

import math
from ipaddress import IPv6Address, ip_address

import msgspec

from wegweiser.terms.instant import SECOND_MS, day_of

LONGEST_WAIT_S = 60


class Bucket(msgspec.Struct):
    """Elements that may be sent now; below 0 after a body that was larger than what was left."""

    tokens: float
    filled_at: int

    def fill(self, rate_per_second: float, burst: float, now: int) -> None:
        """Add what has come together since the last time; a clock set back adds nothing."""
        passed_s = max(0, now - self.filled_at) / SECOND_MS
        self.tokens = min(burst, self.tokens + passed_s * rate_per_second)
        self.filled_at = now


class Spent(msgspec.Struct):
    """Elements taken on one UTC day."""

    day: int = 0
    elements: int = 0

    def on(self, now: int) -> int:
        """Give what was taken on the day of a moment.

        >>> Spent(day=0, elements=7).on(5), Spent(day=0, elements=7).on(86_400_000)
        (7, 0)
        """
        return self.elements if self.day == day_of(now) else 0

    def add(self, count: int, now: int) -> None:
        """Count elements taken at a moment."""
        day = day_of(now)
        self.elements = self.elements + count if self.day == day else count
        self.day = day


def burst_of(rate_per_second: float, burst: int | None) -> float:
    """Give the size of a full bucket: at least one element, or nothing could ever be sent.

    >>> burst_of(0.1, None), burst_of(50, None), burst_of(50, 500)
    (1.0, 50.0, 500.0)
    """
    return max(1.0, float(rate_per_second if burst is None else burst))


def wait_s(bucket: Bucket, rate_per_second: float) -> int:
    """Give the whole seconds until one element may be sent, 0 when it may now.

    Elements are paid for when they have been counted, which takes parsing them; so a body is
    let in while anything is left, and its sender waits the longer afterwards.

    >>> wait_s(Bucket(tokens=0.5, filled_at=0), 2.0), wait_s(Bucket(tokens=-9, filled_at=0), 2.0)
    (1, 5)
    """
    if bucket.tokens >= 1:
        return 0
    if rate_per_second <= 0:
        return LONGEST_WAIT_S
    return min(LONGEST_WAIT_S, max(1, math.ceil((1 - bucket.tokens) / rate_per_second)))


def quota_wait_s(spent: Spent, daily_quota: int, now: int) -> int:
    """Give the whole seconds to wait before asking again, 0 when the day's quota is not used up.

    >>> quota_wait_s(Spent(0, 10), 10, now=0), quota_wait_s(Spent(0, 10), 10, now=86_399_500)
    (60, 1)
    """
    if spent.on(now) < daily_quota:
        return 0
    left_ms = (day_of(now) + 1) * 86_400 * SECOND_MS - now
    return min(LONGEST_WAIT_S, math.ceil(left_ms / SECOND_MS))


def network_of(address: str) -> str:
    """Give the network that an address belongs to: /24 of IPv4, /48 of IPv6; "" for no address.

    >>> network_of("192.0.2.77"), network_of("2001:db8:1:2::3"), network_of("unix")
    ('192.0.2', '2001:0db8:0001', '')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return found.exploded[:14]
        found = found.ipv4_mapped
    return str(found).rpartition(".")[0]
