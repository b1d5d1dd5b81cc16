"""Says when a failed hand-over is tried again."""

from collections.abc import Sequence

DELAYS_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# A mail is tried only as long as its place in the contact ledger is held: 15 minutes.
LEASED_DELAYS_S = (0, 5, 60, 300, 420)
LONGEST_WAIT_S = 86_400
_JITTER = 0.2


def delays_of(via: str) -> Sequence[int]:
    """Give the waits between tries (s) for a kind of endpoint.

    >>> delays_of("webhook")[-1], delays_of("smtp")[-1]
    (86400, 420)
    """
    return LEASED_DELAYS_S if via == "smtp" else DELAYS_S


def next_try_at(
    tries: int,
    now: int,
    jitter: float,
    retry_after_s: int | None = None,
    delays_s: Sequence[int] = DELAYS_S,
) -> int | None:
    """Give the moment (ms) of the next try after `tries` failed ones, None when it is dead.

    `jitter` in [0, 1) spreads the delay by a tenth both ways, so that what failed together
    does not come back together. A receiver's Retry-After only makes the wait longer, up to a day.

    >>> next_try_at(tries=1, now=0, jitter=0.5)
    5000
    >>> next_try_at(tries=1, now=0, jitter=0.5, retry_after_s=60)
    60000
    >>> next_try_at(tries=10, now=0, jitter=0.5) is None
    True
    """
    if tries >= len(delays_s):
        return None
    delay_s = delays_s[tries] * (1 + _JITTER * (jitter - 0.5))
    asked_s = min(retry_after_s or 0, LONGEST_WAIT_S)
    return now + round(max(delay_s, asked_s) * 1000)
