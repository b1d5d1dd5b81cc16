"""The contact ledger as decisions read it: cells, and what is reserved and not yet in a cell."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from wegweiser.decide.policy import Policy
from wegweiser.decide.standing import Standing
from wegweiser.flow.contact_accounts import group_ledgers, is_certain, told_by_role
from wegweiser.flow.contact_book import LEASE_MS
from wegweiser.flow.contact_tenant import TenantLedger
from wegweiser.profile import reading
from wegweiser.profile.reading import CellAt, Ledger
from wegweiser.terms.contact import outbound
from wegweiser.terms.contact_order import ContactOrder
from wegweiser.terms.decision import Decision, Situation
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import Contact
from wegweiser.terms.record import ERASED

if TYPE_CHECKING:
    from wegweiser.flow.views import Views

# Longer than anything that decisions read may be old (large accounts: two seconds).
_HELD_MS = 10_000
_MOST_KEPT = 20_000
# What says that the store cannot be read now.
UNREADABLE = (EngineBroken, ComeAgain, OSError)
_OF_ACCOUNTS = ("account", "group")
_EMPTY = Ledger([], {})


class Reserved(msgspec.Struct, frozen=True):
    """The entries of one decision that hold room before any cell shows them."""

    decision_id: str
    leaf: str
    accounts: frozenset[str]
    entries: tuple[Contact, ...]
    at: int


class ContactReading:
    """Reads ledgers of persons and accounts; whatever is reserved counts from that moment."""

    def __init__(self, views: "Views"):
        self._views = views
        self._unifier = views.unifier
        self._reserved: dict[str, Reserved] = {}
        self._tenant = TenantLedger(self._unifier)
        self._kept: dict[str, tuple[list[CellAt], Ledger]] = {}
        # Grows with every reservation made or given back.
        self.reservations = 0
        # For whom was read last, and how many reservations there were then.
        self.read_for = ("", 0)
        # The price of attention by channel, as the last hour made it.
        self.prices: Mapping[str, float] = {}

    def hold(self, decision: Decision, entries: Sequence[Contact], accounts: Iterable[str]) -> None:
        """Let entries count from now on, until their cells are surely read again."""
        self._let_go(decision.at)
        held = Reserved(
            decision.decision_id, decision.leaf, frozenset(accounts), tuple(entries), decision.at
        )
        self._reserved[decision.decision_id] = held
        self.reservations += 1

    def release(self, decision: Decision) -> None:
        """Give back what a decision held that was never written."""
        if self._reserved.pop(decision.decision_id, None) is not None:
            self.reservations += 1

    def _let_go(self, now: int) -> None:
        folded = self._unifier.decisions
        for name, held in list(self._reserved.items()):
            age = abs(now - held.at)
            if age > LEASE_MS or (age > _HELD_MS and folded.get(name) is not None):
                del self._reserved[name]

    def forget(self) -> None:
        """Drop what was read, and what was held for people who are erased."""
        self._kept.clear()
        for name in list(self._reserved):
            decision = self._unifier.decisions.get(name)
            if decision is not None and decision.leaf.startswith(ERASED):
                del self._reserved[name]

    def of_person(self, person_id: str | None, leaf: str, cells: list[CellAt]) -> Ledger:
        """Give the ledger of a person; cells that were read before are not joined again."""
        own = self._of_cells(person_id, cells) if person_id is not None else _EMPTY
        if not self._reserved:
            return own
        who = self._unifier.person_of
        more = [
            entry
            for held in self._reserved.values()
            if held.leaf == leaf or (person_id is not None and who(held.leaf) == person_id)
            for entry in held.entries
        ]
        return _with(own, more)

    def _of_cells(self, person_id: str, cells: list[CellAt]) -> Ledger:
        kept = self._kept.get(person_id)
        if kept is None or kept[0] is not cells:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            kept = self._kept[person_id] = (cells, reading.ledger(cells))
        return kept[1]

    def reserved_for(self, person_ids: Collection[str]) -> list[Contact]:
        """Give what is reserved for some persons."""
        who = self._unifier.person_of
        return [
            entry
            for held in self._reserved.values()
            if who(held.leaf) in person_ids
            for entry in held.entries
        ]

    def of_account(self, group_id: str, own: Ledger) -> Ledger:
        """Add to the ledger of an account what is reserved for its people."""
        held = [one for one in self._reserved.values() if group_id in one.accounts]
        return _with(own, [entry for one in held for entry in one.entries]) if held else own

    def standing(
        self,
        situation: Situation,
        policy: Policy,
        person_id: str | None,
        person: Mapping[str, Json],
        own: Ledger,
        group_id: str,
    ) -> Standing:
        """Give how a subject stands towards contacts, as far as the policy asks for it."""
        self.read_for = (situation.request_id, self.reservations)
        placements = [policy.placements.get(ask.key) for ask in situation.placements]
        pushes = any(part is not None and outbound(part) for part in placements)
        bundle = policy.bundle
        wishes = "preferences" in _traits(person)
        if not (pushes or wishes or bundle.caps or policy.suppresses_goals or self.prices):
            return Standing()
        try:
            return self._standing(policy, person_id, person, own, group_id, pushes)
        except UNREADABLE:
            return Standing(down=True)

    def _standing(
        self,
        policy: Policy,
        person_id: str | None,
        person: Mapping[str, Json],
        own: Ledger,
        group_id: str,
        pushes: bool,
    ) -> Standing:
        bundle = policy.bundle
        scopes = {cap.scope for cap in bundle.caps}
        by_account = pushes or policy.suppresses_goals or not scopes.isdisjoint(_OF_ACCOUNTS)
        known = self._known(person_id, group_id) if by_account else []
        traits = _traits(person)
        found = Standing(
            others=self._others(known, group_id) if "account" in scopes else {},
            groups=group_ledgers(self._views, person_id, known) if "group" in scopes else {},
            tenant=self._tenants(policy) if "tenant" in scopes else (),
            reached=own.reached if policy.suppresses_goals else {},
            account_reached=self._reached(known) if policy.suppresses_goals else {},
            zone=_text(traits, "timezone", "time_zone"),
            refused=_refused(traits),
            certain=not (by_account and group_id) or self._is_certain(policy, person_id, group_id),
            prices=self.prices,
        )
        return (
            self._outbound(found, policy, person_id, known, group_id, traits) if pushes else found
        )

    def _outbound(
        self,
        found: Standing,
        policy: Policy,
        person_id: str | None,
        known: Sequence[str],
        group_id: str,
        traits: JsonObject,
    ) -> Standing:
        rules, sequences = policy.bundle.contact_rules, policy.bundle.sequences
        told, roles = told_by_role(self._views, person_id, group_id) if sequences else ({}, ())
        return msgspec.structs.replace(
            found,
            country=_country(traits),
            bars=self._bars(known),
            owned={
                name: trait
                for name in known
                for trait in rules.owned_by
                if _is_true(self._views.account_traits(name).get(trait))
            },
            orders=tuple(self.orders_of(known, ("override",))),
            roles=roles,
            told=told,
        )

    def _known(self, person_id: str | None, group_id: str) -> list[str]:
        accounts = self.accounts_of(person_id, group_id)
        return [name for name in accounts if self._views.has_account(name)]

    def _others(self, known: Sequence[str], group_id: str) -> dict[str, list[Contact]]:
        return {
            name: self._views.account_ledger(name).contacts for name in known if name != group_id
        }

    def _reached(self, known: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for name in known:
            for goal, at in self._views.account_ledger(name).reached.items():
                found[goal] = min(at, found.get(goal, at))
        return found

    def _is_certain(self, policy: Policy, person_id: str | None, group_id: str) -> bool:
        least = policy.bundle.contact_rules.match_confidence
        return is_certain(self._views, person_id, group_id, least)

    def accounts_of(self, person_id: str | None, group_id: str) -> list[str]:
        """Name the accounts whose rules apply: the person's, and the one that was stated."""
        counted = () if person_id is None else self._views.counted_accounts(person_id)
        return list(dict.fromkeys([*([group_id] if group_id else []), *counted]))

    def orders_of(self, accounts: Iterable[str], kinds: Sequence[str]) -> Iterable[ContactOrder]:
        """Yield the orders about some accounts that are in force now, oldest first."""
        wanted, now = frozenset(accounts), self._views.now()
        for order in list(self._unifier.contacts.orders.values()):
            if order.kind in kinds and order.account in wanted and order.holds(now):
                yield order

    def _bars(self, accounts: Sequence[str]) -> tuple[str, ...]:
        now = self._views.now()
        kinds = {
            order.kind: None
            for order in self._unifier.contacts.orders.values()
            if order.kind != "override" and order.holds(now)
            if order.account in accounts
        }
        for name in accounts:
            traits = self._views.account_traits(name)
            kinds |= {
                bar: None for bar in ("do_not_contact", "legal_hold") if _is_true(traits.get(bar))
            }
        return tuple(kinds)

    def _tenants(self, policy: Policy) -> list[Contact]:
        start = self._views.now() - policy.longest_window_ms
        more = [entry for held in self._reserved.values() for entry in held.entries]
        return reading.joined_contacts([*self._tenant.since(start), *more])


def _with(own: Ledger, more: Sequence[Contact]) -> Ledger:
    if not more:
        return own
    return Ledger(reading.joined_contacts([*own.contacts, *more]), own.reached)


def _traits(person: Mapping[str, Json]) -> JsonObject:
    traits = person.get("traits")
    return traits if isinstance(traits, dict) else {}


def _text(traits: JsonObject, *names: str) -> str:
    found = (traits.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value), "")


def _country(traits: JsonObject) -> str:
    address = traits.get("address")
    inside = address if isinstance(address, dict) else {}
    text = _text(traits, "country", "country_code") or _text(inside, "country", "country_code")
    return text.upper() if len(text) == 2 else ""


def _refused(traits: JsonObject) -> tuple[str, ...]:
    """Read what a person does not want: `preferences: {topics: {security: false}}`."""
    preferences = traits.get("preferences")
    if not isinstance(preferences, dict):
        return ()
    found = []
    for kind, plural in (("topic", "topics"), ("channel", "channels")):
        stated = preferences.get(plural)
        for name, wanted in sorted(stated.items()) if isinstance(stated, dict) else ():
            if wanted is False:
                found.append(f"{kind}:{name}")
    return tuple(found)


def _is_true(value: Json) -> bool:
    """Tell whether a trait says yes; systems write it in many ways."""
    if isinstance(value, str):
        return value.strip().lower() in ("true", "yes", "1", "y", "on", "open")
    return value is True or value == 1
