"""Unions of identifiers that never put two current user ids into one person (constraint C1)."""

from collections.abc import Iterable, Mapping, Set

from wegweiser.resolve.classes import class_of
from wegweiser.terms.identity import Evidence, Identifier, kind_of


def superseders_of(aliases: Iterable[Evidence]) -> dict[Identifier, set[Identifier]]:
    """Give what replaces each superseded identifier; of one pair the latest alias decides."""
    latest: dict[tuple[Identifier, Identifier], Evidence] = {}
    for item in aliases:
        other = latest.get(item.pair)
        if other is None or _age(other) < _age(item):
            latest[item.pair] = item
    found: dict[Identifier, set[Identifier]] = {}
    for item in latest.values():
        successor = item.b if item.superseded == item.a else item.a
        found.setdefault(item.superseded, set()).add(successor)
    return found


def _age(item: Evidence) -> tuple[int, str, Identifier]:
    return (item.at, item.message_id, item.superseded)


class _Group:
    """One set under way: its members, its person-unique ones, and the member that stands for it."""

    __slots__ = ("known", "members", "root", "unique")

    def __init__(self, name: Identifier, known: bool):
        self.members = {name}
        self.unique = {name} if class_of(name) == "unique" else set()
        self.root = name
        self.known = known

    def absorb(self, other: "_Group") -> None:
        self.members |= other.members
        self.unique |= other.unique
        self.root = min(self.root, other.root)
        self.known = self.known or other.known


class Unions:
    """Disjoint sets of identifiers under C1: one current value per person-unique type.

    >>> unions = Unions(["user_id:u-1", "email:a@b.example", "user_id:u-2"], frozenset(), {})
    >>> unions.unite("user_id:u-1", "email:a@b.example")
    True
    >>> unions.unite("user_id:u-2", "email:a@b.example")
    False
    """

    def __init__(
        self,
        names: Iterable[Identifier],
        known: Set[Identifier],
        superseders: Mapping[Identifier, set[Identifier]],
    ):
        self._groups = {name: _Group(name, name in known) for name in names}
        self._superseders = superseders

    def root(self, name: Identifier) -> Identifier:
        """Give the smallest member of the set, which stands for it."""
        return self._groups[name].root

    def members(self, name: Identifier) -> set[Identifier]:
        """Give the whole set of a member."""
        return self._groups[name].members

    def known(self, name: Identifier) -> bool:
        """Tell whether the set of a member is a known person."""
        return self._groups[name].known

    def together(self, a: Identifier, b: Identifier) -> bool:
        """Tell whether two identifiers are in one set."""
        return self._groups[a] is self._groups[b]

    def unite(self, a: Identifier, b: Identifier) -> bool:
        """Join two sets; False, and nothing changed, when the whole would break C1."""
        left, right = self._groups[a], self._groups[b]
        if left is right:
            return True
        if left.unique and right.unique and not self._single_valued(left.unique | right.unique):
            return False
        small, large = sorted((left, right), key=lambda group: len(group.members))
        large.absorb(small)
        for name in small.members:
            self._groups[name] = large
        return True

    def superseded(self) -> set[Identifier]:
        """Give the values that another member of their own set has replaced."""
        held = (name for name in self._superseders if name in self._groups)
        return {name for name in held if not self._current(name, self._groups[name].unique)}

    def _single_valued(self, unique: set[Identifier]) -> bool:
        kinds = [kind_of(name) for name in unique if self._current(name, unique)]
        return len(kinds) == len(set(kinds))

    def _current(self, name: Identifier, unique: set[Identifier]) -> bool:
        return not any(other in unique for other in self._superseders.get(name, ()))
