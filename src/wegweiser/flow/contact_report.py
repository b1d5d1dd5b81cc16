"""The contact ledger as people read it: every entry with its state, and what caps leave."""

from collections.abc import Iterable, Sequence

from wegweiser.decide.contact import LEVEL_OF_SCOPE, Rows, blocks, grouping, rows_of, used
from wegweiser.decide.contact_policy import ContactPolicy
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.flow.hand_overs import HandOvers
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.terms.contact import counts_from, state_of
from wegweiser.terms.decision import Ask, Situation, Subject
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact


class ContactReport:
    """Tells what was said to somebody, what of it counts, and what may still be said."""

    def __init__(self, unifier: Unifier, views: Views, hand_overs: HandOvers):
        self._unifier = unifier
        self._views = views
        self._hand_overs = hand_overs

    def of_person(self, person_id: str, limit: int = 100) -> JsonObject:
        """Tell the ledger of a person, newest entry first."""
        policy, now = self._unifier.policy, self._views.now()
        leaf = self._unifier.directory.leaves_of(person_id)[0].leaf
        facts = self._facts(Subject(person=leaf), policy)
        zone = facts.standing.zone
        caps: list[Json] = [
            *self._caps("person", "", rows_of(facts.contacts, now), zone),
            *self._caps("account", facts.group_id, rows_of(facts.account_contacts, now), zone),
        ]
        return {
            "as_of": format_instant(now),
            "entries": self._entries(facts.contacts, limit),
            "caps": caps,
            "held_back": self._held_back(policy, facts, now),
            "orders": self._orders(self._views.ledger.accounts_of(person_id, "")),
        }

    def of_account(self, group_id: str, limit: int = 100) -> JsonObject:
        """Tell the ledger of an account: its own contacts and those of its people."""
        now = self._views.now()
        entries = self._views.account_ledger(group_id).contacts
        return {
            "as_of": format_instant(now),
            "entries": self._entries(entries, limit),
            "caps": [*self._caps("account", group_id, rows_of(entries, now))],
            "held_back": [],
            "orders": self._orders([group_id]),
        }

    def _orders(self, accounts: Sequence[str]) -> list[Json]:
        kinds = ("override", "do_not_contact", "legal_hold")
        return [
            {
                "order_id": order.order_id,
                "kind": order.kind,
                "level": order.level or None,
                "by": order.by,
                "reason": order.reason,
                "until": format_instant(order.until) if order.until else None,
            }
            for order in self._views.ledger.orders_of(accounts, kinds)
        ]

    def _facts(self, subject: Subject, policy: Policy) -> Facts:
        keys = tuple(Ask(key) for key in policy.placements)
        return self._views.facts(Situation(request_id="", subject=subject, placements=keys), policy)

    def _entries(self, entries: Iterable[Contact], limit: int) -> list[Json]:
        now = self._views.now()
        newest = sorted(entries, reverse=True)[:limit]
        return [_entry(entry, self._state(entry, now), now) for entry in newest]

    def _state(self, entry: Contact, now: int) -> str:
        """Name the state of an entry; of what nobody has reported yet the hand-over tells it."""
        state = state_of(entry, now)
        if state != "reserved" or entry.direction != "push":
            return state
        return self._hand_overs.state(entry.entry_id) or state

    def _caps(self, scope: str, name: str, rows: Rows, zone: str = "") -> Iterable[Json]:
        now = self._views.now()
        for cap in self._unifier.policy.bundle.caps:
            if cap.scope == scope and (name or scope == "person"):
                yield _left(cap, name, rows, now, zone)

    def _held_back(self, policy: Policy, facts: Facts, now: int) -> list[Json]:
        contacts = ContactPolicy(policy, facts, now)
        told: dict[tuple[str, str, int | None], list[str]] = {}
        for channel in sorted({part.channel for part in policy.placements.values()}):
            for block in contacts.blocks(channel, channel not in ("web", "app", "social")):
                reason = (block.reason, block.detail or block.message or "", block.until)
                told.setdefault(reason, []).append(channel)
        return [
            {
                "reason": reason,
                "what": what or None,
                "channels": [*channels],
                "until": None if until is None else format_instant(until),
            }
            for (reason, what, until), channels in told.items()
        ]


def _entry(entry: Contact, state: str, now: int) -> JsonObject:
    counts = counts_from(entry, now)
    states: JsonObject = {name: format_instant(at) for name, at in entry.states}
    return {
        "entry_id": entry.entry_id,
        "decision_id": entry.entry_id.partition("/")[0],
        "at": format_instant(entry.at),
        "channel": entry.channel,
        "direction": entry.direction or None,
        "topic": entry.topic or None,
        "message": entry.message,
        "class": "service" if entry.service else "normal",
        "state": state,
        "states": states,
        "counts_from": None if counts is None else format_instant(counts),
        "lease_until": format_instant(entry.lease_until) if entry.lease_until else None,
    }


def _left(cap: Cap, name: str, rows: Rows, now: int, zone: str) -> JsonObject:
    channel = cap.channels[0] if cap.channels else ""
    per = grouping(cap)
    used_up: Sequence[Json] = [
        {
            "what": block.message or ",".join(block.topics) or None,
            "until": None if block.until is None else format_instant(block.until),
        }
        for block in blocks([cap], channel, {cap.scope: [(name, rows)]}, now, zone)
    ]
    count = used(cap, rows, now, zone)
    return {
        "cap": cap.key,
        "level": 8 if per == "message" else LEVEL_OF_SCOPE[cap.scope],
        "scope": f"{cap.scope} {name}".strip(),
        "limit": cap.limit,
        "used": count,
        "left": None if per else max(0, cap.limit - count),
        "used_up": [*used_up],
    }
