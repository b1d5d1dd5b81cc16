"""Whom the fold touched: persons to read anew, and those whom the newest events were about."""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from wegweiser.resolve.directory import Directory
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Leaf, identifier

RECENT_LEAVES = 1_000
# After so many events the leaves are sorted into those touched and those touched last.
_NOTED = 20_000


class Touched:
    """Remembers leaves, as that is all the fold can afford; who they are is asked when read."""

    def __init__(self, directory: Directory):
        self._directory = directory
        # Persons whose make-up changed, whatever their leaves are now.
        self.remade: set[str] = set()
        # Those of them whom somebody's statement, or other rules, made up anew.
        self.judged: set[str] = set()
        self._leaves: set[Leaf] = set()
        self._newest: OrderedDict[Leaf, None] = OrderedDict()
        self._noted: list[Leaf] = []
        # Notes that a cell of a leaf changed just now: a bare append, as every event pays for it.
        self.touch: Callable[[Leaf], None] = self._noted.append

    def settle(self) -> None:
        """Sort what was noted, where that is much: for whoever notes many and never asks."""
        if len(self._noted) > _NOTED:
            self._sort()

    def _sort(self) -> None:
        newest = self._newest
        self._leaves.update(self._noted)
        for leaf in self._noted:
            newest[leaf] = None
            newest.move_to_end(leaf)
        while len(newest) > RECENT_LEAVES:
            newest.popitem(last=False)
        self._noted.clear()

    def remake(self, persons: Iterable[str]) -> None:
        """Note persons whom an operator's statement or other rules made up anew."""
        self.judged.update(persons)
        self.remade.update(persons)

    def take_judged(self) -> set[str]:
        """Hand over whom statements and rules made up anew since the last call."""
        judged, self.judged = self.judged, set()
        return judged

    def take(self) -> set[str]:
        """Hand over the persons that were changed since the last call."""
        self._sort()
        changed, self.remade = self.remade, set()
        leaves, self._leaves = self._leaves, set()
        for leaf in leaves:
            person_id = self.person_of(leaf)
            if person_id is not None:
                changed.add(person_id)
                changed.update(self._directory.owners_of(leaf))
        return changed

    @property
    def recent(self) -> list[str]:
        """The persons whom the newest events were about, oldest first."""
        self._sort()
        newest_first = (self.person_of(leaf) for leaf in reversed(self._newest))
        persons = dict.fromkeys(person_id for person_id in newest_first if person_id)
        return list(reversed(persons))

    def forget(self, leaves: Iterable[Leaf]) -> None:
        """Drop leaves that are no more."""
        self._sort()
        for leaf in leaves:
            self._leaves.discard(leaf)
            self._newest.pop(leaf, None)

    def person_of(self, leaf: Leaf) -> str | None:
        """Give the person that a leaf counts for, None when nothing is known of it."""
        try:
            return self._directory.person_of(leaf)
        except NotFound:
            return None

    def leaves_around(self, leaf: Leaf) -> tuple[Leaf, ...]:
        """Give all leaves and identifiers of the person that a leaf belongs to, itself included."""
        person_id = self.person_of(leaf)
        if person_id is None:
            return (leaf,)
        found = {share.leaf for share in self._directory.leaves_of(person_id)}
        names = {
            identifier(one.type, one.value) for one in self._directory.identifiers_of(person_id)
        }
        return tuple(sorted({leaf, *found, *names}))
