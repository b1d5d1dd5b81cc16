"""The leaves that have events, and whom the leaves of unproven user ids follow."""

from collections.abc import Iterable, Iterator

from wegweiser.resolve.edges import Edges
from wegweiser.resolve.leaf import CLAIM, parts_of_claim
from wegweiser.terms.identity import Identifier, Leaf


class Leaves:
    """Leaves by the identifiers that they may belong to."""

    def __init__(self, edges: Edges):
        self._edges = edges
        self._leaves: set[Leaf] = set()
        self._claims: dict[Identifier, list[Leaf]] = {}
        self._follows: dict[Leaf, Identifier] = {}

    def __contains__(self, leaf: object) -> bool:
        return leaf in self._leaves

    def add(self, leaf: Leaf) -> None:
        """Note that a leaf has events."""
        self._leaves.add(leaf)
        if leaf.startswith(CLAIM):
            user, device = parts_of_claim(leaf)
            self._claims.setdefault(user, []).append(leaf)
            if device is not None:
                self._claims.setdefault(device, []).append(leaf)

    def forget(self, name: Identifier) -> None:
        """Look again whom the claims on an identifier follow, as its evidence changed."""
        for leaf in self._claims.get(name, ()):
            self._follows.pop(leaf, None)

    def remove(self, leaves: Iterable[Leaf]) -> None:
        """Forget that these leaves have events."""
        for leaf in leaves:
            self._leaves.discard(leaf)
            self._follows.pop(leaf, None)
            for name in parts_of_claim(leaf) if leaf.startswith(CLAIM) else ():
                if name is not None and leaf in self._claims.get(name, ()):
                    self._claims[name].remove(leaf)

    def followed_by(self, leaf: Leaf) -> Identifier:
        """Give the identifier whose person a leaf belongs to.

        A claim follows its user while any standing evidence of it is kept, else its device.
        """
        if not leaf.startswith(CLAIM):
            return leaf
        found = self._follows.get(leaf)
        if found is None:
            found = self._follow(leaf)
            if leaf in self._leaves:
                self._follows[leaf] = found
        return found

    def _follow(self, leaf: Leaf) -> Identifier:
        user, device = parts_of_claim(leaf)
        if device is None or self._edges.first_at(user, device) is not None:
            return user
        return device

    def claims_following(self, name: Identifier) -> Iterator[Leaf]:
        """Yield the claim leaves that belong to an identifier's person through it."""
        for leaf in self._claims.get(name, ()):
            if self.followed_by(leaf) == name:
                yield leaf
