"""Profiles as doors and decisions read them, kept until something about them changes."""

from collections.abc import Sequence
from itertools import islice

import msgspec

from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.flow.activation import activation
from wegweiser.flow.segment_judge import Judge, Unjudged
from wegweiser.flow.stages import Stages, Told, evidence_of
from wegweiser.flow.touched import RECENT_LEAVES
from wegweiser.flow.unify import Unifier
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
from wegweiser.terms.instant import format_instant
from wegweiser.terms.journey import Sign
from wegweiser.terms.json import JsonObject
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

    def __init__(self, unifier: Unifier, clock: Clock, stages: Stages):
        self._unifier = unifier
        self._stages = stages
        self._directory = unifier.directory
        self._clock = clock
        self._persons: dict[str, tuple[PersonProfile, list[CellAt]]] = {}
        self._accounts: dict[str, tuple[AccountProfile, list[Contact], int]] = {}
        self.segments: Judge = Unjudged()

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
        profile, cells = self._person(person_id)
        as_of = reading.end_of_newest_day(cells)
        if as_of and not self._stages.is_current(profile.stage):
            told = self._person_told(profile, cells)
            stage = self._stages.document(told, as_of)
            profile = msgspec.structs.replace(profile, stage=stage)
            self._persons[person_id] = (profile, cells)
        return profile

    def stage_of_person(self, person_id: str, as_of: int | None = None) -> JsonObject:
        """Give the stage of a person at a moment (ms; now)."""
        told = self._person_told(*self._person(person_id))
        return self._stages.document(told, self._clock.now_ms() if as_of is None else as_of)

    def signs_of(self, person_id: str) -> tuple[Sign, ...]:
        """Give the signs that the stage of a person rests on, by time."""
        return tuple(self._person_told(*self._person(person_id)).signs)

    def stage_of_account(self, group_id: str, as_of: int | None = None) -> JsonObject:
        """Give the stage of an account at a moment (ms; now)."""
        at = self._clock.now_ms() if as_of is None else as_of
        return self._stages.document(self._stages.account(self._people(group_id), at), at)

    def _person_told(self, profile: PersonProfile, cells: Sequence[CellAt]) -> Told:
        email = profile.traits.get("email")
        return self._stages.person(
            profile.person_id,
            cells,
            email if isinstance(email, str) else "",
            _first_account(profile),
            self._people,
        )

    def _people(self, group_id: str) -> dict[str, tuple[Sequence[Happening], float]]:
        """Give what the people of an account did there, and how far it counts, by person id."""
        cells: dict[str, list[CellAt]] = {}
        weights: dict[str, float] = {}
        for part in self._directory.members_of(group_id):
            if part.status in COUNTED:
                weight = self._stages.weight_of(part.role, part.status)
                name = part.person_id
                cells.setdefault(name, []).extend(self._cells(part.shares))
                weights[name] = max(weight, weights.get(name, 0.0))
        return {
            name: (evidence_of(account_cells(group_id, held)), weights[name])
            for name, held in cells.items()
        }

    def _person(self, person_id: str) -> tuple[PersonProfile, list[CellAt]]:
        self.forget_changed()
        held = self._persons.get(person_id)
        if held is None:
            held = self._persons[person_id] = self._read_person(person_id)
        return held

    def cells_of(self, person_id: str) -> list[CellAt]:
        """Give the cells that make up a person; not for folding."""
        return self._person(person_id)[1]

    def forget_all(self) -> None:
        """Drop everything that was read."""
        self._unifier.take_changed()
        self.forget_views()
        self.segments.everything_changed("erasure")

    def forget_views(self) -> None:
        """Read every view anew when it is next wanted."""
        self._persons.clear()
        self._accounts.clear()
        self._stages.forget_all()

    def renew(self, subject: str) -> None:
        """Read one view ("person_id:...", "group_id:...") anew when it is next wanted."""
        self._persons.pop(value_of(subject), None)
        self._accounts.pop(value_of(subject), None)

    def judge(self, subject: str) -> None:
        """Read a view without its stage, which judges it if it is read anew."""
        if kind_of(subject) == "person_id":
            self._person(value_of(subject))
        else:
            self._account(value_of(subject))

    def forget_changed(self) -> None:
        """Drop what the fold touched since the last reading."""
        changed = self._unifier.take_changed()
        self.segments.changed(changed)
        if len(self._persons) + len(self._accounts) > _KEPT:
            self._persons.clear()
            self._accounts.clear()
            self._stages.forget_all()
        for person_id in changed:
            self._persons.pop(person_id, None)
            self._stages.forget(person_id)
            if self._accounts or self._stages.leaning:
                for link in self._directory.accounts_of(person_id):
                    self._accounts.pop(link.group_id, None)
                    for leaning in self._stages.forget_leaning(link.group_id):
                        self._persons.pop(leaning, None)

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
        profile = person_profile(facts, cells)
        told = lambda at: self._person_told(profile, cells).probabilities(at)  # noqa: E731
        keys = self.segments.of_person(profile, cells, told)
        return msgspec.structs.replace(profile, segments=keys) if keys else profile, cells

    def _cells(self, shares: Sequence[LeafShare]) -> list[CellAt]:
        return [
            CellAt(share.leaf, day, scope, cell)
            for share in shares
            for day, scope, cell in self._unifier.shelf.cells(share.leaf)
            if share.covers(day)
        ]

    def account(self, group_id: str) -> AccountProfile:
        """Give the profile of an account: its own leaf and its members' cells."""
        profile, contacts, as_of = self._account(group_id)
        if as_of and not self._stages.is_current(profile.stage):
            stage = self.stage_of_account(group_id, as_of)
            profile = msgspec.structs.replace(profile, stage=stage)
            self._accounts[group_id] = (profile, contacts, as_of)
        return profile

    def _account(self, group_id: str) -> tuple[AccountProfile, list[Contact], int]:
        self.forget_changed()
        held = self._accounts.get(group_id)
        if held is None:
            held = self._accounts[group_id] = self._read_account(group_id)
        return held

    def _read_account(self, group_id: str) -> tuple[AccountProfile, list[Contact], int]:
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
        theirs = account_cells(group_id, counted)
        profile = account_profile(facts, own, counted)
        told = lambda at: self._stages.account(self._people(group_id), at).probabilities(at)  # noqa: E731
        self.segments.of_account(group_id, profile, theirs, told)
        return profile, reading.contacts(theirs), reading.end_of_newest_day(theirs)

    def facts(self, situation: Situation, policy: Policy) -> Facts:
        """Give what a decision may know of its subject; an unknown one is legal."""
        leaf = _leaf_of(situation.subject)
        person_id = self._unifier.person_of(leaf) if leaf else None
        stated = value_of(situation.subject.account)
        if person_id is None:
            return self._with_unit(Facts(context=situation.context, leaf=leaf), stated, policy)
        profile, cells = self._person(person_id)
        person = activation(profile)
        if policy.needs_stage("person"):
            told = self._person_told(profile, cells)
            person["stage"] = told.probabilities(self._clock.now_ms())
        facts = Facts(
            person=person,
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
            self._account_facts(group_id, policy)
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

    def _account_facts(self, group_id: str, policy: Policy) -> tuple[JsonObject, list[Contact]]:
        profile, contacts, _ = self._account(group_id)
        known: JsonObject = {
            "id": group_id,
            "traits": profile.traits,
            "interests": {**profile.interests},
            "engagement": profile.engagement,
            "counters": {**profile.counters},
        }
        if policy.needs_stage("account"):
            now = self._clock.now_ms()
            known["stage"] = self._stages.account(self._people(group_id), now).probabilities(now)
        return known, contacts

    def consent(self, leaf: str) -> dict[str, str]:
        """Give the present consent of the person of a leaf, by purpose."""
        person_id = self._unifier.person_of(leaf)
        return {} if person_id is None else self._person(person_id)[0].consent

    def values(self, leaf: str) -> JsonObject:
        """Give what the texts of a message may insert about the person of a leaf."""
        person_id = self._unifier.person_of(leaf)
        return {"person": {} if person_id is None else activation(self._person(person_id)[0])}

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
        alive = (self._directory.find(f"person_id:{name}") for name in self._unifier.touched.recent)
        newest = [name for name in alive if name is not None][-limit:]
        rest = (name for name in self._directory.persons() if name not in newest)
        return [*newest, *islice(rest, limit - len(newest))]

    def recent_accounts(self, limit: int = 50) -> list[AccountProfile]:
        """Give accounts of the persons whom the newest events were about, last seen first."""
        named = dict.fromkeys(
            link.group_id
            for person_id in reversed(self._recent(RECENT_LEAVES))
            for link in self._directory.accounts_of(person_id)
        )
        found = [self.account(group_id) for group_id in islice(named, limit)]
        return sorted(found, key=lambda account: account.last_seen_at or "", reverse=True)

    def written(self, at: int) -> str:
        """Write a moment as profiles do."""
        return format_instant(at)


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
