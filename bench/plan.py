"""What one run of the load generator sends, and what it saw."""

from typing import Literal

import msgspec

Kind = Literal["batch", "single", "decide", "flag", "outcomes"]
# How many events, or outcomes, stand in one request.
BATCH_SIZE = 100


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Requests over kept-alive connections, as fast as they are answered or at a fixed rate.

    `rate` in requests a second; 0 sends the next request of a connection when the last one is
    answered. `series` makes the message ids of a run its own. Decisions are among `candidates`.
    """

    port: int
    authorization: str
    kind: Kind
    series: str
    requests: int
    connections: int
    rate: float = 0.0
    candidates: int = 1_000


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Wall time in seconds, latencies in milliseconds, bytes per body, answers other than 200."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    body_bytes: float
    refused: int
    busy_share: float

    @property
    def requests_per_second(self) -> float:
        """Answered requests a second."""
        return self.requests / self.seconds
