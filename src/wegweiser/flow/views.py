"""Profiles as doors and decisions read them, kept until something about them changes."""

from collections.abc import Sequence
from itertools import islice

import msgspec

from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.flow.unify import RECENT_PERSONS, Unifier
from wegweiser.ports.clock import Clock
from wegweiser.profile import reading
from wegweiser.profile.reading import CellAt
from wegweiser.profile.view import (
    AccountFacts,
    PersonFacts,
    account_cells,
    account_profile,
    person_profile,
)
from wegweiser.resolve.explain import Edge
from wegweiser.resolve.normalise import normalise
from wegweiser.resolve.person import LeafShare
from wegweiser.terms.decision import Decision, Situation, Subject
from wegweiser.terms.identity import Identifier, identifier, kind_of, value_of
from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import (
    AccountProfile,
    Contact,
    Happening,
    Member,
    PersonProfile,
)

_KEPT = 50_000
COUNTED = ("confirmed", "claimed")


class Views:
    """Reads persons and accounts from identity and cells."""

    def __init__(self, unifier: Unifier, clock: Clock):
        self._unifier = unifier
        self._directory = unifier.directory
        self._clock = clock
        self._persons: dict[str, tuple[PersonProfile, list[CellAt]]] = {}
        self._accounts: dict[str, tuple[AccountProfile, list[Contact]]] = {}

    def find_person(self, name: Identifier) -> str | None:
        """Find a person by an identifier as people write it ("email:Ada@example.com")."""
        kind, value = kind_of(name), value_of(name)
        if kind == "person_id":
            return self._directory.find(name)
        normalised = normalise(kind, value)
        return None if normalised is None else self._directory.find(identifier(kind, normalised))

    def find_account(self, name: Identifier) -> str | None:
        """Find an account by "group_id:..."; gives its group id."""
        if kind_of(name) != "group_id":
            return None
        group_id = normalise("group_id", value_of(name))
        if group_id is None or self._directory.account_id(group_id) is None:
            return None
        return group_id

    def person(self, person_id: str) -> PersonProfile:
        """Give the profile of a person, at the end of the day of its newest event."""
        return self._person(person_id)[0]

    def _person(self, person_id: str) -> tuple[PersonProfile, list[CellAt]]:
        self.forget_changed()
        held = self._persons.get(person_id)
        if held is None:
            held = self._persons[person_id] = self._read_person(person_id)
        return held

    def forget_changed(self) -> None:
        """Drop what the fold touched since the last reading."""
        changed = self._unifier.changed
        if len(self._persons) + len(self._accounts) > _KEPT:
            self._persons.clear()
            self._accounts.clear()
        for person_id in changed:
            self._persons.pop(person_id, None)
            if self._accounts:
                for link in self._directory.accounts_of(person_id):
                    self._accounts.pop(link.group_id, None)
        changed.clear()

    def _read_person(self, person_id: str) -> tuple[PersonProfile, list[CellAt]]:
        directory = self._directory
        cells = self._cells(directory.leaves_of(person_id))
        facts = PersonFacts(
            person_id=person_id,
            known=directory.known(person_id),
            identifiers=directory.identifiers_of(person_id),
            accounts=directory.accounts_of(person_id),
            joined_at=lambda leaves: directory.joined_at(person_id, leaves),
        )
        return person_profile(facts, cells), cells

    def _cells(self, shares: Sequence[LeafShare]) -> list[CellAt]:
        return [
            CellAt(share.leaf, day, scope, cell)
            for share in shares
            for day, scope, cell in self._unifier.shelf.cells(share.leaf)
            if share.covers(day)
        ]

    def account(self, group_id: str) -> AccountProfile:
        """Give the profile of an account: its own leaf and its members' cells."""
        return self._account(group_id)[0]

    def _account(self, group_id: str) -> tuple[AccountProfile, list[Contact]]:
        self.forget_changed()
        held = self._accounts.get(group_id)
        if held is None:
            held = self._accounts[group_id] = self._read_account(group_id)
        return held

    def _read_account(self, group_id: str) -> tuple[AccountProfile, list[Contact]]:
        members = self._directory.members_of(group_id)
        facts = AccountFacts(
            account_id=self._directory.account_id(group_id) or "",
            group_id=group_id,
            members=tuple(Member(part.person_id, part.role, part.status) for part in members),
        )
        own = self._cells([LeafShare(identifier("group_id", group_id))])
        counted = [
            cell for part in members if part.status in COUNTED for cell in self._cells(part.shares)
        ]
        contacts = reading.contacts(account_cells(group_id, counted))
        return account_profile(facts, own, counted), contacts

    def facts(self, situation: Situation, policy: Policy) -> Facts:
        """Give what a decision may know of its subject; an unknown one is legal."""
        leaf = _leaf_of(situation.subject)
        person_id = self._unifier.person_of(leaf) if leaf else None
        stated = value_of(situation.subject.account)
        if person_id is None:
            return self._with_unit(Facts(context=situation.context, leaf=leaf), stated, policy)
        profile, cells = self._person(person_id)
        facts = Facts(
            person=activation(profile),
            context=situation.context,
            consent=profile.consent,
            contacts=reading.contacts(cells),
            person_id=person_id,
            leaf=leaf,
            known=profile.known,
        )
        return self._with_unit(facts, stated or _first_account(profile), policy)

    def _with_unit(self, facts: Facts, group_id: str, policy: Policy) -> Facts:
        by_account = policy.bundle.arms.unit == "account" and group_id != ""
        known = group_id != "" and self._directory.account_id(group_id) is not None
        account, contacts = (
            self._account_facts(group_id)
            if known and policy.needs_account
            else (
                {},
                [],
            )
        )
        return msgspec.structs.replace(
            facts,
            account=account,
            account_contacts=contacts,
            group_id=group_id,
            unit_id=f"group_id:{group_id}" if by_account else facts.person_id or facts.leaf,
            unit_kind="account" if by_account else "person",
        )

    def _account_facts(self, group_id: str) -> tuple[JsonObject, list[Contact]]:
        profile, contacts = self._account(group_id)
        known: JsonObject = {
            "id": group_id,
            "traits": profile.traits,
            "interests": {**profile.interests},
            "engagement": profile.engagement,
            "counters": {**profile.counters},
        }
        return known, contacts

    def consent(self, leaf: str) -> dict[str, str]:
        """Give the present consent of the person of a leaf, by purpose."""
        person_id = self._unifier.person_of(leaf)
        return {} if person_id is None else self.person(person_id).consent

    def values(self, leaf: str) -> JsonObject:
        """Give what the texts of a message may insert about the person of a leaf."""
        person_id = self._unifier.person_of(leaf)
        return {"person": {} if person_id is None else activation(self.person(person_id))}

    def timeline(self, person_id: str, limit: int = 200) -> list[Happening]:
        """Give the newest happenings of a person, newest first."""
        cells = self._person(person_id)[1]
        found = {one for held in cells for one in held.cell.recent}
        return sorted(found, reverse=True)[:limit]

    def decisions(self, person_id: str, limit: int = 50) -> list[Decision]:
        """Give the newest committed decisions about a person, newest first."""
        found: dict[str, Decision] = {}
        leaves = {share.leaf for share in self._directory.leaves_of(person_id)}
        names = {f"{known.type}:{known.value}" for known in self.person(person_id).identifiers}
        for leaf in leaves | names:
            found |= {
                decision.decision_id: decision for decision in self._unifier.decisions.of_leaf(leaf)
            }
        newest = sorted(found.values(), key=lambda decision: (decision.at, decision.decision_id))
        return newest[::-1][:limit]

    def links(self, person_id: str) -> tuple[Edge, ...]:
        """Give all evidence about the identifiers of a person, with how it was judged."""
        return self._directory.graph_of(person_id)

    def recent_persons(self, limit: int = 50) -> list[PersonProfile]:
        """Give persons whom the newest events were about, last seen first."""
        found = [self.person(person_id) for person_id in self._recent(limit)]
        return sorted(found, key=lambda person: person.last_seen_at or "", reverse=True)

    def _recent(self, limit: int) -> list[str]:
        """Name the persons touched last; after a start, before events, any will do."""
        alive = (self._directory.find(f"person_id:{name}") for name in self._unifier.recent)
        newest = [name for name in alive if name is not None][-limit:]
        rest = (name for name in self._directory.persons() if name not in newest)
        return [*newest, *islice(rest, limit - len(newest))]

    def recent_accounts(self, limit: int = 50) -> list[AccountProfile]:
        """Give accounts of the persons whom the newest events were about, last seen first."""
        named = dict.fromkeys(
            link.group_id
            for person_id in reversed(self._recent(RECENT_PERSONS))
            for link in self._directory.accounts_of(person_id)
        )
        found = [self.account(group_id) for group_id in islice(named, limit)]
        return sorted(found, key=lambda account: account.last_seen_at or "", reverse=True)

    def written(self, at: int) -> str:
        """Write a moment as profiles do."""
        return format_instant(at)


def activation(profile: PersonProfile) -> JsonObject:
    """Give a profile as rules read it; what is unknown is left out."""
    accounts: list[Json] = [
        {"group_id": link.group_id, "role": link.role, "status": link.status}
        for link in profile.accounts
    ]
    known: JsonObject = {
        "id": profile.person_id,
        "known": profile.known,
        "traits": profile.traits,
        "interests": {**profile.interests},
        "engagement": profile.engagement,
        "counters": {**profile.counters},
        "consent": {**profile.consent},
        "segments": [*profile.segments],
        "sessions": profile.sessions,
        "accounts": accounts,
    }
    for name, at in (("first_seen", profile.first_seen_at), ("last_seen", profile.last_seen_at)):
        if at is not None:
            known[name] = parse_instant(at)
    return known


def _leaf_of(subject: Subject) -> str:
    """Give the identifier that decisions and contacts of a subject are kept under."""
    name = subject.person or subject.device
    if not name:
        return ""
    value = normalise(kind_of(name), value_of(name))
    return "" if value is None else identifier(kind_of(name), value)


def _first_account(profile: PersonProfile) -> str:
    counted = [link for link in profile.accounts if link.status in COUNTED]
    return counted[0].group_id if counted else ""
