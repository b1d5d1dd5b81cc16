"""What contact policy says about a message right before it is handed over."""

from collections.abc import Sequence

import msgspec

from wegweiser.decide.block import Block, keeps
from wegweiser.decide.contact_policy import ContactPolicy, lift
from wegweiser.decide.facts import Facts
from wegweiser.decide.standing import Standing
from wegweiser.flow.contact_book import entry_id
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.terms.contact import counts_from, state_of
from wegweiser.terms.decision import Ask, Decision, Item, Situation
from wegweiser.terms.profile import Contact


class ContactChecks:
    """Asks again at the last moment: lease, caps by order of time, quiet hours, goals, bars."""

    def __init__(self, unifier: Unifier, views: Views):
        self._unifier = unifier
        self._views = views

    def check(self, decision: Decision, item: Item, now: int, begun: bool = False) -> str:
        """Say why an item must not be handed over at a moment (ms); "" when it may go.

        What was `begun` may have arrived, counts already, and is no longer bound to its lease.
        Of caps an earlier entry wins, so that two persons who turn out to be one get no more.
        """
        policy = self._unifier.policy
        placement = policy.placements.get(item.placement)
        message = policy.messages.get(item.message)
        if placement is None or message is None:
            return "the message or its placement is no more"
        situation = Situation(
            request_id=decision.request_id,
            subject=decision.subject,
            placements=(Ask(item.placement),),
        )
        facts = self._views.facts(situation, policy)
        own = next(
            (one for one in facts.contacts if one.entry_id == entry_id(decision, item)), None
        )
        reserved = own is not None and state_of(own, now) == "reserved"
        if own is not None and reserved and not begun and now >= own.lease_until > 0:
            return "the reservation has expired"
        place = own or Contact(decision.at, entry_id(decision, item), "", "")
        if own is not None and counts_from(own, now) is None:
            # Its room was given back, so that whatever took it comes before.
            place = msgspec.structs.replace(own, at=max(now, own.at), entry_id="\uffff")
        before = _before(facts, place)
        contacts = ContactPolicy(policy, before, now)
        for block in contacts.blocks(placement.channel, True):
            lifted = lift(block, facts.standing.orders, now)
            if lifted is None and keeps(block, message):
                return _told(block)
        return ""


def _told(block: Block) -> str:
    return f"{block.reason} ({block.detail})" if block.detail else block.reason


def _before(facts: Facts, own: Contact) -> Facts:
    """Leave out of all ledgers what was reserved later than an entry, and the entry itself."""
    place = (own.at, own.entry_id)

    def earlier(entries: Sequence[Contact]) -> list[Contact]:
        return [one for one in entries if (one.at, one.entry_id) < place]

    standing: Standing = msgspec.structs.replace(
        facts.standing,
        others={name: earlier(held) for name, held in facts.standing.others.items()},
        groups={name: earlier(held) for name, held in facts.standing.groups.items()},
        tenant=earlier(facts.standing.tenant),
    )
    return msgspec.structs.replace(
        facts,
        contacts=earlier(facts.contacts),
        account_contacts=earlier(facts.account_contacts),
        standing=standing,
    )
