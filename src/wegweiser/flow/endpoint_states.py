"""How endpoints fare: switched off by a 410, paused after failures, slowed down to their pace."""

import math
from collections import deque

import msgspec

from wegweiser.flow.tables import ENDPOINT_STATES
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.instant import HOUR_MS, SECOND_MS
from wegweiser.terms.policy import Endpoint

FAILURES_TO_PAUSE = 5
PAUSE_MS = 30 * SECOND_MS


class SwitchedOff(msgspec.Struct, frozen=True):
    """When (ms) which address of an endpoint said that it takes no more, and what it said."""

    target: str
    at: int
    detail: str = ""


class Pace:
    """How many messages may go out now, under limits per second and per hour."""

    def __init__(self) -> None:
        self._gone: deque[int] = deque()

    def room(self, endpoint: Endpoint, now: int) -> int | None:
        """Give how many may go out at `now` (ms); None is without limit.

        >>> pace = Pace()
        >>> slow = Endpoint("mail", "email", "smtp", "smtp://mail.example.com", per_second=2)
        >>> pace.room(slow, now=0)
        2
        >>> pace.note(0); pace.note(0); pace.room(slow, now=999), pace.room(slow, now=1000)
        (0, 2)
        """
        # After the clock was set back nothing waits for the future.
        while self._gone and (self._gone[0] <= now - HOUR_MS or self._gone[0] > now + HOUR_MS):
            self._gone.popleft()
        rooms = []
        if endpoint.per_second > 0:
            # A rate below one a second is one message in a longer span.
            span_ms = SECOND_MS * max(1.0, 1 / endpoint.per_second)
            lately = sum(1 for at in self._gone if at > now - span_ms)
            rooms.append(max(1, math.floor(endpoint.per_second)) - lately)
        if endpoint.per_hour > 0:
            rooms.append(endpoint.per_hour - len(self._gone))
        return max(0, min(rooms)) if rooms else None

    def note(self, at: int) -> None:
        """Count a message that goes out."""
        self._gone.append(at)


class EndpointStates:
    """Switched off is kept; pauses and pace begin anew with the process."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._off = {
            key.decode(): msgspec.json.decode(value, type=SwitchedOff)
            for key, value in store.scan(ENDPOINT_STATES)
        }
        self._paces: dict[str, Pace] = {}
        self._failures: dict[str, int] = {}
        self._paused_until: dict[str, int] = {}

    def off(self, endpoint: Endpoint) -> SwitchedOff | None:
        """Say why an endpoint takes nothing; one with a new address takes messages again."""
        found = self._off.get(endpoint.key)
        return found if found is not None and found.target == endpoint.target else None

    def switch_off(self, endpoint: Endpoint, at: int, detail: str) -> None:
        """Call an endpoint no more until somebody switches it on, or its address changes."""
        found = self._off[endpoint.key] = SwitchedOff(endpoint.target, at, detail)
        kept = msgspec.json.encode(found)
        self._store.commit([Change(ENDPOINT_STATES, endpoint.key.encode(), kept)])

    def switch_on(self, key: str) -> bool:
        """Call an endpoint again; False when it was not switched off."""
        self._paused_until.pop(key, None)
        if self._off.pop(key, None) is None:
            return False
        self._store.commit([Change(ENDPOINT_STATES, key.encode(), None)])
        return True

    def pace(self, key: str) -> Pace:
        """Give the pace of an endpoint."""
        return self._paces.setdefault(key, Pace())

    def is_paused(self, key: str, now: int) -> bool:
        """Tell whether an endpoint is left alone for a while, as it could not be reached."""
        until = self._paused_until.get(key, 0)
        return now < until <= now + PAUSE_MS

    def note(self, key: str, reached: bool, now: int) -> None:
        """Take in whether an endpoint answered at all; several failures in a row pause it."""
        failures = 0 if reached else self._failures.get(key, 0) + 1
        self._failures[key] = failures
        if failures >= FAILURES_TO_PAUSE:
            self._failures[key] = 0
            self._paused_until[key] = now + PAUSE_MS
