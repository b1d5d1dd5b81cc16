"""After a restore: whom an older copy of the store or log still holds although erased since."""

from collections.abc import Iterable, Iterator, Set

import msgspec

from wegweiser.deliver.receipt import Delivery
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.erasure_rules import named_in
from wegweiser.flow.erasure_subject import Erasable, spelled
from wegweiser.flow.mentions import GROUP, groups_in, names_in
from wegweiser.flow.suppression import Suppressions
from wegweiser.flow.tables import DELIVERIES
from wegweiser.flow.unread import Unread
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.leaf import names_of_leaf
from wegweiser.terms.identity import Identifier, Leaf, kind_of
from wegweiser.terms.record import (
    ERASED,
    Arrived,
    Collected,
    Decided,
    Judged,
    Record,
    Reported,
    Ruled,
)


class Recognised:
    """Collects, record after record, the names whose hashes are among the lost ones."""

    def __init__(self, suppressions: Suppressions, unread: Unread):
        self._suppressions = suppressions
        self._unread = unread
        self._known: dict[Identifier, bool] = {}

    def see(self, record: Record) -> None:
        """Look at everything that a record may name."""
        for name in _names(record, self._unread, self._suppressions.kinds):
            if name not in self._known:
                self._known[name] = self._suppressions.digest(name) in self._suppressions.lost

    def erasable(self, directory: Directory) -> Erasable:
        """Give what is to be erased once more: exactly the names that were erased before."""
        names = frozenset(name for name, lost in self._known.items() if lost)
        accounts = frozenset(name for name in names if kind_of(name) == GROUP)
        persons = names - accounts
        ids = {own for name in persons for own in directory.ids_of(name)}
        return Erasable(
            names=persons,
            accounts=accounts,
            person_ids=frozenset(ids),
            persons=len(persons and ids),
        )


def _names(record: Record, unread: Unread, kinds: Set[str]) -> Iterable[Identifier]:
    match record:
        case Collected():
            found = [name for event in record.events for name in names_in(event) | groups_in(event)]
            found += [
                name for one in record.refused for name in unread.names_in_refused(one, kinds)
            ]
            return found
        case Arrived():
            return unread.names_in_arrived(record, kinds)
        case Decided(decision=decision):
            subject = decision.subject
            stated = [spelled(one) for one in (subject.person, subject.device, subject.account)]
            return [*filter(None, stated), *_of_leaf(decision.leaf)]
        case Reported(outcomes=outcomes):
            return [name for outcome in outcomes for name in _of_leaf(outcome.leaf)]
        case Judged(judgement=judgement):
            return judgement.named
        case Ruled(rules=rules):
            return named_in(rules)
    return ()


def _of_leaf(leaf: Leaf) -> Iterator[Identifier]:
    yield from filter(None, names_of_leaf(leaf))


def stale_deliveries(store: OperationalStore, decisions: DecisionBook) -> list[Change]:
    """Give the changes that take away messages about people whose decisions name nobody now."""
    return [
        Change(DELIVERIES, key, None)
        for key, value in store.scan(DELIVERIES)
        if _is_of_nobody(msgspec.json.decode(value, type=Delivery), decisions)
    ]


def _is_of_nobody(delivery: Delivery, decisions: DecisionBook) -> bool:
    decision = decisions.get(str(delivery.parcel.data.get("decisionId")))
    return decision is None or decision.leaf.startswith(ERASED)
