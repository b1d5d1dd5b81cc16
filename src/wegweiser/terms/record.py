"""What the log holds: one record per accepted request body, publish, decision or report."""

import msgspec

from wegweiser.terms.decision import Decision
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.policy import Bundle
from wegweiser.terms.source import SourceKind, Trust


class Collected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="collected"):
    """One request body of a source, checked and repaired, repeats included.

    received = events + refused + suppressed + dropped + rejected (counts of elements).
    """

    received_at: int
    source_id: str
    trust: Trust
    kind: SourceKind
    events: tuple[Event, ...] = ()
    refused: tuple[Refused, ...] = ()
    suppressed: int = 0
    dropped: int = 0
    rejected: int = 0


class Published(msgspec.Struct, frozen=True, kw_only=True, tag="published"):
    """A bundle of messages and policies that decides from here on."""

    at: int
    bundle: Bundle


class Decided(msgspec.Struct, frozen=True, kw_only=True, tag="decided"):
    """One decision, written before its answer left."""

    decision: Decision


class Reported(msgspec.Struct, frozen=True, kw_only=True, tag="reported"):
    """Outcomes that a channel or a system reported."""

    received_at: int
    source_id: str
    outcomes: tuple[Outcome, ...]


Record = Collected | Published | Decided | Reported


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of elements; the conservation law holds for every tally."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0
    suppressed: int = 0
    dropped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__}
        )

    @property
    def unaccounted(self) -> int:
        """Received less everything accounted for; anything but 0 is a fault.

        >>> Tally(received=3, stored=2, duplicate=1).unaccounted
        0
        """
        told = self.stored + self.duplicate + self.quarantined + self.suppressed + self.dropped
        return self.received - told


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the fold found about one log record that the record itself does not say.

    `repeats` and `failed` are indexes of events that were not stored: duplicates, and events
    that made the fold throw and were set aside. `outcomes` were read off the stored events.
    """

    position: int
    repeats: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
