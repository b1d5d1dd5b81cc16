"""Persons held ready by identifier, resolved anew where evidence changed anything."""

from collections.abc import Callable, Generator, Iterable, Iterator

import msgspec

from wegweiser.resolve.births import DEVICE, Births
from wegweiser.resolve.cores import Cores
from wegweiser.resolve.links import Links
from wegweiser.resolve.person import Person
from wegweiser.resolve.phases import PER_SLICE, Phases
from wegweiser.resolve.shared import SharedDevice
from wegweiser.terms.identity import Evidence, Identifier, Refusal, kind_of
from wegweiser.terms.source import Trust

Held = dict[Identifier, Person | None]


class Remade(msgspec.Struct, frozen=True):
    """Identifiers whose persons were computed anew: who they were, who they are."""

    before: Held
    after: Held
    refusals: tuple[Refusal, ...] = ()

    @property
    def changed(self) -> frozenset[str]:
        """The ids of the persons whose make-up changed, before and after."""
        old = {person.person_id: person for person in self.before.values() if person}
        new = {person.person_id: person for person in self.after.values() if person}
        return frozenset(key for key in old.keys() | new if old.get(key) != new.get(key))


class Persons:
    """The clusters of all identifiers; where nothing is held, they are computed when asked."""

    def __init__(self, births: Births, links: Links):
        self.births = births
        self.links = links
        self.cores = Cores(links)
        self.held: Held = {}
        # Told of every region that somebody's question made us compute.
        self.computed: Callable[[Phases], None] = lambda phases: None

    def under(self, links: Links) -> "Persons":
        """Give the same persons, to be computed under other rules or statements."""
        other = Persons(self.births, links)
        other.computed = self.computed
        return other

    def of(self, name: Identifier) -> Person | None:
        """Give the person of an identifier, None when no event ever carried one of its cluster."""
        if name not in self.held:
            if name not in self.births and not self.links.has(name):
                return None
            phases = self._run(self.walk((name,)))
            self.install(phases)
            self.computed(phases)
        return self.held[name]

    def by_id(self, person_id: str) -> Person | None:
        """Give the person that an id names now, whether as its own or as a redirect."""
        born_as = self.births.born_as(person_id)
        if born_as is None:
            return None
        if born_as.startswith(DEVICE):
            return self.of(born_as.removeprefix(DEVICE))
        found = self.of(born_as)
        if found is not None and found.device is not None:
            # The birth id of a shared device stays with the owner whose evidence came first.
            return self.of(found.device.stored_first)
        return found

    def let_go(self, name: Identifier) -> None:
        """Hold nothing that depends on what is remembered of an identifier.

        Of a person either all members are held or none, so that changes are noticed.
        """
        for one in (name, *self.cores.let_go(name)):
            person = self.held.pop(one, None)
            for member in () if person is None else person.members:
                self.held.pop(member, None)

    def named_after(self, name: Identifier) -> Iterator[Person]:
        """Yield the persons whose id comes of an identifier; each person has one such."""
        if name not in self.births or name.startswith("group_id:"):
            return
        person = self.of(name)
        if person is not None and person.device is not None:
            yield person
            person = self.of(person.device.stored_first)
        if person is not None and person.person_id == self.births.person_id(name):
            yield person

    def forget(self, names: Iterable[Identifier]) -> None:
        """Let the persons of whole regions be computed again when they are next asked for."""
        for name in names:
            self.held.pop(name, None)

    def walk(self, seeds: Iterable[Identifier]) -> set[Identifier]:
        """Give everything that has to be looked at together with some identifiers."""
        found = set(seeds)
        for _ in self.walking(found):
            pass
        return found

    def walk_within(self, seeds: Iterable[Identifier], most: int) -> tuple[set[Identifier], bool]:
        """Walk over at most so many links; tells whether that was the whole."""
        found = set(seeds)
        for _ in self.walking(found, most):
            return found, False
        return found, True

    def walking(self, found: set[Identifier], per_slice: int = PER_SLICE) -> Generator[None]:
        """Add to some identifiers whatever has to be looked at with them, link by link."""
        waiting, looked_at = list(found), 0
        while waiting:
            name = waiting.pop()
            for other in tuple(self.links.linked(name)):
                if other not in found and self.cores.passes(name, other):
                    found.add(other)
                    waiting.append(other)
                looked_at += 1
                if looked_at % per_slice == 0:
                    yield

    def again(self, region: set[Identifier]) -> Remade:
        """Compute the persons of whole regions anew."""
        before = self.known_before(region)
        phases = self._run(region)
        return Remade(before, self.install(phases), tuple(phases.refusals))

    def known_before(self, region: Iterable[Identifier]) -> Held:
        """Give the persons that are held of some identifiers."""
        return {name: self.held[name] for name in region if name in self.held}

    def _run(self, region: set[Identifier]) -> Phases:
        phases = self.phases(region, self.links.among(region, region))
        for _ in phases.run():
            pass
        return phases

    def phases(self, region: set[Identifier], evidence: Iterable[Evidence]) -> Phases:
        """Prepare the phases of whole regions."""
        return Phases(self.links, region, evidence, self.cores.shared)

    def install(self, phases: Phases) -> Held:
        """Hold what came of the phases; gives the persons by identifier."""
        made: Held = {}
        for _ in self.making(phases, made):
            pass
        self.held.update(made)
        return made

    def making(self, phases: Phases, made: Held) -> Generator[None]:
        """Make the persons that came of the phases, cluster by cluster."""
        superseded = phases.unions.superseded()
        for name in phases.names:
            if name not in made:
                members = phases.unions.members(name)
                made.update(dict.fromkeys(members, self._person(phases, name, superseded)))
                if len(made) % PER_SLICE < len(members):
                    yield

    def _person(
        self, phases: Phases, name: Identifier, superseded: set[Identifier]
    ) -> Person | None:
        members = phases.unions.members(name)
        born = [member for member in members if member in self.births]
        if not born:
            return None
        names = tuple(sorted(members))
        device = phases.shared.get(name)
        if device is not None:
            return Person(self.births.device_id(name), names, False, device=device)
        owned, kept = self._shares_of(members)
        oldest = self.births.oldest([*born, *kept])
        strong = (one for one in members if self.links.book.class_of(one) == "strong")
        return Person(
            self.births.person_id(oldest),
            names,
            phases.unions.known(name),
            frozenset(superseded & members),
            frozenset(one for one in strong if not self.links.is_known(one)),
            tuple(sorted(owned, key=lambda pair: pair[0])),
        )

    def _shares_of(
        self, members: set[Identifier]
    ) -> tuple[list[tuple[Identifier, SharedDevice]], list[Identifier]]:
        """Give the shared devices that members own first, and those whose id counts for them."""
        owned: dict[Identifier, SharedDevice] = {}
        kept: dict[Identifier, None] = {}
        for device, shared in self._devices_of(members):
            if shared.owner in members:
                owned[device] = shared
            if shared.stored_first in members and device in self.births:
                # For its id a shared device counts for the owner whose evidence came in first.
                kept[device] = None
        return list(owned.items()), list(kept)

    def _devices_of(self, members: set[Identifier]) -> Iterator[tuple[Identifier, SharedDevice]]:
        for member in members:
            for other in self.links.linked(member):
                shared = self.cores.shared(other)
                if shared is not None:
                    yield other, shared

    def alone(self, name: Identifier) -> Person:
        """Give the person that an identifier is by itself."""
        known = self.links.book.class_of(name) == "unique"
        return Person(self.births.person_id(name), (name,), known)

    def can_attach(self, device: Identifier, user: Identifier, item: Evidence, most: int) -> bool:
        """Tell whether a device of which nothing else is known surely joins the one it names.

        Not where that person has `most` identifiers or more.
        """
        if item.proof or self.links.ruling.separations:
            return False
        owner, user_class = self.held.get(user), self.links.book.class_of(user)
        if owner is None:
            new = user not in self.held and not self.links.linked(user)
            return new and user in self.births and user_class == "unique"
        # An address that was only ever typed is an anonymous visitor's, who takes any device.
        typed = user_class == "strong" and item.trust < Trust.SERVER and not owner.known
        if user_class != "unique" and not typed:
            return False
        kind, rules = kind_of(device), self.links.book.rules
        values = sum(kind_of(name) == kind for name in owner.members)
        few = min(rules.most_merges, rules.most_identifiers, most)
        return values < self.links.book.kind(kind).most and len(owner.members) < few

    def attach(self, device: Identifier, user: Identifier) -> Remade:
        """Give a device that nothing else is known of to the one owner it was seen with.

        The same as computing the region anew, where `can_attach` says so.
        """
        owner = self.held.get(user)
        before: Held = {} if owner is None else dict.fromkeys(owner.members, owner)
        if owner is None:
            owner = self.alone(user)
        grown = msgspec.structs.replace(owner, members=tuple(sorted((*owner.members, device))))
        after: Held = dict.fromkeys(grown.members, grown)
        self.held.update(after)
        return Remade(before, after)
