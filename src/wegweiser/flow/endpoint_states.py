"""How endpoints fare: switched off by a 410, paused after failures, slowed down to their pace."""

import logging
import math
from collections import deque
from collections.abc import Collection, Iterable

import msgspec

from wegweiser.deliver.receipt import Delivery
from wegweiser.flow.mail_returns import MailReturns
from wegweiser.flow.tables import ENDPOINT_STATES
from wegweiser.ports.channel import Receipt
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.instant import HOUR_MS, SECOND_MS
from wegweiser.terms.policy import Endpoint

FAILURES_TO_PAUSE = 5
PAUSE_MS = 30 * SECOND_MS
TRIES_PER_RUN = 200
# Of all calls in an hour this share may be repetitions that come to nothing, or so many.
SHARE_AGAIN = 0.1
FEW_AGAIN = 100
# Mails that left us, whatever became of them then.
LEFT = ("delivered", "unknown", "refused")
_log = logging.getLogger(__name__)


class SwitchedOff(msgspec.Struct, frozen=True):
    """When (ms) which address of an endpoint said that it takes no more, and what it said."""

    target: str
    at: int
    detail: str = ""


class Pace:
    """How many messages may go out now, under limits per second and per hour."""

    def __init__(self) -> None:
        self._gone: deque[int] = deque()
        self._again: deque[int] = deque()

    def room(self, endpoint: Endpoint, now: int) -> int | None:
        """Give how many may go out at `now` (ms); None is without limit.

        >>> pace = Pace()
        >>> slow = Endpoint("mail", "email", "smtp", "smtp://mail.example.com", per_second=2)
        >>> pace.room(slow, now=0)
        2
        >>> pace.note(0); pace.note(0); pace.room(slow, now=999), pace.room(slow, now=1000)
        (0, 2)
        """
        _forget(self._gone, now)
        rooms = []
        if endpoint.per_second > 0:
            # A rate below one a second is one message in a longer span.
            span_ms = SECOND_MS * max(1.0, 1 / endpoint.per_second)
            lately = sum(1 for at in self._gone if at > now - span_ms)
            rooms.append(max(1, math.floor(endpoint.per_second)) - lately)
        if endpoint.per_hour > 0:
            rooms.append(endpoint.per_hour - len(self._gone))
        return max(0, min(rooms)) if rooms else None

    def room_again(self, now: int) -> int:
        """Give how many may be tried once more, so that who is down is not buried in calls.

        >>> pace = Pace()
        >>> for number in range(2_000): pace.note(number, again=number < 150)
        >>> pace.room_again(2_000)
        50
        >>> pace.arrived(); pace.room_again(2_000), pace.room_again(HOUR_MS + 2_000)
        (51, 100)
        """
        _forget(self._gone, now)
        _forget(self._again, now)
        return max(0, max(FEW_AGAIN, int(SHARE_AGAIN * len(self._gone))) - len(self._again))

    def note(self, at: int, again: bool = False) -> None:
        """Count a message that goes out, for the first time or `again`."""
        self._gone.append(at)
        if again:
            self._again.append(at)

    def arrived(self) -> None:
        """Give room back: what was tried again and arrived burdens nobody."""
        if self._again:
            self._again.pop()


def _forget(moments: deque[int], now: int) -> None:
    # After the clock was set back nothing waits for the future.
    while moments and (moments[0] <= now - HOUR_MS or moments[0] > now + HOUR_MS):
        moments.popleft()


class EndpointStates:
    """Switched off is kept; pauses and pace begin anew with the process."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._off = {
            key.decode(): msgspec.json.decode(value, type=SwitchedOff)
            for key, value in store.scan(ENDPOINT_STATES)
        }
        self._returns = MailReturns(store)
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
        self._returns.forget(key)
        if self._off.pop(key, None) is None:
            return False
        self._store.commit([Change(ENDPOINT_STATES, key.encode(), None)])
        return True

    def lined_up(
        self, waiting: Iterable[tuple[bytes, Delivery]], mailed: Collection[str], now: int
    ) -> dict[str, list[bytes]]:
        """Give by endpoint what is to be tried now, of what waits.

        What failed before comes only as far as there is room for it; `mailed` endpoints have no
        such bound, since a mail is tried for a quarter of an hour at most.
        """
        lines: dict[str, list[bytes]] = {}
        rooms: dict[str, int] = {}
        for key, delivery in waiting:
            name = delivery.endpoint
            line = lines.setdefault(name, [])
            if len(line) >= TRIES_PER_RUN:
                continue
            if delivery.tries and name not in mailed:
                rooms.setdefault(name, self.pace(name).room_again(now))
                if rooms[name] <= 0:
                    continue
                rooms[name] -= 1
            line.append(key)
        return {name: line for name, line in lines.items() if line}

    def pace(self, key: str) -> Pace:
        """Give the pace of an endpoint."""
        return self._paces.setdefault(key, Pace())

    def is_paused(self, key: str, now: int) -> bool:
        """Tell whether an endpoint is left alone for a while, as it could not be reached."""
        until = self._paused_until.get(key, 0)
        return now < until <= now + PAUSE_MS

    def heard(self, endpoint: Endpoint, receipt: Receipt, now: int) -> None:
        """Take in what a try came to: a pause, or that an endpoint is called no more."""
        self.note(endpoint.key, receipt.status > 0 or receipt.state != "failed", now)
        if receipt.state == "disabled":
            self.switch_off(endpoint, now, receipt.detail)
        if endpoint.via == "smtp" and receipt.state in LEFT:
            self._returns.left(endpoint.key, now, receipt.state == "refused")
            self._stop_if_too_many(endpoint, now)

    def came_back(self, endpoint: Endpoint, complained: bool, now: int) -> None:
        """Take in that a mail bounced for good, or was complained of."""
        self._returns.came_back(endpoint.key, now, complained)
        self._stop_if_too_many(endpoint, now)

    def _stop_if_too_many(self, endpoint: Endpoint, now: int) -> None:
        """Send nothing more where so much comes back that others will soon take nothing."""
        told = self._returns.too_many(endpoint.key)
        if told and self.off(endpoint) is None:
            _log.error("endpoint %s is switched off: %s", endpoint.key, told)
            self.switch_off(endpoint, now, told)

    def note(self, key: str, reached: bool, now: int) -> None:
        """Take in whether an endpoint answered at all; several failures in a row pause it."""
        failures = 0 if reached else self._failures.get(key, 0) + 1
        self._failures[key] = failures
        if failures >= FAILURES_TO_PAUSE:
            self._failures[key] = 0
            self._paused_until[key] = now + PAUSE_MS
