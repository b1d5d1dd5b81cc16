"""Bodies of every door read under one set of rules: limits, keys and screens of the source."""

from collections import Counter
from collections.abc import Callable, Sequence

from wegweiser.collect.decode import Decoded
from wegweiser.collect.limit import Limits
from wegweiser.collect.read import Reading, read_request
from wegweiser.collect.route import Route
from wegweiser.collect.screen import Screen
from wegweiser.flow.callers import Callers
from wegweiser.flow.quarantine import within_room
from wegweiser.flow.screening import Screening
from wegweiser.ports.clock import Clock
from wegweiser.terms.json import Json
from wegweiser.terms.source import Caller, Trust
from wegweiser.terms.ulid import ulid

Screener = Callable[[Caller, int], Screen | None]
"""Gives the screen for a caller's request received at a time in ms; None for none."""


class Reader:
    """Turns decoded bodies into readings; `screeners` are asked in order for each request.

    `room_of` gives the bytes that may still be set aside for a source and a trust; `repairs`
    counts codes.
    """

    def __init__(
        self,
        callers: Callers,
        clock: Clock,
        retention_days: int | None,
        screeners: Sequence[Screener] = (),
        room_of: Callable[[str, Trust], int] | None = None,
        screening: Screening | None = None,
    ):
        self._callers = callers
        self._clock = clock
        self._limits = Limits(retention_days=retention_days)
        self._screeners = tuple(screeners)
        self._room_of = room_of
        self._screening = screening
        self.repairs: Counter[str] = Counter()

    def read(
        self,
        decoded: Decoded,
        route: Route,
        caller: Caller,
        *,
        client: str = "",
        sent_at: str | None = None,
        gpc: bool = False,
        received_at: int | None = None,
    ) -> Reading:
        """Read a body that arrived now, or at `received_at` (ms) to be read once more.

        Raises BodyRefused when it breaks a limit.
        """
        again = received_at is not None
        received_at = self._clock.now_ms() if received_at is None else received_at
        screens = [
            screen
            for screener in self._screeners
            if (screen := screener(caller, received_at)) is not None
        ]
        if self._screening is not None:
            decoded = self._screening.masked(decoded)
        reading = read_request(
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
            screens=screens,
        )
        if reading.record.refused and self._screening is not None:
            reading = self._screening.cut(reading)
        for repaired in reading.repaired:
            self.repairs.update(repaired.codes)
        return reading if again else self.fitted(reading)

    def fitted(self, reading: Reading) -> Reading:
        """Keep of the refused elements what may still be set aside for their source."""
        if not reading.record.refused or self._room_of is None:
            return reading
        record = reading.record
        return within_room(reading, self._room_of(record.source_id, record.trust))

    def masked(self, value: Json) -> Json:
        """Give what was sent without being read, such as a row, as it may be kept."""
        return value if self._screening is None else self._screening.masked_value(value)

    def new_message_id(self) -> str:
        """Name a message that came without an id."""
        return "wgw-" + ulid(self._clock.now_ms(), self._clock.random_bytes(10))
