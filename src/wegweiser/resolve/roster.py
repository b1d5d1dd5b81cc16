"""All membership statements by leaf and by account, thinned to one per kind and day."""

from collections.abc import Iterable, Set

from wegweiser.terms.identity import Leaf, Membership
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust

# One visitor that joins everything is no member of anything; the rest of it is refused.
MOST_PER_LEAF = 1_000
# What one leaf may claim on all days together, without a trusted sender: each reading sorts it.
MOST_CLAIMED = 5_000
# An account with as many is known by what trusted senders say: a browser's word adds nobody.
MOST_CLAIMING = 5_000
Slot = tuple[str, str, str, int, str]


def slot_of(item: Membership) -> Slot:
    """Give the place that the newest statement per account, role, kind and day takes.

    What states dates is kept beside what does not, and every word of an operator by itself, so
    that it can be undone.
    """
    dated = "f" * item.dated_from + "t" * item.dated_to
    own = item.message_id if item.trust >= Trust.OPERATOR else ""
    return (item.group_id, item.role, item.status, item.at // DAY_MS, dated + own)


def age_of(item: Membership) -> tuple[int, Trust, str, tuple[str, ...], int, int]:
    """Give the triple by which the last writer wins, and what settles a tie of all three."""
    # Two sources may use one message id; the rest then decides, whoever came first.
    until = -1 if item.until is None else item.until
    rest = (item.role, item.status, item.member, item.source_id)
    return (item.at, item.trust, item.message_id, rest, item.since, until)


class Roster:
    """Who said of which leaf that it joined or left which account."""

    def __init__(self) -> None:
        self._by_leaf: dict[Leaf, dict[Slot, Membership]] = {}
        self._by_group: dict[str, set[Leaf]] = {}
        self._joined: dict[Leaf, set[tuple[str, str]]] = {}
        self._said: dict[str, Membership] = {}
        self.refused = 0

    def add(self, item: Membership) -> bool:
        """Keep a statement; False when an equal or newer one of the same slot is kept.

        False as well, and counted in `refused`, when there is too much: of accounts and roles of
        the leaf, of what it claims, of leaves that claim to be in the account.
        """
        if not self._is_news(item):
            return False
        if self._is_too_much(item):
            self.refused += 1
            return False
        self._keep(item)
        return True

    def restore(self, item: Membership) -> None:
        """Keep a statement that was let in before, however many there are."""
        if self._is_news(item):
            self._keep(item)

    def _is_news(self, item: Membership) -> bool:
        old = self._by_leaf.get(item.member, {}).get(slot_of(item))
        return old is None or age_of(old) < age_of(item)

    def _keep(self, item: Membership) -> None:
        self._by_leaf.setdefault(item.member, {})[slot_of(item)] = item
        self._joined.setdefault(item.member, set()).add((item.group_id, item.role))
        self._by_group.setdefault(item.group_id, set()).add(item.member)
        if item.trust >= Trust.OPERATOR:
            self._said[item.message_id] = item

    def _is_too_much(self, item: Membership) -> bool:
        slots = self._by_leaf.get(item.member, {})
        if slot_of(item) in slots or item.trust >= Trust.OPERATOR:
            return False
        joined = self._joined.get(item.member, ())
        if (item.group_id, item.role) not in joined and len(joined) >= MOST_PER_LEAF:
            return True
        if item.trust >= Trust.SERVER:
            return False
        held = self._by_group.get(item.group_id, ())
        crowded = item.member not in held and len(held) >= MOST_CLAIMING
        return crowded or len(slots) >= MOST_CLAIMED

    def replace(self, leaves: Iterable[Leaf], fresh: "Roster") -> None:
        """Take all statements about these leaves from another roster instead."""
        for leaf in leaves:
            self._joined.pop(leaf, None)
            for item in self._by_leaf.pop(leaf, {}).values():
                self._by_group.get(item.group_id, set()).discard(leaf)
                self._said.pop(item.message_id, None)
            for item in fresh._by_leaf.get(leaf, {}).values():
                self.restore(item)

    def of(self, leaves: Iterable[Leaf]) -> list[Membership]:
        """Give all statements about these leaves."""
        return [item for leaf in leaves for item in self._by_leaf.get(leaf, {}).values()]

    def said_as(self, message_id: str) -> Membership | None:
        """Give what an operator said under a message id, None for what nobody did."""
        return self._said.get(message_id)

    def said(self) -> list[Membership]:
        """Give everything that operators said."""
        return [*self._said.values()]

    @property
    def leaves(self) -> Set[Leaf]:
        """All leaves of which a membership was ever stated."""
        return self._by_leaf.keys()

    def leaves_in(self, group_id: str) -> set[Leaf]:
        """Give every leaf that was ever said to belong to an account."""
        return self._by_group.get(group_id, set())
