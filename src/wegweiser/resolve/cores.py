"""What surrounds one identifier: its trusted core, and whether a device has several owners."""

from collections.abc import Iterable, Iterator

from wegweiser.resolve.links import Links
from wegweiser.resolve.phases import Phases
from wegweiser.resolve.shared import Seen, SharedDevice, owns, share
from wegweiser.terms.identity import Evidence, Identifier, kind_of
from wegweiser.terms.source import Trust


class Cores:
    """Answers that need a look beyond one pair, remembered until evidence changes them.

    A device that surely belongs to several persons ends the way from one to the other, so that
    whoever changes one of them need not look at the other.
    """

    def __init__(self, links: Links):
        self._links = links
        self._roots: dict[Identifier, Identifier] = {}
        self._shared: dict[Identifier, SharedDevice | None] = {}
        self._aliased: dict[Identifier, bool] = {}
        # Devices that an operator gave to somebody.
        self._given: set[Identifier] = set()

    def passes(self, a: Identifier, b: Identifier) -> bool:
        """Tell whether two linked identifiers have to be looked at together."""
        book = self._links.book
        weak_a, weak_b = book.class_of(a) == "weak", book.class_of(b) == "weak"
        if weak_a and weak_b:
            free = self.shared(a) is None and self.shared(b) is None
            return free or self._by_operator(a, b)
        records = self._links.records(a, b)
        trusted = any(item.trust >= Trust.SERVER for item in records)
        if not weak_a and not weak_b:
            return trusted
        device, other = (a, b) if weak_a else (b, a)
        if self.shared(device) is not None:
            return trusted and not self._is_between_users(device)
        if book.class_of(other) == "unique":
            return any(owns(self._links, item, device) for item in records)
        return trusted or not self._links.is_known(other)

    def _by_operator(self, a: Identifier, b: Identifier) -> bool:
        return any(item.trust == Trust.OPERATOR for item in self._links.records(a, b))

    def shared(self, device: Identifier) -> SharedDevice | None:
        """Give how a device is shared, None for everything that is not."""
        if device in self._shared:
            return self._shared[device]
        if self._links.book.class_of(device) != "weak" or len(self._links.linked(device)) < 2:
            return None
        found = self._shared[device] = self._share(device)
        return found

    def _share(self, device: Identifier) -> SharedDevice | None:
        if self._links.is_in_operators_hands(device):
            self.root(device)
            if device in self._given:
                return None
        return share(self._seen_on(device))

    def _seen_on(self, device: Identifier) -> Iterator[Seen]:
        for other in self._links.linked(device):
            records = self._links.records(device, other)
            if any(owns(self._links, item, device) for item in records):
                first = min((item.at, item.message_id) for item in records)
                yield Seen(self.root(other), first, min(item.position for item in records))

    def root(self, name: Identifier) -> Identifier:
        """Give the member that stands for the trusted core of an identifier (phases 2 and 3a)."""
        found = self._roots.get(name)
        if found is None:
            self._find_core(name)
            found = self._roots[name]
        return found

    def _find_core(self, name: Identifier) -> None:
        component = self.component(name)
        if len(component) == 1:
            self._roots[name] = name
            return
        phases = Phases(self._links, component, self._evidence(component))
        for _ in phases.run(core_only=True):
            pass
        for member in component:
            self._roots[member] = phases.unions.root(member)
            weak = self._links.book.class_of(member) == "weak"
            if weak and len(phases.unions.members(member)) > 1:
                self._given.add(member)

    def _evidence(self, component: set[Identifier]) -> Iterator[Evidence]:
        among = self._links.among(component, component)
        return (item for item in among if item.trust >= Trust.SERVER)

    def component(self, name: Identifier) -> set[Identifier]:
        """Give everything that trusted evidence links with an identifier."""
        found, waiting = {name}, [name]
        while waiting:
            current = waiting.pop()
            for other in self._links.linked(current):
                if other not in found and self._links_cores(current, other):
                    found.add(other)
                    waiting.append(other)
        return found

    def components(self, names: Iterable[Identifier]) -> set[Identifier]:
        """Give the components of several identifiers as one set."""
        found: set[Identifier] = set()
        for name in names:
            if name not in found:
                found |= self.component(name)
        return found

    def _links_cores(self, a: Identifier, b: Identifier) -> bool:
        records = self._links.records(a, b)
        if not any(item.trust >= Trust.SERVER for item in records):
            return False
        if any(self._links.is_by_operator(item) for item in records):
            return True
        weak = [name for name in (a, b) if self._links.book.class_of(name) == "weak"]
        if not weak:
            return True
        return len(weak) == 1 and not self._is_between_users(weak[0])

    def _is_between_users(self, device: Identifier) -> bool:
        """Tell whether trusted evidence gives a device to two users who can never be one.

        No contact is joined through such a device, so that nobody need look across it.
        """
        kinds: set[str] = set()
        for other in self._links.linked(device):
            if self._links.book.class_of(other) == "unique" and not self._is_aliased(other):
                records = self._links.records(device, other)
                if any(item.trust >= Trust.SERVER for item in records):
                    if kind_of(other) in kinds:
                        return not self._links.is_in_operators_hands(device)
                    kinds.add(kind_of(other))
        return False

    def _is_aliased(self, name: Identifier) -> bool:
        found = self._aliased.get(name)
        if found is None:
            found = self._aliased[name] = any(
                item.superseded and item.trust >= Trust.SERVER
                for item in self._links.edges.touching(name)
            )
        return found

    def let_go(self, name: Identifier) -> Iterable[Identifier]:
        """Remember nothing of an identifier, though nothing changed.

        Gives those whose persons rest on whether it is a shared device.
        """
        self._roots.pop(name, None)
        self._aliased.pop(name, None)
        if name not in self._shared:
            return ()
        del self._shared[name]
        return self._links.linked(name)

    def forget(self, names: Iterable[Identifier]) -> dict[Identifier, SharedDevice | None]:
        """Drop what was remembered of identifiers and the devices around them.

        Gives what was known of devices that may be shared otherwise now.
        """
        doubtful: dict[Identifier, SharedDevice | None] = {}
        for name in names:
            self._roots.pop(name, None)
            self._aliased.pop(name, None)
            self._given.discard(name)
            for device in (name, *self._links.edges.near(name)):
                if device in self._shared:
                    doubtful[device] = self._shared.pop(device)
        return doubtful

    def forget_device(self, device: Identifier) -> dict[Identifier, SharedDevice | None]:
        """Drop what was remembered of one device; gives it as `forget` does."""
        if self._links.book.class_of(device) != "weak":
            return {}
        return {device: self._shared.pop(device, None)}
