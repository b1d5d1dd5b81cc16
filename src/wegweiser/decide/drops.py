"""The reasons for which candidates fell, collected while a decision is made."""

from collections.abc import Sequence

import numpy as np

from wegweiser.decide.candidate import unpack
from wegweiser.terms.decision import Decision, Drop

_Reason = tuple[str, str, str, int | None]


class Drops:
    """Reasons with all candidates they removed; a candidate may stand under many reasons."""

    def __init__(self) -> None:
        self._packed: dict[_Reason, bytes] = {}

    def add(
        self, step: str, reason: str, packed: bytes, detail: str = "", until: int | None = None
    ) -> None:
        """Note a reason for packed candidate indexes; `until` (ms) is when it ends by itself."""
        if not packed:
            return
        key = (step, reason, detail, until)
        old = self._packed.get(key)
        if old is not None and old != packed:
            both = np.frombuffer(old + packed, dtype="<u2")
            packed = np.unique(both).astype("<u2").tobytes()
        self._packed[key] = packed

    def take(self, others: "Drops") -> None:
        """Note all that others have noted, in their order."""
        if self._packed.keys().isdisjoint(others._packed):
            self._packed.update(others._packed)
            return
        for (step, reason, detail, until), packed in others._packed.items():
            self.add(step, reason, packed, detail, until)

    def records(self) -> tuple[Drop, ...]:
        """Give the reasons in the order in which they were found."""
        return tuple(
            Drop(step=step, reason=reason, candidates=packed, detail=detail, until=until)
            for (step, reason, detail, until), packed in self._packed.items()
        )


def not_before(drops: Sequence[Drop]) -> int | None:
    """Give the earliest moment at which a candidate is free that only time holds back.

    >>> wait = Drop(step="contact", reason="cap:weekly", candidates=bytes([1, 0]), until=5_000)
    >>> not_before([wait])
    5000
    >>> not_before([wait, Drop(step="consent", reason="email", candidates=bytes([1, 0]))])
    """
    free_at: dict[int, int | None] = {}
    for drop in drops:
        for candidate in unpack(drop.candidates):
            before = free_at.get(candidate, 0)
            if before is None or drop.until is None:
                free_at[candidate] = None
            else:
                free_at[candidate] = max(before, drop.until)
    return min((at for at in free_at.values() if at is not None), default=None)


def again_at(decision: Decision) -> int | None:
    """Give when a question is asked again (ms), else when the first candidate is free again.

    Where others took the room meanwhile, no reason of the record tells it.
    """
    return decision.not_before or not_before(decision.drops)
