"""The account side of the directory: who belongs to which account, on which days."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator

import msgspec

from wegweiser.resolve.account_book import AccountBook
from wegweiser.resolve.account_side import MemberShare, counted_accounts, links_of, shares_of
from wegweiser.resolve.births import Births
from wegweiser.resolve.domains import Mailboxes
from wegweiser.resolve.person import LeafShare, Person
from wegweiser.resolve.windows import Window
from wegweiser.terms.identity import Identifier, Leaf, identifier, value_of
from wegweiser.terms.profile import AccountLink


class Plain(msgspec.Struct, frozen=True):
    """A person all of whose leaves are its own on every day."""

    person_id: str
    leaves: tuple[Leaf, ...]


class AccountIndex(ABC):
    """Reads accounts; whoever keeps persons and leaves says who they are."""

    account_book: AccountBook
    _births: Births

    @abstractmethod
    def _person_with(self, leaf: Leaf) -> Person:
        """Give the person that the events of a leaf go to; NotFound when unheard of."""

    @abstractmethod
    def _require(self, person_id: str) -> Person: ...

    @abstractmethod
    def _shares(self, person: Person) -> tuple[LeafShare, ...]: ...

    def person_of(self, leaf: Leaf) -> str:
        """Give the id of the person that the events of a leaf go to; NotFound when unheard of."""
        return self._person_with(leaf).person_id

    @property
    def mailboxes(self) -> Mailboxes:
        """All e-mail addresses ever stored."""
        return self._births.mailboxes

    def accounts(self) -> Iterator[str]:
        """Yield the group id of every account, once; of ids that are one account, the oldest."""
        for name in list(self._births):
            if name.startswith("group_id:") and self.account_book.stands_for(value_of(name)):
                yield value_of(name)

    def account_id(self, group_id: str) -> str | None:
        """Give the id of an account, None when it was never named."""
        name = identifier("group_id", self.account_book.principal(group_id))
        birth = self._births.get(name)
        return None if birth is None else birth.name_for(name, "acc_")

    def accounts_of(self, person_id: str) -> tuple[AccountLink, ...]:
        """Give the accounts of a person, each role once with its best status."""
        return links_of(self.windows_of(person_id))

    def counted_accounts(self, person_id: str) -> tuple[str, ...]:
        """Give the accounts of which a person is taken to be a member, confirmed or claimed."""
        return counted_accounts(self.windows_of(person_id))

    def accounts_named_by(self, person_id: str) -> set[str]:
        """Give every account that was ever said of a person, also what was taken back."""
        return self.account_book.named_by(self._membership_leaves(self._require(person_id)))

    def members_of(self, group_id: str) -> tuple[MemberShare, ...]:
        """Give every membership of an account, with the leaves and days that count for it."""
        own = self.account_book.principal(group_id)
        return self._members(own, map(self._person_with, self.account_book.leaves_in(own)))

    def each_member_of(
        self, group_id: str, plain: Callable[[Leaf], Plain | None] = lambda leaf: None
    ) -> Iterator[list[MemberShare]]:
        """Yield the memberships of each person in an account, as they are taken.

        A person is computed unless `plain` tells who it is.
        """
        own = self.account_book.principal(group_id)
        done: set[str] = set()
        for leaf in sorted(self.account_book.leaves_in(own)):
            found = plain(leaf) or self._person_with(leaf)
            if found.person_id not in done:
                done.add(found.person_id)
                yield self._memberships(own, found)

    def first_id(self, names: Iterable[Identifier]) -> str:
        """Give the id that the oldest of some identifiers was born with, empty without any."""
        born = [name for name in names if name in self._births]
        return self._births.person_id(self._births.oldest(born)) if born else ""

    def few_members_of(self, group_id: str, most: int) -> tuple[MemberShare, ...] | None:
        """Give every membership of an account, None where it ever had more than `most` persons."""
        own = self.account_book.principal(group_id)
        persons: dict[str, Person] = {}
        for leaf in self.account_book.leaves_in(own):
            person = self._person_with(leaf)
            persons[person.person_id] = person
            if len(persons) > most:
                return None
        return self._members(own, persons.values())

    def _members(self, own: str, persons: Iterable[Person]) -> tuple[MemberShare, ...]:
        by_id = {person.person_id: person for person in persons}
        return tuple(part for name in sorted(by_id) for part in self._memberships(own, by_id[name]))

    def _memberships(self, own: str, person: Person | Plain) -> list[MemberShare]:
        if isinstance(person, Plain):
            leaves, shares = {*person.leaves}, tuple(map(LeafShare, person.leaves))
        else:
            leaves, shares = self._membership_leaves(person), self._shares(person)
        windows = self.account_book.windows(leaves, own)
        return shares_of(person.person_id, windows, shares)

    def windows_of(self, person_id: str) -> tuple[Window, ...]:
        """Give the days on which a person belonged to accounts, with who said so."""
        return self.account_book.windows(self._membership_leaves(self._require(person_id)))

    def _membership_leaves(self, person: Person) -> set[Leaf]:
        # Statements made on a shared device are the device's, whoever owned it first.
        shared = {device for device, _ in person.owned}
        theirs = (share for share in self._shares(person) if share.part_of not in shared)
        return {share.leaf for share in theirs} - shared
