"""Who is to be looked at for segments, and why: by events, merges, splits, and time."""

from collections.abc import Iterable

import msgspec

from wegweiser.flow.segment_around import PERSON, Around
from wegweiser.flow.segment_members import Memberships
from wegweiser.flow.segment_standing import Reason
from wegweiser.flow.tables import META
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.identity import identifier, kind_of, value_of

PENDING = b"segments_pending"
DUE_AT_ONCE = 5_000


class SegmentQueue:
    """Subjects with the reason for which to look at each; committed with the log position."""

    def __init__(
        self,
        unifier: Unifier,
        around: Around,
        members: Memberships,
        store: OperationalStore,
        clock: Clock,
    ):
        self._unifier = unifier
        self._directory = unifier.directory
        self._around = around
        self._members = members
        self._clock = clock
        stored = store.get(META, [PENDING])[0]
        self.pending: dict[str, Reason] = (
            {} if stored is None else msgspec.json.decode(stored, type=dict[str, Reason])
        )
        self._written = dict(self.pending)

    def changed(self, person_ids: Iterable[str]) -> None:
        """Take note of persons whom the fold touched, before anybody reads them."""
        judged = self._unifier.touched.take_judged()
        for person_id in person_ids:
            subject = identifier(PERSON, person_id)
            alive = self._directory.find(subject)
            if alive == person_id:
                self._note_alive(subject, person_id in judged)
            elif alive is None:
                self.drop(subject)
            else:
                self._join(subject, identifier(PERSON, alive))
            for other in () if alive is None else self._around.of_person(alive):
                self.pending.setdefault(other, "event")

    def _note_alive(self, subject: str, judged: bool) -> None:
        """Note somebody who changed, and whether it was parted from somebody just now."""
        before = self._members.part(subject)
        if before or (judged and self.pending.get(subject) != "merge"):
            self.pending[subject] = "split"
        else:
            self.pending.setdefault(subject, "event")
        left = self._directory.find(before) if before else None
        if left is not None:
            self.pending[identifier(PERSON, left)] = "split"

    def _join(self, gone: str, survivor: str) -> None:
        self._members.adopt(survivor, gone, self._clock.now_ms(), self._unifier.position)
        self.pending.pop(gone, None)
        self.pending[survivor] = "merge"

    def drop(self, subject: str) -> None:
        """Let somebody who is no more leave everything."""
        now, position = self._clock.now_ms(), self._unifier.position
        self._members.settle(subject, (), None, now, position, "erasure")
        self._members.depart(subject, now)
        self.pending.pop(subject, None)

    def tidy(self, subject: str) -> None:
        """Let somebody who is no more leave everything; who was joined stays marked as such."""
        survivor = self._directory.find(subject) if kind_of(subject) == PERSON else None
        if survivor is None:
            self.drop(subject)
        elif not self._members.standing(subject).merged_into:
            self._join(subject, identifier(PERSON, survivor))

    def is_alive(self, subject: str) -> bool:
        """Tell whether a person or account still stands for itself."""
        if kind_of(subject) == PERSON:
            return self._directory.find(subject) == value_of(subject)
        return self._directory.account_id(value_of(subject)) is not None

    def note_due(self) -> None:
        """Take note of those whom time alone may have moved by now."""
        for subject in self._members.due(self._clock.now_ms(), DUE_AT_ONCE):
            self.pending.setdefault(subject, "time")

    def drain(self) -> list[Change]:
        """Hand over who is still to be looked at, if that is not committed."""
        if self.pending == self._written:
            return []
        self._written = dict(self.pending)
        value = msgspec.json.encode(self._written) if self._written else None
        return [Change(META, PENDING, value)]
