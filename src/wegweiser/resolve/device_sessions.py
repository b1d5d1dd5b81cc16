"""Whose the sessions of shared devices are: of the one person who logged in in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import msgspec

from wegweiser.resolve.claims import Leaves
from wegweiser.resolve.classes import joins_persons
from wegweiser.resolve.leaf import parts_of_session, session_leaf
from wegweiser.resolve.person import LeafShare, Person, device_shares, owner_share
from wegweiser.resolve.persons import Persons
from wegweiser.resolve.shared import SharedDevice, owns
from wegweiser.terms.identity import Evidence, Identifier, Leaf
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.judgement import Judgement

# With more people than these on a device, only those whom a change surely concerns are named.
_FEW = 50
_NOBODY: frozenset[Identifier] = frozenset()

# The trusted cores of those who logged in, by session.
Logins = Mapping[str, Set[Identifier]]


class DeviceSessions(msgspec.Struct, frozen=True):
    """Answers from the evidence as it is now; nothing is remembered.

    A session without any login, and every session where the rules do not count them, goes with
    the days of its device. A session with two logins is the device person's.
    """

    persons: Persons
    leaves: Leaves
    rules: IdentityRules

    def logins(self, device: Identifier) -> Logins:
        """Give who logged in in each session of a device, nobody where sessions do not count."""
        found: dict[str, set[Identifier]] = {}
        if self.rules.shared_devices != "session_owner":
            return found
        links = self.persons.links
        for other, records in links.linked(device).items():
            for item in records:
                if item.session and owns(links, item, device):
                    found.setdefault(item.session, set()).add(self.persons.cores.root(other))
        return found

    def followed_by(self, leaf: Leaf) -> Identifier:
        """Give the identifier whose person a session belongs to."""
        device, session = parts_of_session(leaf)
        person = self.persons.of(device)
        if person is None or person.device is None:
            return device
        who = self.logins(device).get(session, _NOBODY)
        return min(who) if len(who) == 1 else device

    def days_of(self, leaf: Leaf) -> Identifier:
        """Give the device whose days a session goes with, empty when somebody logged in in it."""
        device, session = parts_of_session(leaf)
        return "" if self.logins(device).get(session) else device

    def shares(self, person: Person) -> Iterator[LeafShare]:
        """Yield what a person has of sessions that are kept apart."""
        for name in person.members:
            if self.leaves.has_sessions_on(name):
                yield from self._on_own(name, person.device)
        for device, shared in person.owned:
            if self.leaves.has_sessions_on(device):
                yield from self._on_owned(device, shared)
        if self.rules.shared_devices == "session_owner":
            yield from self._logged_in(person)

    def _on_own(self, device: Identifier, shared: SharedDevice | None) -> Iterator[LeafShare]:
        logins = {} if shared is None else self.logins(device)
        for leaf in self.leaves.sessions_on(device):
            who = logins.get(parts_of_session(leaf)[1], _NOBODY)
            if shared is None or len(who) > 1:
                yield LeafShare(leaf, part_of=device)
            elif not who:
                for share in device_shares(leaf, shared, self.rules):
                    yield msgspec.structs.replace(share, part_of=device)

    def _on_owned(self, device: Identifier, shared: SharedDevice) -> Iterator[LeafShare]:
        logins = self.logins(device)
        for leaf in self.leaves.sessions_on(device):
            share = owner_share(leaf, shared, self.rules)
            if share is not None and not logins.get(parts_of_session(leaf)[1]):
                yield msgspec.structs.replace(share, part_of=device)

    def _logged_in(self, person: Person) -> Iterator[LeafShare]:
        linked = (self.persons.links.linked(name) for name in person.members)
        for device in sorted({other for near in linked for other in near}):
            held = self.persons.of(device) if self.leaves.has_sessions_on(device) else None
            if held is None or held.device is None:
                continue
            for session, who in self.logins(device).items():
                leaf = session_leaf(device, session)
                if len(who) == 1 and not who.isdisjoint(person.members) and leaf in self.leaves:
                    yield LeafShare(leaf)

    def beside(self, changed: Iterable[str], fresh: Sequence[Evidence] = ()) -> set[str]:
        """Give who may have other sessions now that some persons changed and evidence came in."""
        if not self.leaves.has_sessions:
            return set()
        persons = filter(None, map(self.persons.by_id, changed))
        return self.around((name for one in persons for name in one.members), fresh)

    def beside_said(
        self, judgements: Sequence[Judgement], said: Judgement, changed: Iterable[str]
    ) -> set[str]:
        """Give who may have other leaves now that an operator said, or took back, something.

        Claims and sessions may move between people whose identifiers stay as they are.
        """
        names, asked = set[Identifier](), {said.operation_id}
        for one in reversed(judgements):
            if one.operation_id in asked:
                names.update(one.named)
                asked.add(one.undoes)
        names = names.union(*map(self.persons.links.edges.near, names))
        return self._ids(filter(joins_persons, names)) | self.around(names) | self.beside(changed)

    def around(self, names: Iterable[Identifier], fresh: Sequence[Evidence] = ()) -> set[str]:
        """Give the persons on the devices of some identifiers and of evidence that came in."""
        if not self.leaves.has_sessions:
            return set()
        near = self.persons.links.edges.near
        asked = set(names).union(*(item.pair for item in fresh))
        devices = {one for name in asked for one in (name, *near(name))}
        concerned: set[Identifier] = set()
        for device in filter(self.leaves.has_sessions_on, devices):
            if len(near(device)) < 2:
                # Whoever is alone on a device has all its sessions.
                continue
            concerned.add(device)
            shared = self.persons.cores.shared(device)
            if len(near(device)) <= _FEW:
                concerned.update(near(device))
            elif shared is not None:
                concerned.add(shared.owner)
                logins = self.logins(device)
                sessions = {item.session for item in fresh if device in item.pair}
                concerned.update(*(logins.get(session, _NOBODY) for session in sessions))
        return self._ids(concerned)

    def _ids(self, names: Iterable[Identifier]) -> set[str]:
        found = map(self.persons.of, names)
        return {person.person_id for person in found if person is not None}
