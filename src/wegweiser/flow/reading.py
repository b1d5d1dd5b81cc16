"""Bodies of every door read under one set of rules: limits, keys and screens of the source."""

from collections.abc import Callable, Sequence

from wegweiser.collect.decode import Decoded
from wegweiser.collect.limit import Limits
from wegweiser.collect.read import Reading, read_request
from wegweiser.collect.route import Route
from wegweiser.collect.screen import Screen
from wegweiser.flow.callers import Callers
from wegweiser.ports.clock import Clock
from wegweiser.terms.source import Caller
from wegweiser.terms.ulid import ulid

Screener = Callable[[Caller, int], Screen | None]
"""Gives the screen for a caller's request received at a time in ms; None for none."""


class Reader:
    """Turns decoded bodies into readings; `screeners` are asked in order for each request."""

    def __init__(
        self,
        callers: Callers,
        clock: Clock,
        retention_days: int | None,
        screeners: Sequence[Screener] = (),
    ):
        self._callers = callers
        self._clock = clock
        self._limits = Limits(retention_days=retention_days)
        self._screeners = tuple(screeners)

    def read(
        self,
        decoded: Decoded,
        route: Route,
        caller: Caller,
        *,
        client: str = "",
        sent_at: str | None = None,
        gpc: bool = False,
    ) -> Reading:
        """Read a body that arrived now; raises BodyRefused when it breaks a limit."""
        received_at = self._clock.now_ms()
        found = (screener(caller, received_at) for screener in self._screeners)
        return read_request(
            decoded,
            route,
            caller,
            received_at,
            self.new_message_id,
            self._limits,
            source_of_key=self._callers.source_of_key,
            client=client,
            sent_at=sent_at,
            gpc=gpc,
            screens=[screen for screen in found if screen is not None],
        )

    def new_message_id(self) -> str:
        """Name a message that came without an id."""
        return "wgw-" + ulid(self._clock.now_ms(), self._clock.random_bytes(10))
