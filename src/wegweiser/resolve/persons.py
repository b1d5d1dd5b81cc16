"""Persons held ready by identifier, resolved anew when the evidence of a component changes."""

from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.resolve.births import DEVICE, Births
from wegweiser.resolve.classes import class_of
from wegweiser.resolve.edges import Edges
from wegweiser.resolve.graph import Clusters, SharedDevice, resolve
from wegweiser.resolve.person import Person
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Evidence, Identifier
from wegweiser.terms.source import Trust


class Persons:
    """The clusters of all identifiers; a component is resolved when it is first asked for."""

    def __init__(self, births: Births, edges: Edges):
        self._births = births
        self._edges = edges
        self._person_of: dict[Identifier, Person | None] = {}

    def of(self, name: Identifier) -> Person | None:
        """Give the person of an identifier, None when no event ever carried one of its cluster."""
        if name not in self._person_of:
            if name not in self._births and not self._edges.has(name):
                return None
            self.resolve_component(name)
        return self._person_of[name]

    def _held(self, name: Identifier) -> Person:
        person = self._person_of[name]
        if person is None:
            raise NotFound(f"No event ever carried {name!r}.")
        return person

    def by_id(self, person_id: str) -> Person | None:
        """Give the person that an id names now, whether as its own or as a redirect."""
        born_as = self._births.born_as(person_id)
        if born_as is None:
            return None
        if born_as.startswith(DEVICE):
            return self.of(born_as.removeprefix(DEVICE))
        found = self.of(born_as)
        if found is not None and found.device is not None:
            # The birth id of a shared device stays with the owner whose evidence came first.
            return self.of(found.device.stored_first)
        return found

    def forget(self, names: Iterable[Identifier]) -> None:
        """Let the persons of whole components be resolved again when they are next asked for."""
        for name in names:
            self._person_of.pop(name, None)

    def recall_devices(self) -> None:
        """Make the ids of device persons known again, without resolving anybody."""
        for name in list(self._births):
            if self._edges.may_be_shared(name):
                self._births.device_id(name)

    def around(self, names: Iterable[Identifier]) -> set[Identifier]:
        """Give the components of some identifiers as one set."""
        return {other for component in self._components(names) for other in component}

    def among(self, names: Iterable[Identifier]) -> dict[str, Person]:
        """Give all persons of some identifiers, by person id."""
        found = (self.of(name) for name in names)
        return {person.person_id: person for person in found if person is not None}

    def resolve_again(self, names: Iterable[Identifier]) -> dict[str, Person]:
        """Resolve the components of some identifiers anew; give their persons by id."""
        found: dict[str, Person] = {}
        for component in self._components(names):
            self.resolve_component(next(iter(component)))
            for name in component:
                person = self._person_of[name]
                if person is not None:
                    found[person.person_id] = person
        return found

    def _components(self, names: Iterable[Identifier]) -> Iterator[set[Identifier]]:
        done: set[Identifier] = set()
        for name in names:
            if name not in done:
                component = self._edges.component(name)
                done |= component
                yield component

    def is_plain_visitor(self, contact: Identifier, evidence: Evidence) -> bool:
        """Tell whether a typed address is an anonymous visitor's, as it then takes any device."""
        if class_of(contact) != "strong" or evidence.trust >= Trust.SERVER:
            return False
        person = self._person_of.get(contact)
        return person is not None and not person.known

    def attach(self, device: Identifier, evidence: Evidence) -> str:
        """Give a device that nothing else is known of to the one owner it was seen with.

        The same as resolving the component anew: a device with one owner joins it, and no
        other evidence touches it. Without this every new device of a person with thousands
        would mean to look at all of them.
        """
        user = evidence.b if evidence.a == device else evidence.a
        owner = self._person_of.get(user)
        if owner is None and not self._edges.joins_several(user):
            # The user is linked with this device only, so is a person with it.
            owner = self._alone(user)
        if owner is None:
            self.resolve_component(user)
            return self._held(user).person_id
        grown = msgspec.structs.replace(owner, members=tuple(sorted((*owner.members, device))))
        for name in grown.members:
            self._person_of[name] = grown
        return grown.person_id

    def resolve_component(self, name: Identifier) -> None:
        """Compute the persons of the component of an identifier anew."""
        component = self._edges.component(name)
        if len(component) == 1:
            # Most visitors are alone, and alone there is nothing to resolve.
            self._person_of[name] = self._alone(name) if name in self._births else None
            return
        clusters = resolve(self._edges.among(component), self._edges.stops())
        owned, first_stored = _by_owner(clusters), _by_first_stored(clusters)
        for root, names in clusters.members.items():
            kept = first_stored.get(root, ())
            person = self._person(root, names, clusters, owned.get(root, ()), kept)
            for member in names:
                self._person_of[member] = person

    def _alone(self, name: Identifier) -> Person:
        return Person(self._births.person_id(name), (name,), class_of(name) == "unique")

    def _person(
        self,
        root: Identifier,
        members: tuple[Identifier, ...],
        clusters: Clusters,
        owned: Iterable[tuple[Identifier, SharedDevice]],
        first_stored: Iterable[Identifier],
    ) -> Person | None:
        born = [name for name in members if name in self._births]
        if not born:
            return None
        device = clusters.shared.get(root)
        if device is not None:
            return Person(self._births.device_id(root), members, False, device=device)
        of_members = frozenset(members)
        oldest = self._births.oldest([*born, *first_stored])
        return Person(
            self._births.person_id(oldest),
            members,
            root in clusters.known or class_of(root) == "unique",
            clusters.superseded & of_members,
            clusters.unverified & of_members,
            tuple(sorted(owned, key=lambda pair: pair[0])),
        )


def _by_owner(clusters: Clusters) -> dict[Identifier, list[tuple[Identifier, SharedDevice]]]:
    found: dict[Identifier, list[tuple[Identifier, SharedDevice]]] = {}
    for device, shared in clusters.shared.items():
        found.setdefault(clusters.root_of[shared.owner], []).append((device, shared))
    return found


def _by_first_stored(clusters: Clusters) -> dict[Identifier, list[Identifier]]:
    # For its id a shared device counts for the owner whose evidence came in first.
    found: dict[Identifier, list[Identifier]] = {}
    for device, shared in clusters.shared.items():
        found.setdefault(clusters.root_of[shared.stored_first], []).append(device)
    return found
