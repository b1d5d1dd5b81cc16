"""Profiles as they are read, kept until something about them changes."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar, cast

import msgspec

from wegweiser.flow.accounts import DomainOwners, facts_of_account, find_account
from wegweiser.flow.buying_groups import BuyingGroups, NoBuyingGroups, people_of
from wegweiser.flow.insight import Insight, NoInsight
from wegweiser.flow.segment_judge import Judge, Unjudged
from wegweiser.flow.stage_course import Course, course_of_account, course_of_person
from wegweiser.flow.stages import People, Stages, Told, evidence_of
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.profile import reading
from wegweiser.profile.aged import day_of_place
from wegweiser.profile.purpose import DEFAULT_PURPOSES
from wegweiser.profile.reading import CellAt, Ledger
from wegweiser.profile.trait import PROTECTED, UNVERIFIED, Standing, standing_traits
from wegweiser.profile.view import (
    PersonFacts,
    account_cells,
    account_profile,
    person_profile,
)
from wegweiser.resolve.account_side import MemberShare, memberships_of
from wegweiser.resolve.normalise import normalise
from wegweiser.resolve.person import LeafShare
from wegweiser.resolve.windows import Window
from wegweiser.terms.identity import Identifier, identifier, kind_of, value_of
from wegweiser.terms.journey import Sign
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile

_KEPT = 50_000
# Nobody's start leans on an account of which more people were ever named, so none of it is read.
MOST_NAMED = 500
# Decisions read accounts with more leaves than this at most so often, as it takes long.
LARGE_LEAVES = 1_000
LATELY_MS = 2_000
Read = TypeVar("Read")


class ProfileCache:
    """Reads persons and accounts from identity and cells, and again once they changed."""

    def __init__(self, unifier: Unifier, clock: Clock, stages: Stages):
        self._unifier = unifier
        self._stages = stages
        self._directory = unifier.directory
        self._clock = clock
        self._persons: dict[str, tuple[PersonProfile, list[CellAt]]] = {}
        # What follows from a profile holds as long as the profile is the same object.
        self._first_accounts: dict[str, tuple[PersonProfile, str]] = {}
        self._accounts: dict[str, tuple[AccountProfile, Ledger, int]] = {}
        self._lately: dict[tuple[str, str], tuple[int, object]] = {}
        self._joins = unifier.directory.account_book.joins
        self._proving: frozenset[str] | None = None
        self.domain_owners = DomainOwners(unifier.directory)
        self.segments: Judge = Unjudged()
        self.buying_groups: BuyingGroups | NoBuyingGroups = NoBuyingGroups()
        self.insight: Insight = NoInsight()
        self.protected: frozenset[str] = PROTECTED
        self.purposes = DEFAULT_PURPOSES
        # Who is told of persons that changed, and that everything is to be forgotten.
        self.heard: list[Callable[[Iterable[str]], None]] = []
        self.forgotten: list[Callable[[], None]] = []

    def find_person(self, name: Identifier) -> str | None:
        """Find a person by an identifier as people write it ("email:Ada@example.com")."""
        kind, value = kind_of(name), value_of(name)
        if kind == "person_id":
            return self._directory.find(name)
        normalised = normalise(kind, value)
        return None if normalised is None else self._directory.find(identifier(kind, normalised))

    def find_account(self, name: Identifier) -> str | None:
        """Find an account by "group_id:...", "domain:..." or "crm_account_id:..."."""
        return find_account(self._directory, self.domain_owners, name)

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

    def course_of_person(self, person_id: str, marks: Sequence[int]) -> Course:
        """Give where a person stood at each moment (ms, ascending)."""
        return course_of_person(self._person_told(*self._person(person_id)), marks)

    def course_of_account(self, group_id: str, marks: Sequence[int]) -> Course:
        """Give where an account stood at each moment (ms, ascending)."""
        return course_of_account(self._stages, self._people(group_id), marks)

    def _person_told(self, profile: PersonProfile, cells: Sequence[CellAt]) -> Told:
        email = profile.traits.get("email")
        return self._stages.person(
            profile.person_id,
            cells,
            email if isinstance(email, str) else "",
            self.first_account(profile.person_id),
            self._colleagues,
        )

    def _colleagues(self, group_id: str) -> People:
        parts = self._directory.few_members_of(group_id, MOST_NAMED)
        return {} if parts is None else self._people_of(group_id, parts)

    def _people(self, group_id: str) -> People:
        return self._people_of(group_id, self._directory.members_of(group_id))

    def _people_of(self, group_id: str, parts: Sequence[MemberShare]) -> People:
        """Give what the people of an account did there, and how far it counts, by person id."""
        cells: dict[str, list[CellAt]] = {}
        weights: dict[str, float] = {}
        for part in parts:
            if part.counts:
                weight = self._stages.weight_of(part.role, part.confidence)
                name = part.person_id
                cells.setdefault(name, []).extend(self.cells_within(part.shares))
                weights[name] = max(weight, weights.get(name, 0.0))
        together = self._directory.account_book.together(group_id)
        return {
            name: (evidence_of(account_cells(together, held)), weights[name])
            for name, held in cells.items()
        }

    def _person(self, person_id: str) -> tuple[PersonProfile, list[CellAt]]:
        self.forget_changed()
        held = self._persons.get(person_id)
        if held is None:
            held = self._persons[person_id] = self._read_person(person_id)
        return held

    def traits_of(self, person_id: str) -> JsonObject:
        """Give the traits of a person as the profile has them."""
        return self._person(person_id)[0].traits

    def cells_of(self, person_id: str) -> list[CellAt]:
        """Give the cells that make up a person; not for folding."""
        return self._person(person_id)[1]

    def passing(self, subject: str, read: Callable[[str], Read]) -> Read:
        """Read a view by the way: nothing that was not kept before is kept after."""
        name = value_of(subject)
        held = name in self._persons or name in self._accounts
        found = read(name)
        if not held:
            self.renew(subject)
            self._stages.forget(name)
        return found

    def standing_of(self, person_id: str) -> dict[str, Standing]:
        """Give what stands under every trait of a person, with its source and what it lacks."""
        registers = reading.registers(self.cells_of(person_id))
        return standing_traits(*registers, "person", self.protected)

    def is_trusted(self, group_id: str, trait: str) -> bool:
        """Tell whether a trusted sender stated a trait of an account as it is read."""
        registers = reading.registers(self.own_cells_of(group_id))
        found = standing_traits(*registers, "account").get(trait)
        return found is not None and UNVERIFIED not in found.flags

    def own_cells_of(self, group_id: str) -> list[CellAt]:
        """Give the cells of an account's own leaf, which hold its traits; not for folding."""
        together = sorted(self._directory.account_book.together(group_id))
        return self.cells_within([LeafShare(identifier("group_id", one)) for one in together])

    def cells_of_members(self, group_id: str) -> list[CellAt]:
        """Give the cells of an account's members that count for it; not for folding."""
        return self._cells_of(self._directory.members_of(group_id))

    def _cells_of(self, parts: Sequence[MemberShare]) -> list[CellAt]:
        return [cell for part in parts if part.counts for cell in self.cells_within(part.shares)]

    def account_cells_of(self, group_id: str) -> list[CellAt]:
        """Give the cells of an account's members, each once; not for folding."""
        together = self._directory.account_book.together(group_id)
        return account_cells(together, self.cells_of_members(group_id))

    def forget_all(self) -> None:
        """Drop everything that was read."""
        self._unifier.take_changed()
        self.forget_views()
        for forget in self.forgotten:
            forget()
        self.segments.everything_changed("erasure")

    def forget_views(self) -> None:
        """Read every view anew when it is next wanted."""
        self._persons.clear()
        self._first_accounts.clear()
        self._accounts.clear()
        self._lately.clear()
        self._stages.forget_all()

    def renew(self, subject: str) -> None:
        """Read one view ("person_id:...", "group_id:...") anew when it is next wanted."""
        self._persons.pop(value_of(subject), None)
        self._first_accounts.pop(value_of(subject), None)
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
        for hear in self.heard:
            hear(changed)
        joins = self._directory.account_book.joins
        if joins is not self._joins:
            self._joins = joins
            self.segments.everything_changed("merge")
            self.forget_views()
        proving = self._directory.account_book.senders().proof
        if proving != self._proving:
            if self._proving is not None:
                # Claims of a source count no more once its users are to be proven.
                self.segments.everything_changed("publish")
                self.forget_views()
            self._proving = proving
        if self.insight.is_new_day():
            self.forget_views()
        if len(self._persons) + len(self._accounts) > _KEPT:
            self.forget_views()
        for person_id in changed:
            self._persons.pop(person_id, None)
            self._first_accounts.pop(person_id, None)
            self._stages.forget(person_id)
            if self._accounts or self._stages.leaning:
                for group_id in self._directory.accounts_named_by(person_id):
                    self._accounts.pop(group_id, None)
                    for leaning in self._stages.forget_leaning(group_id):
                        self._persons.pop(leaning, None)

    def _read_person(self, person_id: str) -> tuple[PersonProfile, list[CellAt]]:
        cells = self.cells_within(self._directory.leaves_of(person_id))
        profile = self.insight.early(self._profile_of(person_id, cells), cells)
        keys = self.segments.of_person(
            profile, cells, lambda at: self._person_told(profile, cells).probabilities(at)
        )
        return msgspec.structs.replace(profile, segments=keys) if keys else profile, cells

    def _profile_of(self, person_id: str, cells: list[CellAt]) -> PersonProfile:
        return person_profile(self.facts_of(person_id), cells, purposes=self.purposes)

    def facts_of(self, person_id: str) -> PersonFacts:
        """Give what identity knows of a person now."""
        directory = self._directory
        return PersonFacts(
            person_id=person_id,
            known=directory.known(person_id),
            identifiers=directory.identifiers_of(person_id),
            accounts=directory.accounts_of(person_id),
            joined_at=lambda leaves: directory.joined_at(person_id, leaves),
            protected=self.protected,
        )

    def cells_within(self, shares: Sequence[LeafShare]) -> list[CellAt]:
        """Give the cells of some leaves on the days that count; not for folding."""
        return [
            CellAt(share.leaf, day, scope, cell, share.part_of)
            for share in shares
            for day, scope, cell in self._unifier.shelf.cells(share.leaf)
            if share.covers(day_of_place(day, cell))
        ]

    def cells_for(self, group_id: str) -> Callable[[Sequence[LeafShare]], list[CellAt]]:
        """Give what reads the cells of some leaves that count for an account."""
        together = self._directory.account_book.together(group_id)
        return lambda shares: account_cells(together, self.cells_within(shares))

    def account(self, group_id: str) -> AccountProfile:
        """Give the profile of an account: its own leaf and its members' cells."""
        profile, ledger, as_of = self._account(group_id)
        if as_of and not self._stages.is_current(profile.stage):
            stage = self.stage_of_account(group_id, as_of)
            profile = msgspec.structs.replace(profile, stage=stage)
            self._accounts[group_id] = (profile, ledger, as_of)
        return profile

    def _account(self, group_id: str) -> tuple[AccountProfile, Ledger, int]:
        self.forget_changed()
        held = self._accounts.get(group_id)
        if held is None:
            held = self._accounts[group_id] = self._read_account(group_id)
        return held

    def _account_lately(self, group_id: str) -> tuple[AccountProfile, Ledger, int]:
        """Give an account as a decision needs it: a large one may be two seconds old."""
        self.forget_changed()
        held = self._accounts.get(group_id)
        return held or self._read_lately("account", group_id, self._account)

    def _people_lately(self, group_id: str) -> People:
        """Give what the people of an account did: of a large one up to two seconds ago."""
        return self._read_lately("people", group_id, self._people)

    def _read_lately(self, what: str, group_id: str, read: Callable[[str], Read]) -> Read:
        now = self._clock.now_ms()
        held = self._lately.get((what, group_id))
        if held is not None and 0 <= now - held[0] < LATELY_MS:
            return cast(Read, held[1])
        found = read(group_id)
        if len(self._directory.account_book.leaves_in(group_id)) > LARGE_LEAVES:
            self._lately[(what, group_id)] = (now, found)
        return found

    def _read_account(self, group_id: str) -> tuple[AccountProfile, Ledger, int]:
        members = self._directory.members_of(group_id)
        own, counted = self.own_cells_of(group_id), self._cells_of(members)
        theirs = account_cells(self._directory.account_book.together(group_id), counted)
        as_of = reading.end_of_newest_day(theirs)
        facts = facts_of_account(self._directory, group_id, members, as_of - 1)
        told = self.buying_groups.told(people_of(members, self.cells_for(group_id)), as_of)
        profile = account_profile(facts, own, counted, completeness=told)
        profile = self.insight.early(profile, theirs)

        def stage(at: int) -> JsonObject:
            return self._stages.account(self._people_of(group_id, members), at).probabilities(at)

        self.segments.of_account(group_id, profile, theirs, stage)
        return profile, reading.ledger([*own, *theirs]), as_of

    def first_account(self, person_id: str) -> str:
        """Give the group id of the first account of a person that counts, "" without any."""
        # It is asked for while a profile is being read, so that it must not read one itself.
        read = self._persons.get(person_id)
        held = self._first_accounts.get(person_id)
        if read is not None and held is not None and held[0] is read[0]:
            return held[1]
        counted = self._directory.counted_accounts(person_id)
        first = counted[0] if counted else ""
        if read is not None:
            if len(self._first_accounts) >= _KEPT:
                self._first_accounts.clear()
            self._first_accounts[person_id] = read[0], first
        return first

    def accounts_of(self, person_id: str) -> tuple[Window, ...]:
        """Give the accounts of a person with who said so and when, each role once."""
        return memberships_of(self._directory.windows_of(person_id))
