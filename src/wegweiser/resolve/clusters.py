"""Unions of identifiers under the constraints on whole clusters: C1 to C4."""

from bisect import bisect
from collections.abc import Callable, Container, Iterable, Mapping

from wegweiser.resolve.rulebook import BUILT_IN, Rulebook
from wegweiser.terms.identity import Evidence, Identifier, kind_of

_LIMITED = ("strong", "weak")
_ALONE: frozenset[Identifier] = frozenset()
Superseders = Mapping[Identifier, set[Identifier]]


def superseders_of(aliases: Iterable[Evidence]) -> dict[Identifier, set[Identifier]]:
    """Give what replaces each superseded identifier; in a loop the later aliases decide.

    Without loops there is a current value in every cluster, so that nobody can make a cluster
    of replaced values take in a second user.
    """
    found: dict[Identifier, set[Identifier]] = {}
    for item in sorted(aliases, key=_age, reverse=True):
        successor = item.b if item.superseded == item.a else item.a
        if not _leads_to(found, successor, item.superseded):
            found.setdefault(item.superseded, set()).add(successor)
    return found


def _leads_to(superseders: Superseders, start: Identifier, goal: Identifier) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        fresh = superseders.get(name, _ALONE) - seen
        seen |= fresh
        waiting += fresh
    return False


def _age(item: Evidence) -> tuple[int, str, Identifier]:
    return (item.at, item.message_id, item.superseded)


class _Group:
    """One set under way, with all that the constraints ask of it."""

    __slots__ = ("heard", "known", "members", "root", "strong", "times", "unique")

    def __init__(self, name: Identifier, known: bool, identifier_class: str, heard: bool):
        self.members = {name}
        self.unique = {name} if identifier_class == "unique" else set()
        self.strong = {name} if identifier_class == "strong" else set()
        self.root = name
        self.known = known
        self.heard = int(heard)
        # First-link times (ms) by limited type, sorted.
        self.times: dict[str, list[int]] = {}

    def absorb(self, other: "_Group") -> None:
        self.members |= other.members
        self.unique |= other.unique
        self.strong |= other.strong
        self.root = min(self.root, other.root)
        self.known = self.known or other.known
        self.heard += other.heard


class Unions:
    """Disjoint sets of identifiers, none of which ever breaks a constraint.

    >>> unions = Unions(["user_id:u-1", "email:a@b.example", "user_id:u-2"])
    >>> unions.unite("user_id:u-1", "email:a@b.example", 0)
    ''
    >>> unions.unite("user_id:u-2", "email:a@b.example", 0)
    'unique_conflict'
    """

    def __init__(
        self,
        names: Iterable[Identifier],
        known: Callable[[Identifier], bool] = lambda name: False,
        superseders: Superseders | None = None,
        book: Rulebook = BUILT_IN,
        separations: Mapping[Identifier, frozenset[Identifier]] | None = None,
        leaves: Container[str] = frozenset(),
    ):
        """`leaves` are those with events, of which a person may have so many."""
        self._groups = {
            name: _Group(name, known(name), book.class_of(name), name in leaves) for name in names
        }
        self._superseders = superseders or {}
        self._book = book
        self._separations = separations or {}

    def root(self, name: Identifier) -> Identifier:
        """Give the smallest member of the set, which stands for it."""
        return self._groups[name].root

    def members(self, name: Identifier) -> set[Identifier]:
        """Give the whole set of a member."""
        return self._groups[name].members

    def known(self, name: Identifier) -> bool:
        """Tell whether the set of a member is a known person."""
        return self._groups[name].known

    def is_bare(self, name: Identifier) -> bool:
        """Tell whether the set of a member is known, but has no person-unique identifier."""
        group = self._groups[name]
        return group.known and not group.unique

    def together(self, a: Identifier, b: Identifier) -> bool:
        """Tell whether two identifiers are in one set."""
        return self._groups[a] is self._groups[b]

    def doubles_contact(self, a: Identifier, b: Identifier) -> bool:
        """Tell whether the two sets together have two values of one strong type."""
        strong = self._groups[a].strong | self._groups[b].strong
        return len({kind_of(name) for name in strong}) < len(strong)

    def unite(self, a: Identifier, b: Identifier, at: int) -> str:
        """Join two sets by evidence of a time (ms).

        Gives why not, and changes nothing, when the whole would break a constraint.
        """
        left, right = self._groups[a], self._groups[b]
        if left is right:
            return ""
        refused = self._refused_always(left, right) or self._over_cap(left, right)
        if refused:
            return refused
        times, grown = self._times_of(left, right, at)
        return self._over_limit(times, grown) or self._join(left, right, times)

    def unite_by_operator(self, a: Identifier, b: Identifier, at: int) -> str:
        """Join two sets as an operator said, which is bound by C1 and C3 only."""
        left, right = self._groups[a], self._groups[b]
        if left is right:
            return ""
        times, _ = self._times_of(left, right, at)
        return self._refused_always(left, right) or self._join(left, right, times)

    def superseded(self) -> set[Identifier]:
        """Give the values that another member of their own set has replaced."""
        held = (name for name in self._superseders if name in self._groups)
        return {name for name in held if not self._current(name, self._groups[name].unique)}

    def _join(self, left: _Group, right: _Group, times: dict[str, list[int]]) -> str:
        small, large = sorted((left, right), key=lambda group: len(group.members))
        large.absorb(small)
        large.times = times
        for name in small.members:
            self._groups[name] = large
        return ""

    def _times_of(
        self, left: _Group, right: _Group, at: int
    ) -> tuple[dict[str, list[int]], dict[str, int | None]]:
        """Give the first-link times of both, and the types that have more of them.

        Who was alone so far is linked at this time; its place is given where it is the only one.
        """
        times = dict(left.times)
        grown: dict[str, int | None] = {}
        for kind, own in right.times.items():
            if kind in times:
                times[kind] = sorted((*times[kind], *own))
                grown[kind] = None
            else:
                times[kind] = own
        for group in (left, right):
            if len(group.members) == 1 and self._book.class_of(group.root) in _LIMITED:
                kind = kind_of(group.root)
                moments = list(times.get(kind, ()))
                place = bisect(moments, at)
                moments.insert(place, at)
                times[kind] = moments
                grown[kind] = None if kind in grown else place
        return times, grown

    def _refused_always(self, left: _Group, right: _Group) -> str:
        if left.unique and right.unique and not self._single_valued(left.unique | right.unique):
            return "unique_conflict"
        if self._separations:
            small, large = sorted((left, right), key=lambda group: len(group.members))
            for name in small.members:
                if not large.members.isdisjoint(self._separations.get(name, _ALONE)):
                    return "separated"
        return ""

    def _over_limit(self, times: Mapping[str, list[int]], grown: Mapping[str, int | None]) -> str:
        # Only the types that grew: what an operator joined beyond a limit hinders no other type.
        for kind, place in grown.items():
            rule, moments = self._book.kind(kind), times[kind]
            starts = range(len(moments) - rule.most)
            if place is not None:
                starts = starts[max(0, place - rule.most) : place + 1]
            if any(moments[i + rule.most] - moments[i] < rule.window_ms for i in starts):
                return "limit_exceeded"
        return ""

    def _over_cap(self, left: _Group, right: _Group) -> str:
        rules = self._book.rules
        if len(left.members) + len(right.members) > rules.most_identifiers:
            return "cap_identifiers"
        merges = left.heard + right.heard - 1
        return "cap_merges" if min(left.heard, right.heard) and merges > rules.most_merges else ""

    def _single_valued(self, unique: set[Identifier]) -> bool:
        kinds = [kind_of(name) for name in unique if self._current(name, unique)]
        return len(kinds) == len(set(kinds))

    def _current(self, name: Identifier, unique: set[Identifier]) -> bool:
        return not any(other in unique for other in self._superseders.get(name, ()))
