"""The directory: who is who now, over all evidence, births and memberships."""

from collections.abc import Iterable, Iterator, Set

from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve import rows
from wegweiser.resolve.births import Births
from wegweiser.resolve.claims import Leaves
from wegweiser.resolve.classes import class_of, joins_persons
from wegweiser.resolve.edges import Edges, Pair
from wegweiser.resolve.explain import Edge, Explanation, edges_of, explain, joined_at
from wegweiser.resolve.leaf import CLAIM, parts_of_claim
from wegweiser.resolve.person import (
    LeafShare,
    MemberShare,
    Person,
    device_shares,
    owner_share,
)
from wegweiser.resolve.persons import Persons
from wegweiser.resolve.roster import Roster
from wegweiser.resolve.statement import Stated
from wegweiser.resolve.status import listed_identifiers
from wegweiser.resolve.windows import Window, windows_of
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Evidence, Identifier, Leaf, identifier, value_of
from wegweiser.terms.instant import DAY_MS, format_day
from wegweiser.terms.profile import AccountLink, KnownIdentifier
from wegweiser.terms.source import Trust

# What a public sender dates further back than this joins nobody.
STANDING_DAYS = 30
_NOBODY: frozenset[str] = frozenset()


class Directory:
    """A live index; `note` is told of events in log order, everything else only reads."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._births = Births()
        self._edges = Edges()
        self._leaves = Leaves(self._edges)
        self._roster = Roster()
        self._persons = Persons(self._births, self._edges)
        self._fresh: list[Change] = []

    def load(self) -> None:
        """Read everything that was committed."""
        # Births last: whoever reads beside a writer then knows every name that is mentioned.
        for statement in rows.load_memberships(self._store):
            self._roster.add(statement)
        for item in rows.load_evidence(self._store):
            self._edges.quarantine(self._edges.count((item,)))
            self._edges.add(item)
        for leaf in rows.load_leaves(self._store):
            self._leaves.add(leaf)
        rows.load_births(self._store, self._births)
        self._persons.recall_devices()

    def drain(self) -> list[Change]:
        """Hand over the rows that changed since the last drain."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def note(self, stated: Stated, position: int, received_at: int) -> frozenset[str]:
        """Take in what an event states; give the ids of the persons whose make-up changed."""
        if self.holds(stated):
            return _NOBODY
        return self._take_in(stated, position, received_at)

    def holds(self, stated: Stated) -> bool:
        """Tell whether nothing of a statement is new."""
        if stated.leaf not in self._leaves or stated.memberships or stated.account_leaf:
            return False
        births, edges = self._births, self._edges
        return all(name in births for name in stated.identifiers) and all(
            edges.holds(item) for item in stated.evidence
        )

    def _take_in(self, stated: Stated, position: int, received_at: int) -> frozenset[str]:
        names = _plain_names(stated)
        if not all(map(joins_persons, names)):
            return _NOBODY
        edges, persons = self._edges, self._persons
        fresh = [item for item in stated.evidence if self._is_fresh(item, received_at)]
        rising = edges.count(fresh)
        moving = [item for item in fresh if not (edges.is_inert(item) or edges.stopped(item))]
        born = [name for name in names if name not in self._births]
        device = None if rising else self._lone_device(moving, born)
        touched = set() if device else {name for item in moving for name in item.pair}
        # What becomes hot leaves its component, so that all the rest of it is looked at again.
        around = persons.around(touched.union(rising))
        before = persons.among(around)
        for name in born:
            self._give_birth(name, position, received_at)
        for item in fresh:
            self._fresh.append(rows.evidence_row(edges.add(item)))
        edges.quarantine(rising)
        for name in touched:
            self._leaves.forget(name)
        if device:
            changed = {persons.attach(device, moving[0])}
        else:
            changed = self._resolve_again(around.union(born), before)
        if self._note_leaf(stated) | self._note_memberships(stated, position, received_at):
            changed.add(self.person_of(stated.leaf))
            changed.update(self.owners_of(stated.leaf))
        return frozenset(changed)

    def _lone_device(self, moving: list[Evidence], born: list[Identifier]) -> Identifier | None:
        """Give the device that an event mentions first of all, and whose one owner is plain."""
        if len(moving) != 1:
            return None
        a, b = moving[0].pair
        device, user = (a, b) if class_of(a) == "weak" else (b, a)
        plain = class_of(device) == "weak" and (
            class_of(user) == "unique" or self._persons.is_plain_visitor(user, moving[0])
        )
        if not plain or device not in born or self._edges.has(device):
            return None
        # Whatever else is born now would have to be looked at as well.
        return device if set(born) <= {device, user} else None

    def _resolve_again(self, names: set[Identifier], before: dict[str, Person]) -> set[str]:
        after = self._persons.resolve_again(names)
        return {key for key in before.keys() | after if before.get(key) != after.get(key)}

    def _is_fresh(self, item: Evidence, received_at: int) -> bool:
        backdated = item.at < received_at - STANDING_DAYS * DAY_MS
        return not (backdated and item.trust <= Trust.PUBLIC) and not self._edges.holds(item)

    def _give_birth(self, name: Identifier, position: int, received_at: int) -> None:
        birth = self._births.add(name, position, received_at)
        if birth is not None:
            self._fresh.append(rows.birth_row(name, birth))

    def remember(
        self, names: Iterable[Identifier], position: int, received_at: int
    ) -> frozenset[str]:
        """Let identifiers be born by an event that is erased; gives the persons that changed."""
        born = {name for name in names if name not in self._births}
        for name in names:
            self._give_birth(name, position, received_at)
        persons = {name for name in born if joins_persons(name)}
        return frozenset(self._persons.resolve_again(persons)) if persons else _NOBODY

    def _note_leaf(self, stated: Stated) -> bool:
        if stated.leaf in self._leaves:
            return False
        self._leaves.add(stated.leaf)
        self._fresh.append(rows.leaf_row(stated.leaf))
        return True

    def _note_memberships(self, stated: Stated, position: int, received_at: int) -> bool:
        new = [item for item in stated.memberships if self._roster.add(item)]
        for item in new:
            self._give_birth(identifier("group_id", item.group_id), position, received_at)
            self._fresh.append(rows.membership_row(item))
        return bool(new)

    def replace(
        self,
        gone: frozenset[Identifier],
        leaves: Set[Leaf],
        pairs: Set[Pair],
        fresh: "Directory",
    ) -> None:
        """Take identifiers out as if they had never been named.

        What is known of some leaves and pairs comes from another directory instead. Everything
        must be drained and committed, and the same must be done to the stored rows.
        """
        ends = gone.union(*pairs)
        near = ends.union(*map(self._edges.near, ends))
        before = self._persons.around(near)
        self._edges.replace(gone, pairs, fresh._edges)
        self._births.remove(gone)
        self._leaves.remove(leaves)
        for leaf in leaves:
            if leaf in fresh._leaves:
                self._leaves.add(leaf)
        self._roster.replace(leaves, fresh._roster)
        for name in near:
            self._leaves.forget(name)
        self._persons.forget(before | self._persons.around(near - gone) | gone)

    def evidence_about(self, names: Iterable[Identifier]) -> Iterator[Evidence]:
        """Yield all evidence that touches one of these identifiers, also what is inferred."""
        for name in names:
            for other in self._edges.mentioned_with(name):
                yield from self._edges.of_pair(name, other)

    def stored_at(self, name: Identifier) -> int:
        """Give the log position at which an identifier was first stored, 0 when it never was."""
        birth = self._births.get(name)
        return 0 if birth is None else birth.position

    def members(self, person_id: str) -> tuple[Identifier, ...]:
        """Give every identifier of a person's cluster; shared devices are nobody's."""
        return self._require(person_id).members

    def ids_of(self, name: Identifier) -> tuple[str, ...]:
        """Give the person ids that ever stood for an identifier alone."""
        if name not in self._births:
            return ()
        own = self._births.person_id(name)
        return (own, self._births.device_id(name)) if class_of(name) == "weak" else (own,)

    def refused(self) -> dict[str, int]:
        """Count what was refused since the start, by reason; its events are kept all the same."""
        return {"cap_memberships": self._roster.refused}

    def has_leaf(self, leaf: Leaf) -> bool:
        """Tell whether a leaf was heard of before."""
        return leaf in self._leaves

    def person_of(self, leaf: Leaf) -> str:
        """Give the id of the person that the events of a leaf go to; NotFound when unheard of."""
        person = self._persons.of(self._leaves.followed_by(leaf))
        if person is None:
            raise NotFound(f"Nothing is known of the leaf {leaf!r}.")
        return person.person_id

    def owners_of(self, leaf: Leaf) -> tuple[str, ...]:
        """Give the ids of those who keep some days of a shared device's leaf."""
        person = self._persons.of(leaf)
        if person is None or person.device is None:
            return ()
        owner = self._persons.of(person.device.owner)
        return () if owner is None else (owner.person_id,)

    def find(self, name: Identifier) -> str | None:
        """Give the person id of an identifier or of an older "person_id:per_..."; None if none."""
        person = self._find(name)
        return None if person is None or not self._shares(person) else person.person_id

    def _find(self, name: Identifier) -> Person | None:
        if name.startswith("person_id:"):
            return self._persons.by_id(value_of(name))
        return self._persons.of(name)

    def _require(self, person_id: str) -> Person:
        person = self._persons.by_id(person_id)
        if person is None:
            raise NotFound(f"There is no person {person_id!r}.")
        return person

    def known(self, person_id: str) -> bool:
        """Tell whether a person is more than an anonymous visitor."""
        return self._require(person_id).known

    def persons(self) -> Iterator[str]:
        """Yield every person that has events, once."""
        seen: set[str] = set()
        for name in list(self._births):
            person = None if name.startswith("group_id:") else self._persons.of(name)
            if person is not None and person.person_id not in seen:
                seen.add(person.person_id)
                if self._shares(person):
                    yield person.person_id

    def leaves_of(self, person_id: str) -> tuple[LeafShare, ...]:
        """Give the leaves whose cells make up a person, each with its days."""
        return self._shares(self._require(person_id))

    def _shares(self, person: Person) -> tuple[LeafShare, ...]:
        found: list[LeafShare] = []
        for name in person.members:
            # A cell is reached by one way only: claims below, and never by a name that looks so.
            if name in self._leaves and not name.startswith(CLAIM):
                whole = (LeafShare(name),)
                found += whole if person.device is None else device_shares(name, person.device)
            found += [LeafShare(leaf) for leaf in self._leaves.claims_following(name)]
        for device, shared in person.owned:
            if device in self._leaves:
                found.append(owner_share(device, shared))
        return tuple(sorted(found, key=lambda share: (share.leaf, share.from_day is not None)))

    def identifiers_of(self, person_id: str) -> tuple[KnownIdentifier, ...]:
        """Give the identifiers of a person with their status, sorted."""
        return listed_identifiers(
            self._require(person_id), self._births, self._edges.is_quarantined
        )

    def joined_at(self, person_id: str, leaves: Iterable[Leaf]) -> int | None:
        """Give the event time by which evidence had joined these leaves of a person.

        None when they were one from the start or are not joined at all.
        """
        return joined_at(self._edges, self._leaves, _all_names(self._require(person_id)), leaves)

    def graph_of(self, person_id: str) -> tuple[Edge, ...]:
        """Give all evidence that touches a person, with how it was judged."""
        return edges_of(self._edges, _all_names(self._require(person_id)))

    def why(self, a: Identifier, b: Identifier) -> Explanation:
        """Explain why two identifiers are, or are not, one person."""
        return explain(self._edges, a, b)

    def accounts(self) -> Iterator[str]:
        """Yield the group id of every account, once."""
        for name in list(self._births):
            if name.startswith("group_id:"):
                yield value_of(name)

    def account_id(self, group_id: str) -> str | None:
        """Give the id of an account, None when it was never named."""
        name = identifier("group_id", group_id)
        birth = self._births.get(name)
        return None if birth is None else birth.name_for(name, "acc_")

    def accounts_of(self, person_id: str) -> tuple[AccountLink, ...]:
        """Give the accounts of a person; of several times in one role, the last one."""
        last: dict[tuple[str, str], Window] = {}
        for window in self._windows(self._require(person_id)):
            key = (window.group_id, window.role)
            if key not in last or _weight(window) > _weight(last[key]):
                last[key] = window
        return tuple(_link(last[key]) for key in sorted(last))

    def members_of(self, group_id: str) -> tuple[MemberShare, ...]:
        """Give every membership of an account, with the leaves and days that count for it."""
        leaves = self._roster.leaves_in(group_id)
        found: list[MemberShare] = []
        for person_id in sorted({self.person_of(leaf) for leaf in leaves}):
            person = self._require(person_id)
            shares = self._shares(person)
            for window in self._windows(person, group_id):
                found.append(_member(person_id, window, shares))
        return tuple(found)

    def _windows(self, person: Person, group_id: str | None = None) -> tuple[Window, ...]:
        # Statements made on a shared device are the device's, whoever owned it first.
        shared = {device for device, _ in person.owned}
        leaves = {share.leaf for share in self._shares(person)} - shared
        told = self._roster.of(leaves)
        if group_id is not None:
            told = [item for item in told if item.group_id == group_id]
        return windows_of(told)


def _plain_names(stated: Stated) -> list[Identifier]:
    # A claim is a leaf but no identifier: what it consists of is.
    names: list[Identifier] = []
    for name in stated.identifiers:
        parts = parts_of_claim(name) if name.startswith(CLAIM) else (name,)
        names += [part for part in parts if part is not None]
    return names


def _all_names(person: Person) -> list[Identifier]:
    return [*person.members, *(device for device, _ in person.owned)]


def _weight(window: Window) -> tuple[bool, int, bool]:
    return (window.until is None, window.until or 0, window.status == "confirmed")


def _link(window: Window) -> AccountLink:
    until = None if window.until is None else format_day(window.until)
    return AccountLink(window.group_id, window.role, window.status, format_day(window.since), until)


def _member(person_id: str, window: Window, shares: Iterable[LeafShare]) -> MemberShare:
    within = (share.within(window.since, window.until) for share in shares)
    return MemberShare(
        person_id,
        window.role,
        window.status,
        window.since,
        window.until,
        tuple(share for share in within if share is not None),
    )
