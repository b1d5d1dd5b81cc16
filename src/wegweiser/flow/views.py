"""Profiles as doors and decisions ask for them."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from wegweiser.decide.facts import Facts, WithheldPart
from wegweiser.decide.list_cut import with_short_lists
from wegweiser.decide.policy import Policy
from wegweiser.decide.standing import Standing
from wegweiser.flow.activation import activation, buying_group_facts, insight_facts
from wegweiser.flow.asked_as import leaf_of
from wegweiser.flow.claimed_view import limit_on, limited
from wegweiser.flow.contact_reading import UNREADABLE, ContactReading
from wegweiser.flow.mail_addresses import mail_addresses
from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.roles import Roles
from wegweiser.flow.stages import Stages
from wegweiser.flow.subscriptions import Subscriptions
from wegweiser.flow.touched import RECENT_LEAVES
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.profile import reading
from wegweiser.profile.consent import person_consent
from wegweiser.profile.reading import CellAt, Ledger
from wegweiser.resolve.explain import Edge
from wegweiser.terms.decision import Decision, Situation
from wegweiser.terms.identity import Identifier, kind_of, value_of
from wegweiser.terms.instant import DAY_MS, day_of, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, Contact, Happening, PersonProfile
from wegweiser.terms.reserved_traits import in_both_spellings

_MOST_REMEMBERED = 50_000
# Before anything happened so many are looked at for their accounts.
ANYBODY = 200
# The learner looks at how often somebody was spoken to in so many days.
LATELY_DAYS = 30
Profile = TypeVar("Profile", PersonProfile, AccountProfile)


class Views(ProfileCache):
    """Answers what doors and decisions want to know of persons and accounts."""

    def __init__(
        self,
        unifier: Unifier,
        clock: Clock,
        stages: Stages,
        subscriptions: Subscriptions | None = None,
    ):
        """Without `subscriptions` they serve no decision."""
        super().__init__(unifier, clock, stages)
        self.subscriptions = subscriptions
        self.ledger = ContactReading(self)
        self._roles = Roles(self)
        self._lapsing: dict[str, tuple[dict[str, str], bool]] = {}
        # What follows from a profile holds as long as the profile is the same object.
        self._read_by_rules: dict[str, tuple[PersonProfile, JsonObject]] = {}
        self._leaves: dict[str, tuple[PersonProfile, tuple[str, ...]]] = {}

    def facts(self, situation: Situation, policy: Policy) -> Facts:
        """Give what a decision may know of its subject; an unknown one is legal."""
        leaf = leaf_of(situation.subject)
        person_id = self._unifier.person_of(leaf) if leaf else None
        stated = value_of(situation.subject.account)
        if person_id is None:
            nobody = Facts(context=situation.context, leaf=leaf)
            own = self.ledger.of_person(None, leaf, [])
            nobody = msgspec.structs.replace(nobody, contacts=own.contacts)
            return self._standing(self._with_unit(nobody, stated, policy), situation, policy, own)
        try:
            profile, cells = self._person(person_id)
        except UNREADABLE:
            # Without the store no consent is known, so that nothing can be said at all.
            down = Standing(down=True)
            return Facts(context=situation.context, leaf=leaf, unit_id=person_id, standing=down)
        person, withheld = self._person_for(leaf, profile, cells)
        if policy.needs_stage("person") and withheld != "other_devices":
            told = self._person_told(profile, cells)
            person["stage"] = told.probabilities(self._clock.now_ms())
        own = self.ledger.of_person(person_id, leaf, cells)
        if situation.as_of is not None:
            own = reading.ledger_at(own, situation.as_of)
        contacts = own.contacts
        lately = self._clock.now_ms() - LATELY_DAYS * DAY_MS
        facts = Facts(
            person=person,
            context=situation.context,
            consent=self._consent(person_id, profile, cells),
            contacts=contacts,
            contacts_lately=sum(one.at > lately for one in contacts),
            person_id=person_id,
            leaf=leaf,
            known=profile.known and withheld != "other_devices",
            withheld=withheld,
            unsubscribed=self._unsubscribed(profile, leaf, policy),
        )
        with_unit = self._with_unit(facts, stated or self.first_account(person_id), policy)
        if not withheld:
            today = day_of(self._clock.now_ms())
            role = self._roles.role_in(profile, with_unit.group_id, today, elsewhere=not stated)
            with_unit = msgspec.structs.replace(with_unit, role=role)
        if withheld == "other_devices" and not stated:
            # It counts for caps and arms all the same.
            with_unit = msgspec.structs.replace(with_unit, account={})
        return self._standing(with_unit, situation, policy, own)

    def _person_for(
        self, name: Identifier, profile: PersonProfile, cells: list[CellAt]
    ) -> tuple[JsonObject, WithheldPart]:
        """Give a person as rules and texts read it for whoever is named; to be changed freely."""
        person = dict(self._activation(profile))
        limit = limit_on(self._directory, name, bool(self._proving))
        if limit is None:
            return person, ""
        hidden = self.insight.resting_on(self._directory.rules.sensitive_traits)
        return limited(person, limit, cells, self.purposes, hidden)

    def _unsubscribed(self, profile: PersonProfile, leaf: str, policy: Policy) -> Sequence[str]:
        """Give the topics on which no mail may go to a person; "" stands for mails without one."""
        if not self.subscriptions:
            return ()
        topics = ("", *sorted(policy.topics))
        return (*self.subscriptions.closed(mail_addresses(profile, leaf), topics),)

    def _standing(self, facts: Facts, situation: Situation, policy: Policy, own: Ledger) -> Facts:
        person_id, group_id = facts.person_id or None, facts.group_id
        if facts.standing.down:
            return facts
        found = self.ledger.standing(situation, policy, person_id, facts.person, own, group_id)
        return facts if found == Standing() else msgspec.structs.replace(facts, standing=found)

    def _with_unit(self, facts: Facts, group_id: str, policy: Policy) -> Facts:
        group_id = self._directory.account_book.principal(group_id) if group_id else ""
        by_account = policy.bundle.arms.unit == "account" and group_id != ""
        known = group_id != "" and self._directory.account_id(group_id) is not None
        account, contacts, standing = dict[str, Json](), list[Contact](), facts.standing
        if known and policy.needs_account:
            try:
                account, contacts = self._account_facts(group_id, policy)
            except UNREADABLE:
                standing = Standing(down=True)
        whole = msgspec.structs.replace(
            facts,
            account=account,
            account_contacts=contacts,
            standing=standing,
            group_id=group_id,
            unit_id=f"group_id:{group_id}" if by_account else facts.person_id or facts.leaf,
            unit_kind="account" if by_account else "person",
        )
        return with_short_lists(whole, policy.list_paths)

    def _activation(self, profile: PersonProfile) -> JsonObject:
        """Give a profile as rules read it, made once for every reading of it; never change it."""
        held = self._read_by_rules.get(profile.person_id)
        if held is None or held[0] is not profile:
            if len(self._read_by_rules) >= _MOST_REMEMBERED:
                self._read_by_rules.clear()
            held = self._read_by_rules[profile.person_id] = profile, activation(profile)
        return held[1]

    def leaves_of(self, person_id: str) -> tuple[str, ...]:
        """Name the leaves that make up a person whose facts were just read."""
        read, held = self._persons.get(person_id), self._leaves.get(person_id)
        if read is not None and held is not None and held[0] is read[0]:
            return held[1]
        names = tuple(share.leaf for share in self._directory.leaves_of(person_id))
        if read is not None:
            if len(self._leaves) >= _MOST_REMEMBERED:
                self._leaves.clear()
            self._leaves[person_id] = read[0], names
        return names

    def forget_all(self) -> None:
        """Drop everything that was read."""
        super().forget_all()
        self._unifier.policies.forget_people()
        self.ledger.forget()
        self._roles.forget()
        self._read_by_rules.clear()
        self._leaves.clear()

    @property
    def unifier(self) -> Unifier:
        """Where persons, accounts and cells come from."""
        return self._unifier

    def now(self) -> int:
        """Give the moment (ms)."""
        return self._clock.now_ms()

    def has_account(self, group_id: str) -> bool:
        """Tell whether anything is known of an account."""
        return self._directory.account_id(group_id) is not None

    def counted_accounts(self, person_id: str) -> tuple[str, ...]:
        """Name the accounts of which a person is taken to be a member now."""
        return self._directory.counted_accounts(person_id)

    def account_ledger(self, group_id: str) -> Ledger:
        """Give the contact ledger of an account, with what is reserved for its people."""
        return self.ledger.of_account(group_id, self._account_lately(group_id)[1])

    def account_traits(self, group_id: str) -> JsonObject:
        """Give the traits of an account."""
        return self._account_lately(group_id)[0].traits

    def _account_facts(self, group_id: str, policy: Policy) -> tuple[JsonObject, list[Contact]]:
        profile = self._account_lately(group_id)[0]
        contacts = self.account_ledger(group_id).contacts
        known: JsonObject = {
            "id": group_id,
            "traits": in_both_spellings(profile.traits, "account"),
            **insight_facts(profile),
            "interests": {**profile.interests},
            "engagement": profile.engagement,
            "counters": {**profile.counters},
            "segments": [*self.segments.of_account_now(group_id)],
            **buying_group_facts(profile),
        }
        if policy.needs_stage("account"):
            now = self._clock.now_ms()
            people = self._people_lately(group_id)
            known["stage"] = self._stages.account(people, now).probabilities(now)
        return known, contacts

    def consent(self, leaf: str) -> dict[str, str]:
        """Give the present consent of the person of a leaf, by purpose."""
        person_id = self._unifier.person_of(leaf)
        return {} if person_id is None else self.consent_of(person_id)

    def consent_of(self, person_id: str) -> dict[str, str]:
        """Give the consent of a person at this moment: grants lapse without any event."""
        return self._consent(person_id, *self._person(person_id))

    def _consent(
        self, person_id: str, profile: PersonProfile, cells: Sequence[CellAt]
    ) -> dict[str, str]:
        if not (self.purposes.may_lapse or self._may_lapse(person_id, profile, cells)):
            return profile.consent
        joined_at = self.facts_of(person_id).joined_at
        now = self._clock.now_ms()
        return person_consent(reading.consents(cells), joined_at, self.purposes, now)

    def _may_lapse(self, person_id: str, profile: PersonProfile, cells: Sequence[CellAt]) -> bool:
        """Tell whether a grant ends by itself; looked up once for every reading of a profile."""
        held = self._lapsing.get(person_id)
        if held is None or held[0] is not profile.consent:
            if len(self._lapsing) > _MOST_REMEMBERED:
                self._lapsing.clear()
            held = self._lapsing[person_id] = (profile.consent, reading.may_lapse(cells))
        return held[1]

    def values(self, leaf: str) -> JsonObject:
        """Give what the texts of a message may insert about the person of a leaf."""
        person_id = self._unifier.person_of(leaf)
        if person_id is None:
            return {"person": {}}
        return {"person": self._person_for(leaf, *self._person(person_id))[0]}

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
        found = [self.person(person_id) for person_id in self._recent(limit, limit)]
        return last_seen_first(found)

    def _recent(self, limit: int, least: int) -> list[str]:
        """Name the persons touched last; after a start, before events, any will do."""
        alive = (self._directory.find(f"person_id:{name}") for name in self._unifier.touched.recent)
        newest = [name for name in alive if name is not None][-limit:]
        found = dict.fromkeys(newest)
        # Not `persons()`, which begins with a copy of all names; a few are wanted.
        for name in self._directory.names():
            if len(found) >= least:
                break
            if kind_of(name) != "group_id" and (person_id := self._directory.find(name)):
                found[person_id] = None
        return list(found)

    def recent_groups(self) -> list[str]:
        """Name the accounts of the persons whom the newest events were about, newest first."""
        persons = reversed(self._recent(RECENT_LEAVES, ANYBODY))
        links = (link for one in persons for link in self._directory.accounts_of(one))
        return list(dict.fromkeys(link.group_id for link in links))

    def written(self, at: int) -> str:
        """Write a moment as profiles do."""
        return format_instant(at)


def last_seen_first(profiles: Iterable[Profile]) -> list[Profile]:
    """Put profiles in the order in which their owners were last seen, the last one first."""
    return sorted(profiles, key=lambda one: one.last_seen_at or "", reverse=True)
