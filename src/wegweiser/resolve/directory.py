"""The directory: who is who now, over all evidence, births and memberships."""

from collections.abc import Iterable, Iterator, Set

from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve import frozen, overrule, rows
from wegweiser.resolve.account_book import AccountBook
from wegweiser.resolve.account_index import AccountIndex
from wegweiser.resolve.attachment import Claim, claim_of
from wegweiser.resolve.claims import Leaves
from wegweiser.resolve.classes import class_of, joins_persons
from wegweiser.resolve.device_sessions import DeviceSessions
from wegweiser.resolve.edges import Pair
from wegweiser.resolve.explain import Edge, Explanation, edges_of, explain, joined_at
from wegweiser.resolve.leaf import IN_SESSION, plain_names
from wegweiser.resolve.leaf_shares import leaf_shares
from wegweiser.resolve.live import LiveGraph, said_at
from wegweiser.resolve.owners import Owned, everybody, owned
from wegweiser.resolve.person import LeafShare, Person, all_names
from wegweiser.resolve.persons import Persons
from wegweiser.resolve.reached import reached
from wegweiser.resolve.saved import Saved, edges_in
from wegweiser.resolve.statement import Stated
from wegweiser.resolve.status import listed_identifiers
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Evidence, Identifier, Leaf, value_of
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.lineage import Lineage, Waiting
from wegweiser.terms.profile import KnownIdentifier
from wegweiser.terms.source import Trust
from wegweiser.terms.wrong import wrong

# Whoever asks for everybody lets go of them again after so many identifiers.
_PER_TRIM = 1_000
_NOBODY: frozenset[str] = frozenset()


class Directory(AccountIndex):
    """A live index; `note` is told of events in log order, everything else only reads."""

    def __init__(
        self, store: OperationalStore, live: LiveGraph | None = None, held: int | None = None
    ):
        """`live` is the graph of evidence, one of its own by default.

        With `held` evidence is read from the store when it is first asked for, and what is
        known of more identifiers than so many is let go again.
        """
        self._store = store
        if live is None:
            live = LiveGraph() if held is None else LiveGraph(edges=edges_in(store))
        self._live = live
        self._saved = Saved(store, live, held or 0)
        self._births = live.births
        self.account_book = AccountBook(self._births, lambda: self._live.judgements)
        self._fresh: list[Change] = []

    @property
    def _persons(self) -> Persons:
        return self._live.persons

    @property
    def _leaves(self) -> Leaves:
        return self._live.leaves

    @property
    def _sessions(self) -> DeviceSessions:
        return DeviceSessions(self._persons, self._leaves, self.rules)

    def load(self) -> None:
        """Read everything that was committed."""
        # Births last: whoever reads beside a writer then knows every name that is mentioned.
        self.account_book.load(self._store)
        live, store = self._live, self._store
        held, lacking = self._saved.load()
        self._fresh += lacking
        live.load(
            rows.load_rules(store),
            rows.load_judgements(store),
            held,
            rows.load_waiting(store),
            rows.load_leaves(store),
        )
        rows.load_births(store, self._births)

    @property
    def lacking(self) -> int:
        """How many rows of a folder made before are to be written with the next drain."""
        return len(self._fresh)

    def drain(self) -> list[Change]:
        """Hand over the rows that changed since the last drain."""
        fresh, self._fresh = self._fresh, []
        self._saved.drained()
        return fresh

    def evict(self) -> None:
        """Let go of what is not in use; only after everything drained is committed."""
        self._saved.evict()

    def hold(self, names: Iterable[Identifier]) -> None:
        """Hold all that is known of identifiers while their rows are changed in the store."""
        self._saved.hold(names)

    def note(self, stated: Stated, position: int, received_at: int) -> frozenset[str]:
        """Take in what an event states; give the ids of the persons whose make-up changed."""
        if self.holds(stated):
            return _NOBODY
        return self._take_in(stated, position, received_at)

    def holds(self, stated: Stated) -> bool:
        """Tell whether nothing of a statement is new."""
        if stated.leaf not in self._leaves.own or stated.memberships or stated.account_leaf:
            return False
        births, edges = self._births, self._live.edges
        return all(name in births for name in stated.identifiers) and all(
            edges.holds(item) for item in stated.evidence
        )

    def _take_in(self, stated: Stated, position: int, received_at: int) -> frozenset[str]:
        names = plain_names(stated.identifiers)
        if not all(map(joins_persons, names)):
            return _NOBODY
        live = self._live
        fresh = [item for item in stated.evidence if self._is_fresh(item, received_at)]
        born = [name for name in names if name not in self._births]
        self._saved.born(born)
        live.recall((*born, *(name for item in fresh for name in item.pair)))
        for name in born:
            self._give_birth(name, position, received_at)
        taken = [item for item in fresh if self._is_let_in(item, position)]
        heard = self._note_leaf(stated)
        changed = set(live.take(taken, born, heard, position))
        if self._leaves.has_sessions:
            changed |= self._sessions.beside(changed, taken)
        if self._note_memberships(stated, position, received_at) or heard:
            changed.add(self.person_of(stated.leaf))
            changed.update(self.owners_of(stated.leaf))
        self._saved.trim(2 * len(born))
        return frozenset(changed)

    def _is_let_in(self, item: Evidence, position: int) -> bool:
        live = self._live
        if frozen.overflows(live, item):
            if frozen.wait(live, item, position):
                self._fresh.append(rows.waiting_row(item, True))
            return False
        self._fresh += self._saved.write(live.edges.as_kept(item))
        return not live.is_held_back(item)

    def _is_fresh(self, item: Evidence, received_at: int) -> bool:
        backdated = item.at < received_at - self.rules.standing_days * DAY_MS
        return not (backdated and item.trust <= Trust.PUBLIC) and not self._live.edges.holds(item)

    def _give_birth(self, name: Identifier, position: int, received_at: int) -> None:
        birth = self._births.add(name, position, received_at)
        if birth is not None:
            self._fresh.append(rows.birth_row(name, birth))

    def remember(
        self, names: Iterable[Identifier], position: int, received_at: int
    ) -> frozenset[str]:
        """Let identifiers be born by an event that is erased; gives the persons that changed."""
        born = [name for name in names if name not in self._births and joins_persons(name)]
        self._saved.born(born)
        self._live.recall(born)
        for name in names:
            self._give_birth(name, position, received_at)
        return self._live.take([], born, "", position) if born else _NOBODY

    def _note_leaf(self, stated: Stated) -> Leaf:
        if stated.leaf in self._leaves.own:
            return ""
        self._fresh.append(rows.leaf_row(stated.leaf))
        return self._leaves.hear(stated.leaf)

    def _note_memberships(self, stated: Stated, position: int, received_at: int) -> bool:
        named, written = self.account_book.note(stated)
        for name in named:
            self._give_birth(name, position, received_at)
        self._fresh += written
        return bool(written)

    def replace(
        self,
        gone: frozenset[Identifier],
        unborn: frozenset[Identifier],
        leaves: Set[Leaf],
        pairs: Set[Pair],
        fresh: "Directory",
    ) -> frozenset[str]:
        """Take identifiers out as if they had never been named; gives the persons around them.

        Those `unborn` had only been stored with what is gone; evidence may still mention them.
        What is known of some leaves and pairs comes from another directory instead. Everything
        must be drained and committed, and the same must be done to the stored rows.
        """
        rules = self.rules
        around = overrule.replace(self._live, gone, unborn, pairs, leaves, fresh._live)
        if self.rules != rules:
            self._fresh.append(rows.rules_row(self.rules))
        self.account_book.replace(leaves, fresh.account_book)
        return around

    def evidence_about(self, names: Iterable[Identifier]) -> Iterator[Evidence]:
        """Yield all evidence that touches one of these identifiers, also what is inferred."""
        return self._live.evidence_about(set(names))

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
        return {"cap_memberships": self.account_book.roster.refused}

    @property
    def rules(self) -> IdentityRules:
        """The rules that count now."""
        return self._live.book.rules

    def judgements(self) -> tuple[Judgement, ...]:
        """Give what operators said, in log order."""
        return tuple(self._live.judgements)

    def judge(self, judgement: Judgement, position: int) -> frozenset[str]:
        """Take in what an operator said; gives the ids of the persons that changed."""
        if any(one.operation_id == judgement.operation_id for one in self._live.judgements):
            return _NOBODY
        said = said_at(judgement, position)
        self._fresh.append(rows.judgement_row(said))
        changed = overrule.judge(self._live, said)
        changed |= self._sessions.beside_said(self._live.judgements, said, changed)
        for item in frozen.released(self._live):
            self._fresh += [rows.waiting_row(item, False), *self._saved.write(item)]
            self._live.recall(item.pair)
            changed |= self._live.take([item], [], "", position)
        return changed

    def govern(self, rules: IdentityRules, position: int = 0) -> frozenset[str]:
        """Let rules count from their log position on; gives the ids of the persons that changed."""
        self._fresh.append(rows.rules_row(rules))
        changed = overrule.govern(self._live, rules, position)
        return changed | self._sessions.around(self._leaves.with_sessions())

    def supposing(
        self, judgements: Iterable[Judgement] = (), rules: IdentityRules | None = None
    ) -> "Directory":
        """Give the directory as it would be with more statements or other rules.

        It shares what is known with this one: read it at once, and tell it nothing.
        """
        other = Directory(self._store, self._live.supposing(judgements, rules))
        other.account_book = self.account_book.of(other.judgements)
        return other

    def take_lineage(self) -> list[Lineage]:
        """Hand over what happened to persons since the last call, oldest first."""
        return self._live.ancestry.take()

    def frozen(self) -> tuple[Waiting, ...]:
        """Give the evidence that waits, as what it would join has grown too large."""
        return frozen.queue(self._live)

    @property
    def settling(self) -> bool:
        """True while persons are still to be computed again."""
        return self._live.postponed.any

    def is_settling(self, person_id: str) -> bool:
        """Tell whether a person is to be computed again; until then it is who it was."""
        return self._live.postponed.concerns(all_names(self._require(person_id)))

    def settle(self) -> frozenset[str]:
        """Compute about a millisecond of what is due; gives the persons that changed."""
        return self._with_those_beside(self._live.settle())

    def ready(self) -> frozenset[str]:
        """Compute all that is due; gives the persons that changed."""
        return self._with_those_beside(self._live.ready())

    def _with_those_beside(self, changed: frozenset[str]) -> frozenset[str]:
        return changed | self._sessions.beside(changed) if self._leaves.has_sessions else changed

    def has_leaf(self, leaf: Leaf) -> bool:
        """Tell whether a leaf was heard of before."""
        return leaf in self._leaves

    def _person_with(self, leaf: Leaf) -> Person:
        following = self._sessions if leaf.startswith(IN_SESSION) else self._leaves
        person = self._persons.of(following.followed_by(leaf))
        if person is None:
            raise NotFound(f"Nothing is known of the leaf {leaf!r}.")
        return person

    def owners_of(self, leaf: Leaf) -> tuple[str, ...]:
        """Give the ids of those who keep some days of a shared device's leaf."""
        if leaf.startswith(IN_SESSION):
            leaf = self._sessions.days_of(leaf)
        person = self._persons.of(leaf) if leaf else None
        if person is None or person.device is None:
            return ()
        owner = self._persons.of(person.device.owner)
        return () if owner is None else (owner.person_id,)

    def find(self, name: Identifier) -> str | None:
        """Give the person id of an identifier or of an older "person_id:per_..."; None if none."""
        named = name.startswith("person_id:")
        person = self._persons.by_id(value_of(name)) if named else self._persons.of(name)
        return None if person is None or not self._shares(person) else person.person_id

    def claim_of(self, device: Identifier) -> Claim:
        """Tell by what claim alone a device belongs to its person; empty where it is proven."""
        person, proof = self._persons.of(device), self.account_book.senders().proof
        return "" if person is None else claim_of(self._live.links, person, device, proof)

    def _require(self, person_id: str) -> Person:
        person = self._persons.by_id(person_id)
        if person is None:
            raise NotFound(wrong("no_person_of_id", id=repr(person_id)))
        return person

    def known(self, person_id: str) -> bool:
        """Tell whether a person is more than an anonymous visitor."""
        return self._require(person_id).known

    def persons(self) -> Iterator[str]:
        """Yield every person that has events, once."""
        for number, name in enumerate(list(self._births), 1):
            for person in self._persons.named_after(name):
                if self._shares(person):
                    yield person.person_id
            if number % _PER_TRIM == 0:
                self._saved.trim(4 * _PER_TRIM)

    def everybody(self) -> Iterator[tuple[str, Owned]]:
        """Yield every person that has events, once, with what counts for it."""
        return everybody(self._births, self._persons, self._sessions, self.person_of)

    def owned_by(self, person_id: str) -> Owned | None:
        """Give what counts for a person; None for an id that is no person's own any more."""
        person = self._persons.by_id(person_id)
        if person is None or person.person_id != person_id:
            return None
        return owned(person, self._births, self._sessions, self.person_of)

    def leaves_of(self, person_id: str) -> tuple[LeafShare, ...]:
        """Give the leaves whose cells make up a person, each with its days."""
        return self._shares(self._require(person_id))

    def _shares(self, person: Person) -> tuple[LeafShare, ...]:
        return leaf_shares(person, self._sessions)

    def identifiers_of(self, person_id: str) -> tuple[KnownIdentifier, ...]:
        """Give the identifiers of a person with their status, sorted."""
        person = self._require(person_id)
        return listed_identifiers(person, self._births, self._live.links.is_quarantined)

    def joined_at(self, person_id: str, leaves: Iterable[Leaf]) -> int | None:
        """Give the event time by which evidence had joined these leaves of a person.

        None when they were one from the start or are not joined at all.
        """
        names = all_names(self._require(person_id))
        return joined_at(self._live.links, self._leaves, names, leaves)

    def graph_of(self, person_id: str) -> tuple[Edge, ...]:
        """Give all evidence that touches a person, with how it was judged."""
        return edges_of(self._persons, all_names(self._require(person_id)))

    def why(self, a: Identifier, b: Identifier) -> Explanation:
        """Explain why two identifiers are, or are not, one person."""
        return explain(self._persons, a, b)

    def component(self, name: Identifier) -> set[Identifier]:
        """Give everything that evidence which may join ties to an identifier, itself included."""
        return reached(name, self._live.links.linked)

    def tied(self, name: Identifier, most: int) -> set[Identifier]:
        """Give everything that any evidence ties to an identifier; not all of more than `most`."""
        return reached(name, self._live.edges.near, most)

    def names(self) -> Iterator[Identifier]:
        """Yield every identifier that was ever stored, those of accounts too, oldest first."""
        return iter(self._births)
