"""All that is known of accounts: who said to belong, what was said of them, which are one."""

from collections.abc import Callable, Iterable, Sequence, Set

import msgspec

from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve import rows
from wegweiser.resolve.account_facts import PARENT, SAME, AccountFact, AccountFacts
from wegweiser.resolve.account_joins import Joins, joined_accounts, path_up
from wegweiser.resolve.births import Births
from wegweiser.resolve.roster import Roster
from wegweiser.resolve.statement import Stated
from wegweiser.resolve.windows import MOST_SENDERS, Senders, Window, windows_of
from wegweiser.terms.identity import Identifier, Leaf, Membership, identifier, kind_of, value_of
from wegweiser.terms.judgement import Judgement

GROUP = "group_id"
_UNJOINED = Joins()


class AccountBook:
    """Accounts by group id; of several ids that are one account, the oldest stands for it.

    `senders` tells which sources count otherwise than most, `judgements` what operators said.
    """

    def __init__(self, births: Births, judgements: Callable[[], Sequence[Judgement]]):
        self._births = births
        self._judgements = judgements
        self.roster = Roster()
        self.facts = AccountFacts()
        self.senders: Callable[[], Senders] = lambda: MOST_SENDERS
        self._joins = _UNJOINED
        self._joined_by: tuple[object, ...] = ()
        self._above: dict[str, str] = {}
        self._above_by: tuple[object, ...] = ()

    def of(self, judgements: Callable[[], Sequence[Judgement]]) -> "AccountBook":
        """Give the same accounts under other words of operators, for reading only."""
        other = AccountBook(self._births, judgements)
        other.roster, other.facts, other.senders = self.roster, self.facts, self.senders
        return other

    def load(self, store: OperationalStore) -> None:
        """Read everything that was committed."""
        for statement in rows.load_memberships(store):
            self.roster.restore(statement)
        for fact in rows.load_account_facts(store):
            self.facts.add(fact)

    def note(self, stated: Stated) -> tuple[list[Identifier], list[Change]]:
        """Take in what an event says of accounts; gives the accounts named anew, and the rows."""
        new = [item for item in stated.memberships if self.roster.add(item)]
        facts = [fact for fact in stated.account_facts if self.facts.add(fact)]
        named = [identifier(GROUP, item.group_id) for item in new]
        written = [rows.membership_row(item) for item in new]
        return named, [*written, *map(rows.account_fact_row, facts)]

    def replace(self, leaves: Set[Leaf], fresh: "AccountBook") -> None:
        """Take all that is known of some leaves from another book instead."""
        self.roster.replace(leaves, fresh.roster)
        self._joined_by = ()
        accounts = [leaf for leaf in leaves if kind_of(leaf) == GROUP]
        if accounts:
            self.facts.replace(accounts, fresh.facts)

    @property
    def joins(self) -> Joins:
        """Which accounts are one now: the same object as long as nothing changed."""
        told = self._judgements()
        basis = (self.facts.changes[SAME], len(told), told[-1].operation_id if told else "")
        if basis != self._joined_by:
            joins = joined_accounts(told, self.facts.same())
            self._joins = self._joins if joins == self._joins else joins
            self._joined_by = basis
        return self._joins

    def together(self, group_id: str) -> frozenset[str]:
        """Give all group ids of an account that were ever named."""
        if not self.joins.clusters:
            return frozenset((group_id,))
        return frozenset(
            one
            for one in self.joins.together(group_id)
            if one == group_id or identifier(GROUP, one) in self._births
        )

    def principal(self, group_id: str) -> str:
        """Give the group id that stands for an account: the one that was stored first."""
        if group_id not in self.joins.clusters:
            return group_id
        names = [identifier(GROUP, one) for one in self.together(group_id)]
        born = [name for name in names if name in self._births]
        return value_of(self._births.oldest(born)) if born else group_id

    def stands_for(self, group_id: str) -> bool:
        """Tell whether a group id is the one that stands for its account."""
        return self.principal(group_id) == group_id

    def windows(self, leaves: Iterable[Leaf], group_id: str | None = None) -> tuple[Window, ...]:
        """Compute the memberships of the person of some leaves, of all accounts or of one."""
        told: Iterable[Membership] = self.roster.of(leaves)
        if self.joins.clusters:
            told = [self._in_principal(item) for item in told]
        if group_id is not None:
            told = [item for item in told if item.group_id == group_id]
        return windows_of(told, self.senders())

    def _in_principal(self, item: Membership) -> Membership:
        own = self.principal(item.group_id)
        return item if own == item.group_id else msgspec.structs.replace(item, group_id=own)

    def leaves_in(self, group_id: str) -> set[Leaf]:
        """Give every leaf that was ever said to belong to an account."""
        return set().union(*map(self.roster.leaves_in, self.together(group_id)))

    def named_by(self, leaves: Iterable[Leaf]) -> set[str]:
        """Give every account that was ever said of some leaves, also what was taken back."""
        return {self.principal(item.group_id) for item in self.roster.of(leaves)}

    def facts_of(self, group_id: str) -> list[AccountFact]:
        """Give what stands of an account under all its group ids."""
        return [fact for one in sorted(self.together(group_id)) for fact in self.facts.of(one)]

    def owners(self, name: Identifier) -> set[str]:
        """Give the accounts of which an identifier ("crm_account_id:...") was stated."""
        return {self.principal(one) for one in self.facts.owners(name)}

    def above(self, group_id: str) -> list[str]:
        """Give the accounts above one, nearest first; a circle ends before it closes."""
        return path_up(group_id, self._parents())

    def below(self, group_id: str) -> list[str]:
        """Give all accounts below one, by group id."""
        children: dict[str, list[str]] = {}
        for one, parent in self._parents().items():
            children.setdefault(parent, []).append(one)
        found, rest = {group_id}, [group_id]
        while rest:
            new = [one for one in children.get(rest.pop(), ()) if one not in found]
            found.update(new)
            rest += new
        return sorted(found - {group_id})

    def _parents(self) -> dict[str, str]:
        basis = (self.facts.changes[PARENT], self.joins)
        if basis != self._above_by:
            self._above, self._above_by = self._parents_now(), basis
        return self._above

    def _parents_now(self) -> dict[str, str]:
        found: dict[str, AccountFact] = {}
        for fact in self.facts.parents():
            own = self.principal(fact.group_id)
            if own not in found or fact.age > found[own].age:
                found[own] = fact
        return {
            own: self.principal(fact.value)
            for own, fact in found.items()
            if fact.field == PARENT and fact.value and self.principal(fact.value) != own
        }
