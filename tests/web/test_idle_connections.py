"""A connection is kept for as long as it may idle, by one clock through many requests."""

import asyncio
from collections.abc import Callable
from typing import Any

import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from wegweiser.web.connection import GuardedConnection

KEPT_S = 75


class Clock:
    """The part of an event loop that a connection asks for the time; time goes on by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.set: list[Alarm] = []

    def time(self) -> float:
        """Give the seconds of a steady clock."""
        return self.now

    def call_at(self, when: float, call: Callable[[], None]) -> "Alarm":
        """Set an alarm."""
        alarm = Alarm(when, call)
        self.set.append(alarm)
        return alarm

    def call_later(self, seconds: float, call: Callable[[], None]) -> "Alarm":
        """Set an alarm in some seconds."""
        return self.call_at(self.now + seconds, call)

    def pass_by(self, seconds: float) -> None:
        """Let time go on; alarms ring in their order."""
        end = self.now + seconds
        while due := [alarm for alarm in self.set if alarm.when <= end]:
            first = min(due, key=lambda alarm: alarm.when)
            self.set.remove(first)
            self.now = max(self.now, first.when)
            if not first.cancelled:
                first.call()
        self.now = end


class Alarm:
    """A call at some time."""

    def __init__(self, when: float, call: Callable[[], None]):
        self.when, self.call, self.cancelled = when, call, False

    def cancel(self) -> None:
        """Never ring."""
        self.cancelled = True


class Line(asyncio.Transport):
    """A transport that only knows whether it was closed."""

    closed = False

    def close(self) -> None:
        """End the connection."""
        self.closed = True

    def is_closing(self) -> bool:
        """Tell whether it was closed."""
        return self.closed

    def write(self, data: Any) -> None:
        """Take bytes and forget them."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Tell where it leads."""
        return {"peername": ("192.0.2.1", 5), "sockname": ("192.0.2.2", 80)}.get(name, default)


async def _nobody(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("no request is complete")


CONFIGURATION = uvicorn.Config(
    _nobody, loop="none", http=GuardedConnection, ws="none", timeout_keep_alive=KEPT_S
)
CONFIGURATION.load()
STEPS = st.lists(
    st.one_of(st.sampled_from(["answered", "asked"]), st.integers(1, 2 * KEPT_S)), max_size=20
)


def opened(clock: Clock) -> tuple[GuardedConnection, Line]:
    line = Line()
    made = GuardedConnection(
        CONFIGURATION,
        ServerState(),
        {},
        clock,  # type: ignore[arg-type]
    )
    made.connection_made(line)
    # The clock for the first head is another one.
    made._head_came()
    return made, line


@given(STEPS)
def test_it_is_closed_when_it_idled_for_so_long_and_never_before(steps) -> None:
    clock = Clock()
    connection, line = opened(clock)
    idle_since: float | None = None
    for step in steps:
        if step == "answered":
            connection._begin_to_idle()
            idle_since = clock.now
        elif step == "asked":
            connection._idle_until_s = 0.0
            idle_since = None
        else:
            clock.pass_by(step)
            assert line.closed == (idle_since is not None and clock.now - idle_since >= KEPT_S)
        assert sum(not alarm.cancelled for alarm in clock.set) <= 1
        if line.closed:
            break


def test_bytes_that_begin_nothing_end_the_idle_time_and_start_the_clock_of_the_head() -> None:
    clock = Clock()
    connection, line = opened(clock)
    connection._in_head = False
    connection._begin_to_idle()
    clock.pass_by(KEPT_S - 1)
    connection.data_received(b"\r\n")
    assert connection._idle_until_s == 0.0
    clock.pass_by(9)
    assert not line.closed
    clock.pass_by(2)
    assert line.closed


def test_nothing_rings_after_the_end_of_a_connection() -> None:
    clock = Clock()
    connection, _ = opened(clock)
    connection._begin_to_idle()
    connection.connection_lost(None)
    assert all(alarm.cancelled for alarm in clock.set)
