"""Who is to be erased, frozen when it was asked for, and what of the log is about them."""

from collections.abc import Callable, Iterable, Set
from functools import cached_property
from typing import Literal

import msgspec

from wegweiser.flow.mentions import GROUP, groups_in, is_about_account, names_in, without
from wegweiser.flow.unread import Unread
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.leaf import CLAIM, IN_SESSION, names_of_leaf
from wegweiser.resolve.normalise import normalise
from wegweiser.resolve.person import LeafShare
from wegweiser.resolve.statement import read_event
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.identity import Identifier, Leaf, identifier, kind_of, value_of
from wegweiser.terms.instant import day_of
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Arrived
from wegweiser.terms.source import Trust
from wegweiser.terms.wrong import wrong

Fate = Literal["kept", "stripped", "gone"]


class Erasable(msgspec.Struct, frozen=True, dict=True):
    """Persons and accounts with everything that they are called, at the time of the request.

    `names` are identifiers of persons, `accounts` are "group_id:..."; `shares` are the days of
    shared devices that count for these persons, `person_ids` all ids that they ever had, `called`
    what else people may have written for them, such as "Ada Muster".
    """

    names: frozenset[Identifier] = frozenset()
    accounts: frozenset[Identifier] = frozenset()
    shares: tuple[LeafShare, ...] = ()
    person_ids: frozenset[str] = frozenset()
    persons: int = 0
    called: frozenset[str] = frozenset()

    @cached_property
    def all_names(self) -> frozenset[Identifier]:
        """Persons' and accounts' identifiers together."""
        return self.names | self.accounts

    @cached_property
    def told_as(self) -> frozenset[Identifier]:
        """Everything under which recipients heard of them: identifiers and ids of persons."""
        return self.all_names | {identifier("person_id", one) for one in self.person_ids}

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The types of all identifiers."""
        return frozenset(map(kind_of, self.all_names))

    @cached_property
    def _whole(self) -> frozenset[Leaf]:
        return frozenset(share.leaf for share in self.shares if _is_whole(share))

    @cached_property
    def _partial(self) -> tuple[LeafShare, ...]:
        return tuple(share for share in self.shares if not _is_whole(share))

    @cached_property
    def _devices(self) -> frozenset[Identifier]:
        """Devices that are not theirs, yet some days or sessions on them are."""
        days = {name for share in self._partial for name in names_of_leaf(share.leaf)}
        sessions = (leaf for leaf in self._whole if leaf.startswith(IN_SESSION))
        return frozenset(days.union(*map(names_of_leaf, sessions)))

    def sparing(self, spared: Set[Identifier], directory: Directory, persons: int) -> "Erasable":
        """Give the same without names that stay, with whom so many persons stay as well."""
        names = self.names - spared
        ids = {own for name in names for own in directory.ids_of(name)}
        ids -= {own for name in spared for own in directory.ids_of(name)}
        return msgspec.structs.replace(
            self,
            names=names,
            shares=tuple(one for one in self.shares if spared.isdisjoint(_owner_names(one.leaf))),
            person_ids=frozenset(ids),
            persons=self.persons - persons,
        )

    def fate(self, event: Event, trust: Trust) -> Fate:
        """Tell what becomes of an event: gone if it is theirs, stripped if it only names them."""
        names = names_in(event)
        hit = not self.names.isdisjoint(names)
        if hit or not self._devices.isdisjoint(names):
            leaf = leaf_of(event, trust)
            if leaf is None or self.owns(leaf, event.at):
                return "gone"
        if self.accounts and not self.accounts.isdisjoint(groups_in(event)):
            return "gone" if is_about_account(event) else "stripped"
        return "stripped" if hit else "kept"

    def owns(self, leaf: Leaf, at: int) -> bool:
        """Tell whether what happened on a leaf at a time (ms) is theirs."""
        if leaf in self._whole or not self.names.isdisjoint(_owner_names(leaf)):
            return True
        day = day_of(at)
        return any(share.leaf == leaf and share.covers(day) for share in self._partial)

    def stripped(self, event: Event) -> Event:
        """Give another's event without their identifiers."""
        return without(event, self.all_names)

    def decided(self, decision: Decision) -> bool:
        """Tell whether a decision was about one of these persons."""
        subject = decision.subject
        asked = {spelled(name) for name in (subject.person, subject.device) if name}
        return (
            decision.person_id in self.person_ids
            or not self.names.isdisjoint(asked)
            or (decision.leaf != "" and self.owns(decision.leaf, decision.at))
        )

    def decided_for_account(self, decision: Decision) -> bool:
        """Tell whether a decision names one of these accounts."""
        named = {identifier(GROUP, decision.group_id), spelled(decision.subject.account)}
        return not self.accounts.isdisjoint(named)

    def reported(self, outcome: Outcome) -> bool:
        """Tell whether an outcome names one of these persons."""
        return outcome.leaf != "" and self.owns(outcome.leaf, outcome.at)

    def reported_for_account(self, outcome: Outcome) -> bool:
        """Tell whether an outcome names one of these accounts."""
        return identifier(GROUP, outcome.group_id) in self.accounts

    def in_arrived(self, record: Arrived, unread: Unread) -> bool:
        """Tell whether what a webhook brought may be about them."""
        return not self.all_names.isdisjoint(unread.names_in_arrived(record, self.kinds))

    def aged(self, decision: Decision) -> Decision:
        """Give a decision as it is: nothing goes by its age."""
        return decision

    def in_refused(self, refused: Refused, unread: Unread, received_at: int = 0) -> bool:
        """Tell whether an element that was set aside may be about them."""
        return not self.all_names.isdisjoint(unread.names_in_refused(refused, self.kinds))


def leaf_of(event: Event, trust: Trust) -> Leaf | None:
    """Give the leaf of an event, None when it names nobody."""
    try:
        return read_event(event, trust, "", 0).leaf
    except InputRefused:
        return None


def spelled(name: str) -> Identifier:
    """Give an identifier in its one spelling, empty when it is none."""
    value = normalise(kind_of(name), value_of(name))
    return "" if value is None else identifier(kind_of(name), value)


def _is_whole(share: LeafShare) -> bool:
    return share.from_day is None and share.until_day is None


def _owner_names(leaf: Leaf) -> tuple[Identifier, ...]:
    """Give whom a leaf belongs to whatever follows from evidence: of a claim only the user."""
    names = names_of_leaf(leaf)
    return names[:1] if leaf.startswith(CLAIM) else names


def erasable_persons(directory: Directory, person_ids: Iterable[str]) -> Erasable:
    """Gather what some persons are called; shared and quarantined identifiers are not theirs."""
    found = [_of_person(directory, person_id) for person_id in person_ids]
    return Erasable(
        names=frozenset().union(*(one.names for one in found)),
        shares=tuple(share for one in found for share in one.shares),
        person_ids=frozenset().union(*(one.person_ids for one in found)),
        persons=len(found),
    )


def _of_person(directory: Directory, person_id: str) -> Erasable:
    members = directory.members(person_id)
    named = {identifier(one.type, one.value) for one in directory.identifiers_of(person_id)}
    quarantined = {
        identifier(one.type, one.value)
        for one in directory.identifiers_of(person_id)
        if one.status == "quarantined"
    }
    names = frozenset(members) - (quarantined if len(named) > 1 else set())
    ids = {own for name in names for own in directory.ids_of(name)}
    return Erasable(
        names=names,
        shares=directory.leaves_of(person_id),
        person_ids=frozenset({person_id, *ids}),
        persons=1,
    )


def erasable_named(
    directory: Directory,
    find_person: Callable[[Identifier], str | None],
    name: Identifier,
    with_persons: bool = False,
) -> Erasable:
    """Give whoever an identifier stands for now: a person, an account, or a bare name.

    Raises InputRefused for no identifier, NotFound for the id of no person.
    """
    own = name if kind_of(name) == "person_id" else spelled(name)
    if not own:
        raise InputRefused("bad_id", wrong("useless_subject"), 422)
    if kind_of(own) == GROUP:
        members = directory.members_of(value_of(own)) if with_persons else ()
        persons = sorted({member.person_id for member in members})
        found = erasable_persons(directory, persons)
        return msgspec.structs.replace(found, accounts=frozenset({own}))
    person_id = find_person(own)
    if person_id is not None:
        return erasable_persons(directory, [person_id])
    if kind_of(own) == "person_id":
        raise NotFound(wrong("no_identifier"))
    return Erasable(names=frozenset({own}))


def erasable_together(
    directory: Directory,
    find_person: Callable[[Identifier], str | None],
    names: Iterable[Identifier],
) -> Erasable:
    """Give whoever some identifiers stand for now, each person once."""
    asked = frozenset(spelled(name) for name in names) - {""}
    accounts = frozenset(name for name in asked if kind_of(name) == GROUP)
    persons = {find_person(name) for name in asked - accounts} - {None}
    found = erasable_persons(directory, sorted(one for one in persons if one))
    bare = frozenset(name for name in asked - accounts if find_person(name) is None)
    return msgspec.structs.replace(found, names=found.names | bare, accounts=accounts)
