"""All membership statements by leaf and by account, thinned to one per kind and day."""

from collections.abc import Iterable, Iterator

from wegweiser.terms.identity import Leaf, Membership
from wegweiser.terms.instant import DAY_MS

# One visitor that joins everything is no member of anything; the rest of it is refused.
MOST_PER_LEAF = 1_000
Slot = tuple[str, str, str, int]


def slot_of(item: Membership) -> Slot:
    """Give the place that the newest statement per account, role, kind and day takes."""
    return (item.group_id, item.role, item.status, item.at // DAY_MS)


class Roster:
    """Who said of which leaf that it joined or left which account."""

    def __init__(self) -> None:
        self._by_leaf: dict[Leaf, dict[Slot, Membership]] = {}
        self._by_group: dict[str, set[Leaf]] = {}
        self.refused = 0

    def add(self, item: Membership) -> bool:
        """Keep a statement; False when an equal or newer one of the same slot is kept.

        False as well, and counted in `refused`, when the leaf has as many as it may have.
        """
        slots = self._by_leaf.setdefault(item.member, {})
        old = slots.get(slot_of(item))
        if old is not None and _age(old) >= _age(item):
            return False
        if old is None and len(slots) >= MOST_PER_LEAF:
            self.refused += 1
            return False
        slots[slot_of(item)] = item
        self._by_group.setdefault(item.group_id, set()).add(item.member)
        return True

    def replace(self, leaves: Iterable[Leaf], fresh: "Roster") -> None:
        """Take all statements about these leaves from another roster instead."""
        for leaf in leaves:
            for item in self._by_leaf.pop(leaf, {}).values():
                self._by_group.get(item.group_id, set()).discard(leaf)
            for item in fresh._by_leaf.get(leaf, {}).values():
                self.add(item)

    def of(self, leaves: Iterable[Leaf]) -> list[Membership]:
        """Give all statements about these leaves."""
        return [item for leaf in leaves for item in self._by_leaf.get(leaf, {}).values()]

    def leaves_in(self, group_id: str) -> set[Leaf]:
        """Give every leaf that was ever said to belong to an account."""
        return self._by_group.get(group_id, set())

    def groups(self) -> Iterator[str]:
        """Yield every account that was ever named."""
        return iter(self._by_group)


def _age(item: Membership) -> tuple[int, str, int, int]:
    # Two sources may use one message id; the dates then decide, whoever came first.
    return (item.at, item.message_id, item.since, -1 if item.until is None else item.until)
