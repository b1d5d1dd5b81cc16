"""How far the fold is: what it found about a record, and the conservation law counted for it."""

from collections.abc import Collection, Mapping
from functools import lru_cache

import msgspec

from wegweiser.flow.tables import META
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Collected, Erased, Tally, Verdict

STATE = b"state"


class Findings(msgspec.Struct):
    """What folding the events of a record has found so far, by their indexes.

    `left` is what is left of erased elements, `freed` are messages that may come once more.
    """

    record: Collected
    left: Mapping[int, Erased]
    freed: Collection[str]
    repeats: list[int] = []
    failed: list[int] = []
    erased: list[int] = []
    outcomes: list[Outcome] = []

    def verdict(self, position: int, known: tuple[int, ...], suppressed_again: int) -> Verdict:
        """Give what was found of the whole record, which stands at a position of the log."""
        return Verdict(
            position,
            tuple(self.repeats),
            tuple(self.failed),
            tuple(self.outcomes),
            known,
            tuple(self.erased),
            suppressed_again,
        )


def failed_event(index: int, event: Event, error: Exception) -> Refused:
    """Write down an event that could not be folded, to be set aside."""
    return Refused(
        index,
        "fold_failed",
        f"The event could not be folded: {type(error).__name__}.",
        msgspec.to_builtins(event),
        event.message_id,
    )


class State(msgspec.Struct, frozen=True):
    """How far the fold is, and the counts since the folder began."""

    position: int = 0
    tally: Tally = Tally()
    newest_at: int = 0

    @classmethod
    def stored(cls, store: OperationalStore) -> "State":
        """Read how far the fold was when it was last committed."""
        stored = store.get(META, [STATE])[0]
        return State() if stored is None else msgspec.json.decode(stored, type=State)

    @property
    def row(self) -> Change:
        """What keeps it in the store."""
        return Change(META, STATE, msgspec.json.encode(self))


def tally_of(record: Collected, verdict: Verdict) -> Tally:
    """Count what became of the elements of one record."""
    lost, events = record.dropped + record.rejected, len(record.events)
    if not (lost or record.refused or record.suppressed or verdict.sent_again or verdict.failed):
        # So are nearly all.
        return _all_stored(events)
    return Tally(
        received=events + len(record.refused) + record.suppressed + lost,
        stored=events - len(verdict.repeats) - len(verdict.failed),
        duplicate=verdict.sent_again + len(verdict.known),
        quarantined=len(record.refused) - len(verdict.known) + len(verdict.failed),
        suppressed=record.suppressed - verdict.suppressed_again,
        dropped=lost,
    )


@lru_cache(maxsize=1_024)
def _all_stored(events: int) -> Tally:
    return Tally(received=events, stored=events)
