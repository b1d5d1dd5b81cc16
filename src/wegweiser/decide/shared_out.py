"""Shares the contacts that an account has left among its people, of whom each is decided already.

What a person would be told is drawn for that person alone, as always; then it is drawn who is told.
"""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from wegweiser.decide.arm_choice import floor_of
from wegweiser.decide.contact import Room
from wegweiser.decide.contact_policy import ContactPolicy
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.decide.shared_budget import settled, tellable
from wegweiser.decide.shared_slate import Exploration, Fared, Member, share
from wegweiser.decide.slate import drawn_number
from wegweiser.decide.weigh import utilities_of
from wegweiser.terms.contact import outbound
from wegweiser.terms.decision import Decision, Shared, Situation
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot

_PURPOSE = "shared"


class Draft(msgspec.Struct, frozen=True):
    """A decision that was taken and not written, with what it was asked and based on."""

    situation: Situation
    decision: Decision
    facts: Facts

    @property
    def name(self) -> str:
        """What it is known by among the others."""
        return self.decision.request_id

    @property
    def whom(self) -> str:
        """Whom it is about, who may be asked about twice."""
        return self.decision.person_id or self.decision.leaf or self.name


class SharedOut(msgspec.Struct, frozen=True):
    """Who was drawn, in that order, after whoever is sent a service message; and all decisions."""

    first: tuple[str, ...] = ()
    decisions: Mapping[str, Decision] = {}


class _Standing(msgspec.Struct, frozen=True):
    draft: Draft
    rooms: dict[str, Room]


def rooms_for(policy: Policy, facts: Facts, placement: Placement, as_of: int) -> dict[str, Room]:
    """Give the room of all caps of accounts and groups that a contact would take from."""
    if not outbound(placement):
        return {}
    return ContactPolicy(policy, facts, as_of).rooms(placement.channel)


def shared_out(
    policy: Policy,
    snapshot: Snapshot,
    placement: Placement,
    drafts: Sequence[Draft],
    stream_key: bytes,
) -> SharedOut:
    """Draw who is told, where a cap leaves fewer contacts than there are people to tell.

    Empty where everybody may be told who has something to be told: then nothing is shared. In
    which order the drafts come makes no difference.
    """
    ordered = sorted(drafts, key=lambda one: one.name)
    serving = [one for one in ordered if _is_sent(policy, one.decision, service=True)]
    normal = [one for one in ordered if _is_sent(policy, one.decision, service=False)]
    standing: dict[str, _Standing] = {}
    for one in normal:
        rooms = rooms_for(policy, one.facts, placement, one.decision.at)
        standing.setdefault(one.whom, _Standing(one, rooms))
    tight = _tight(policy, placement, list(standing.values()), serving)
    standing = {
        name: one for name, one in standing.items() if not tight.keys().isdisjoint(one.rooms)
    }
    if not standing:
        return SharedOut()
    members = [_member(policy, snapshot, placement, one, tight) for one in standing.values()]
    order, fared = _drawn(policy, placement, members, tight, stream_key)
    decisions = {one.name: one.decision for one in ordered}
    for one in normal:
        if (found := standing.get(one.whom)) is not None:
            # Who is asked about twice stands once.
            own = {name: room for name, room in tight.items() if name in found.rooms}
            how = fared[one.name] if found.draft is one else Fared((), min(own))
            shared = _told(how, len(members), own)
            decisions[one.name] = settled(policy, one.decision, one.situation, shared)
    return SharedOut((*(one.name for one in serving), *order), decisions)


def _is_sent(policy: Policy, decision: Decision, service: bool) -> bool:
    """Tell whether a decision sends a message of a class by a draw.

    Held-out people, fallbacks and whoever is told nothing take no part.
    """
    if decision.ghost or len(decision.items) != 1 or not decision.draws:
        return False
    message = policy.messages.get(decision.items[0].message)
    return message is not None and message.service == service


def _tight(
    policy: Policy,
    placement: Placement,
    standing: Sequence[_Standing],
    serving: Sequence[Draft],
) -> dict[str, Room]:
    """Give the budgets that have fewer contacts left than people; service messages go first."""
    found: dict[str, Room] = {}
    wanted: dict[str, int] = {}
    for one in standing:
        for name, room in one.rooms.items():
            wanted[name] = wanted.get(name, 0) + 1
            if name not in found or room.left < found[name].left:
                found[name] = room
    for draft in serving:
        for name, room in rooms_for(policy, draft.facts, placement, draft.decision.at).items():
            if name in found and room.counts_service:
                found[name] = msgspec.structs.replace(found[name], left=found[name].left - 1)
    return {
        name: msgspec.structs.replace(room, left=max(room.left, 0))
        for name, room in found.items()
        if room.left < wanted[name]
    }


def _member(
    policy: Policy,
    snapshot: Snapshot,
    placement: Placement,
    standing: _Standing,
    tight: Mapping[str, Room],
) -> Member:
    """Give somebody who stands for a contact, with what it is worth as the unit's arm counts."""
    decision, facts = standing.draft.decision, standing.draft.facts
    shelf = policy.shelves[placement.channel]
    whole = utilities_of(policy, decision.arm, placement, snapshot, facts, decision.at)
    places = np.flatnonzero(np.isin(shelf.indexes, tellable(decision.draws[0])))
    return Member(
        name=standing.draft.name,
        utilities=whole.of(places),
        rooms=frozenset(tight.keys() & standing.rooms.keys()),
        role=facts.role.casefold(),
        by_lot=decision.arm == "random",
    )


def _drawn(
    policy: Policy,
    placement: Placement,
    members: Sequence[Member],
    tight: Mapping[str, Room],
    stream_key: bytes,
) -> tuple[list[str], dict[str, Fared]]:
    names = "\0".join(sorted(one.name for one in members))
    # Who is left after a restart stands for another contact, with other numbers.
    request = hashlib.sha256(names.encode()).hexdigest()

    def number(round_: int) -> int:
        return drawn_number(stream_key, request, placement.key, round_, _PURPOSE)

    exploration = Exploration(floor_of(policy, placement), policy.bundle.exploration.top)
    return share(members, {name: room.left for name, room in tight.items()}, exploration, number)


def _told(fared: Fared, among: int, own: Mapping[str, Room]) -> Shared:
    """Write down how somebody fared; `own` are the budgets that the contact would take from."""
    least = min(room.left for room in own.values())
    if not fared.kept_out:
        return Shared(among, least, fared.rounds)
    room = own[fared.kept_out]
    return Shared(among, least, fared.rounds, room.cap, room.detail, room.until)
