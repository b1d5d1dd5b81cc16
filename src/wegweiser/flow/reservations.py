"""Compare and set on the contact ledger: a decision takes its room, or loses it to another."""

from collections.abc import Collection

import msgspec

from wegweiser.decide.block import Block, keeps
from wegweiser.decide.contact_policy import ContactPolicy, lift
from wegweiser.decide.policy import Policy
from wegweiser.flow.lanes import Lanes
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.terms.contact import outbound
from wegweiser.terms.decision import Ask, Decision, Item, Situation
from wegweiser.terms.profile import Contact


class Reservations:
    """Reserves the contacts of a decision in the lanes of its accounts, else of its person."""

    def __init__(self, unifier: Unifier, views: Views):
        self._unifier = unifier
        self._views = views
        self._lanes = Lanes()

    async def reserve(self, decision: Decision) -> bool:
        """Take room for everything that a decision starts, in all scopes at once, or for nothing.

        False when somebody else has taken it meanwhile: then nothing was reserved.
        """
        entries = list(self._unifier.contacts.reserved(decision))
        if not entries:
            return True
        asked_at, accounts, names = -1, [""], [""]

        def lanes() -> Collection[str]:
            # Waiting for a lane may take long enough for identity to change.
            nonlocal asked_at, accounts, names
            if asked_at != self._unifier.position:
                asked_at = self._unifier.position
                accounts, names = self._belongs_to(decision)
            return names

        async with self._lanes.held(lanes):
            if not (self._is_fresh(decision) or self._fits(decision, entries)):
                return False
            self._views.ledger.hold(decision, [entry for _, entry in entries], accounts)
            return True

    def _is_fresh(self, decision: Decision) -> bool:
        """Tell whether nothing was folded or reserved since the decision read the ledger."""
        ledger = self._views.ledger
        unread = ledger.read_for != (decision.request_id, ledger.reservations)
        return not unread and decision.profile_version == self._unifier.position

    def release(self, decision: Decision) -> None:
        """Give back what was reserved for a decision that could not be written."""
        self._views.ledger.release(decision)

    def _belongs_to(self, decision: Decision) -> tuple[list[str], list[str]]:
        """Give the accounts of a decision, and what its lanes belong to: these, else the person."""
        person_id = self._unifier.person_of(decision.leaf) if decision.leaf else None
        counted = () if person_id is None else self._views.counted_accounts(person_id)
        accounts = list(dict.fromkeys([*filter(None, [decision.group_id]), *counted]))
        names = [f"group_id:{name}" for name in accounts]
        own = person_id or decision.leaf
        return accounts, [*names, *([f"person:{own}"] if own and not counted else [])]

    def _fits(self, decision: Decision, entries: list[tuple[Item, Contact]]) -> bool:
        policy = self._unifier.policies.of(decision.bundle)
        situation = Situation(
            request_id=decision.request_id,
            subject=decision.subject,
            placements=tuple(Ask(item.placement) for item, _ in entries),
        )
        facts = self._views.facts(situation, policy)
        if decision.group_id != facts.group_id:
            # It was decided for another account than is counted now: ask again.
            return False
        contacts = ContactPolicy(policy, facts, decision.at)
        said: list[Contact] = []
        for item, entry in entries:
            outgoing = outbound(policy.placements[item.placement])
            for block in contacts.blocks(entry.channel, outgoing, said or (), caps_only=True):
                lifted = lift(block, facts.standing.orders, decision.at)
                if lifted is None and self._keeps(policy, block, item):
                    return False
            said.append(msgspec.structs.replace(entry, states=()))
        return True

    def _keeps(self, policy: Policy, block: Block, item: Item) -> bool:
        message = policy.messages.get(item.message)
        return message is not None and keeps(block, message)
