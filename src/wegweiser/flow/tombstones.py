"""The tombstone of one identifier: what of it may come in again, and from when on."""

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

Fate = Literal["clean", "suppressed", "erased"]


class Suppression(msgspec.Struct, frozen=True, omit_defaults=True):
    """One identifier on the list, known by its keyed hash only; times in ms.

    A tombstone has `erased_at` (0: nothing was erased); it keeps what happened before out for
    ever. Only with `suppress`, until it is lifted, nothing later comes in either. Else the first
    live event after the erasure begins a clean person at `restarted_at`, one `generation` on.
    """

    kind: str
    erased_at: int
    request_id: str
    lifted_at: int | None = None
    reason: str = ""
    suppress: bool = True
    generation: int = 0
    restarted_at: int | None = None

    @property
    def suppressed(self) -> bool:
        """Whether nothing at all comes in."""
        return self.suppress and self.lifted_at is None

    def fate(self, at: int, bulk: bool = False, timeless: bool = False) -> Fate:
        """Tell what becomes of something that happened at a time (ms) with the identifier.

        >>> tomb = Suppression("user_id", 10, "era_1", suppress=False)
        >>> tomb.fate(10), tomb.fate(11), tomb.fate(11, bulk=True), tomb.fate(11, timeless=True)
        ('erased', 'clean', 'erased', 'erased')
        """
        if self.suppressed:
            return "suppressed"
        if not self.erased_at:
            return "clean"
        if at <= self.erased_at or timeless:
            return "erased"
        if bulk and (self.restarted_at is None or at <= self.restarted_at):
            return "erased"
        return "clean"

    def keeps_out_unread(self, received_at: int) -> bool:
        """Tell whether something stays out of which nobody can say when it happened."""
        if self.suppressed or not self.erased_at:
            return self.suppressed
        return self.restarted_at is None or received_at <= self.restarted_at


class Tombstones(Protocol):
    """The list of tombstones once more, beside the store, by hash; the last word counts."""

    def read(self) -> dict[bytes, bytes]:
        """Give the rows that are written there, as JSON."""

    def write(self, found: Mapping[bytes, bytes]) -> None:
        """Write rows durably."""
