"""The leaves that have events: whom those of unproven user ids follow, those of sessions."""

from collections.abc import Callable, Iterable, Iterator, Set

from wegweiser.resolve.leaf import CLAIM, IN_SESSION, parts_of_claim, parts_of_session
from wegweiser.terms.identity import Identifier, Leaf


class Leaves:
    """Leaves by the identifiers that they may belong to."""

    def __init__(self) -> None:
        # Gives the time of the evidence on which a claim rests, None without any.
        self.first_at: Callable[[Identifier, Identifier], int | None] = lambda user, device: None
        self._leaves: set[Leaf] = set()
        self._claims: dict[Identifier, list[Leaf]] = {}
        self._follows: dict[Leaf, Identifier] = {}
        # Leaves by the device that they are sessions of.
        self._sessions: dict[Identifier, set[Leaf]] = {}

    def __contains__(self, leaf: object) -> bool:
        # What happened in a session happened on its device.
        return leaf in self._leaves or leaf in self._sessions

    @property
    def own(self) -> Set[Leaf]:
        """The leaves with events of their own, not only in sessions on them."""
        return self._leaves

    def under(self, first_at: Callable[[Identifier, Identifier], int | None]) -> "Leaves":
        """Give the same leaves, whose claims rest on other evidence; for reading only."""
        other = Leaves()
        other.first_at = first_at
        other._leaves, other._claims = self._leaves, self._claims
        other._sessions = self._sessions
        return other

    def ask(self, first_at: Callable[[Identifier, Identifier], int | None]) -> None:
        """Let claims rest on other evidence from here on."""
        self.first_at = first_at
        self._follows.clear()

    def add(self, leaf: Leaf) -> None:
        """Note that a leaf has events."""
        self._leaves.add(leaf)
        if leaf.startswith(CLAIM):
            user, device = parts_of_claim(leaf)
            self._claims.setdefault(user, []).append(leaf)
            if device is not None:
                self._claims.setdefault(device, []).append(leaf)
        elif leaf.startswith(IN_SESSION):
            self._sessions.setdefault(parts_of_session(leaf)[0], set()).add(leaf)

    def add_all(self, leaves: Iterable[Leaf]) -> None:
        """Note many leaves that have events; most of them are neither claims nor in sessions."""
        special = (CLAIM, IN_SESSION)
        known = self._leaves.add
        for leaf in leaves:
            if leaf.startswith(special):
                self.add(leaf)
            else:
                known(leaf)

    def hear(self, leaf: Leaf) -> Leaf:
        """Note that a leaf has events; gives it, or its device, where these are the first ones."""
        heard = parts_of_session(leaf)[0] if leaf.startswith(IN_SESSION) else leaf
        known = heard in self
        self.add(leaf)
        return "" if known else heard

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
            if leaf.startswith(IN_SESSION):
                self._end_session(leaf)

    def _end_session(self, leaf: Leaf) -> None:
        device = parts_of_session(leaf)[0]
        held = self._sessions.get(device, set())
        held.discard(leaf)
        if not held:
            self._sessions.pop(device, None)

    @property
    def has_sessions(self) -> bool:
        """Tell whether any sessions are kept apart."""
        return bool(self._sessions)

    def has_sessions_on(self, device: Identifier) -> bool:
        """Tell whether sessions on a device are kept apart."""
        return device in self._sessions

    def with_sessions(self) -> tuple[Identifier, ...]:
        """Give the devices on which sessions are kept apart."""
        return tuple(self._sessions)

    def sessions_on(self, device: Identifier) -> tuple[Leaf, ...]:
        """Give the leaves of a device's sessions, sorted."""
        return tuple(sorted(self._sessions.get(device, ())))

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
        if device is None or self.first_at(user, device) is not None:
            return user
        return device

    def claims_following(self, name: Identifier) -> Iterator[Leaf]:
        """Yield the claim leaves that belong to an identifier's person through it."""
        for leaf in self._claims.get(name, ()):
            if self.followed_by(leaf) == name:
                yield leaf
