"""One decision from request to record: candidates, rules, consent, caps, arm, draw."""

import numpy as np

from wegweiser.decide.arbitrate import Utilities, arbitrate, sound
from wegweiser.decide.candidate import Candidate, Mask, pack
from wegweiser.decide.drops import not_before
from wegweiser.decide.facts import Facts
from wegweiser.decide.holdout import Arm, arm_of
from wegweiser.decide.policy import Policy, Shelf
from wegweiser.decide.probability import Selection, select, uniform
from wegweiser.decide.response import all_features
from wegweiser.decide.sieve import Sieve
from wegweiser.decide.slate import Chosen, choose, drawn_number
from wegweiser.terms.decision import Ask, Decision, Draw, Item, Situation, Status
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot
from wegweiser.terms.profile import Contact


def decide(
    policy: Policy,
    snapshot: Snapshot,
    situation: Situation,
    facts: Facts,
    as_of: int,
    decision_id: str,
    stream_key: bytes,
    body_digest: str = "",
    source_id: str = "",
) -> Decision:
    """Decide for all placements of a situation; equal arguments give an equal decision.

    `as_of` in milliseconds; `stream_key` is the secret from which the draws are made. Raises
    NotFound for an unknown placement, InputRefused for one of another channel or named twice.
    """
    run = _Run(policy, snapshot, situation, facts, as_of, decision_id, stream_key)
    for ask, placement in asked(policy, situation):
        run.fill(ask, placement)
    return run.record(body_digest, source_id)


def fall_back(
    policy: Policy,
    snapshot: Snapshot,
    situation: Situation,
    facts: Facts,
    as_of: int,
    decision_id: str,
    reason: str,
    body_digest: str = "",
    source_id: str = "",
) -> Decision:
    """Answer with the placements' fallbacks only, for example when the deadline has passed.

    A fallback still has to pass dates, stop, eligibility, consent and holdout.
    """
    run = _Run(policy, snapshot, situation, facts, as_of, decision_id, b"")
    for _, placement in asked(policy, situation):
        run.fall_back(placement)
    return run.record(body_digest, source_id, reason)


def asked(policy: Policy, situation: Situation) -> list[tuple[Ask, Placement]]:
    """Find the placements of a request; raises NotFound or InputRefused where they are wrong."""
    keys = [ask.key for ask in situation.placements]
    if len(set(keys)) < len(keys):
        raise InputRefused("bad_placement", "A placement is asked for twice; use max for slots.")
    return [(ask, _placement(policy, situation, ask.key)) for ask in situation.placements]


def _placement(policy: Policy, situation: Situation, key: str) -> Placement:
    placement = policy.placements.get(key)
    if placement is None:
        raise NotFound(f"There is no placement {key[:100]!r}; `wegweiser apply` can make one.")
    if situation.channel is not None and situation.channel != placement.channel:
        raise InputRefused(
            "bad_channel",
            f"Placement {key!r} is a slot of channel {placement.channel}, the request says "
            f"{situation.channel}; leave the channel out.",
        )
    return placement


class _Run:
    def __init__(
        self,
        policy: Policy,
        snapshot: Snapshot,
        situation: Situation,
        facts: Facts,
        as_of: int,
        decision_id: str,
        stream_key: bytes,
    ) -> None:
        self.policy = policy
        self.snapshot = snapshot
        self.situation = situation
        self.facts = facts
        self.as_of = as_of
        self.decision_id = decision_id
        self.stream_key = stream_key
        self.interests = facts.interests()
        self.arm: Arm = arm_of(policy.bundle.arms, facts.unit_id)
        self.sieve = Sieve(policy, facts, situation.locale, as_of)
        self.draws: list[Draw] = []
        self.items: list[Item] = []
        self.features: JsonObject = {}
        self.said: list[Contact] = []
        self.waiting = False

    def fill(self, ask: Ask, placement: Placement) -> None:
        """Fill the slots of one placement; an answer "nothing" ends the slate."""
        shelf = self.policy.shelves[placement.channel]
        live = self.sieve.live(shelf)
        # All filters run even where one would do, so that every reason is on record.
        survivors = live & self.sieve.lawful(shelf, placement)
        self.sieve.within_caps(shelf, ())
        if not live.any():
            self.fall_back(placement)
            return
        for slot in range(min(ask.max, placement.slots)):
            alive = survivors & self.sieve.within_caps(shelf, self.said)
            for contact in self.said:
                alive &= ~shelf.of_message(contact.message)
            if not alive.any():
                self.waiting |= slot == 0 and placement.direction == "push"
                return
            if not self.fill_slot(shelf, placement, slot, alive):
                return

    def fill_slot(self, shelf: Shelf, placement: Placement, slot: int, alive: Mask) -> bool:
        """Draw one slot among the survivors; False when the slate ends here."""
        service = alive & shelf.service
        serving = bool(service.any())
        places = np.flatnonzero(service if serving else alive)
        utilities = arbitrate(
            self.policy, placement, self.snapshot, self.facts.known, self.interests
        )
        whole = sound(utilities)
        if not whole[places].all():
            broken = shelf.indexes[places[~whole[places]]]
            self.sieve.drops.add("arbitration", "arithmetic", pack(broken))
            places = places[whole[places]]
        if not len(places):
            return False
        utilities = utilities.of(places)
        selection = self.selection(utilities, placement, serving)
        number = drawn_number(self.stream_key, self.situation.request_id, placement.key, slot)
        survivors = shelf.indexes[places]
        chosen = choose(placement.key, slot, survivors, utilities, selection, number, self.arm)
        self.draws.append(chosen.draw)
        if chosen.place is None:
            return False
        self.take(shelf.candidates[places[chosen.place]], placement, slot, chosen)
        return True

    def selection(self, utilities: Utilities, placement: Placement, serving: bool) -> Selection:
        """Compute the probabilities of the unit's arm."""
        if self.arm == "random":
            return uniform(len(utilities.mean))
        rules = self.policy.bundle.exploration
        push = placement.direction == "push"
        floor = rules.floor_push if push else rules.floor_pull
        allow_nothing = placement.allow_nothing and not serving
        return select(utilities, allow_nothing, floor, rules.top, push)

    def take(self, winner: Candidate, placement: Placement, slot: int, chosen: Chosen) -> None:
        """Note a winner; held-out units get the same draw, and only service messages."""
        message = winner.message
        name = f"{placement.key}#{slot}"
        entry = f"{self.decision_id}#{name}"
        self.said.append(Contact(self.as_of, entry, placement.channel, message.key))
        self.features[name] = {
            "message": message.key,
            "channel": placement.channel,
            "direction": placement.direction,
            "goal": message.goal,
            "weights": dict(all_features(winner, placement.key, self.facts.known, self.interests)),
        }
        if self.arm == "nothing" and not message.service:
            return
        how = chosen.draw.how
        self.items.append(
            Item(placement.key, slot, message.key, winner.variant.key, chosen.pi, how)
        )

    def fall_back(self, placement: Placement) -> None:
        """Take the placement's fallback if dates, stop, rules, consent and holdout allow it."""
        shelf = self.policy.shelves[placement.channel]
        message = self.policy.messages.get(placement.fallback)
        if message is None or (self.arm == "nothing" and not message.service):
            return
        lawful = self.sieve.timely(shelf) & self.sieve.lawful(shelf, placement)
        lawful &= shelf.of_message(message.key)
        fitting = lawful & shelf.fitting_locale(self.situation.locale)
        places = np.flatnonzero(fitting if fitting.any() else lawful)
        if len(places):
            variant = shelf.candidates[places[0]].variant.key
            self.items.append(Item(placement.key, 0, message.key, variant, 1.0, "fallback"))

    def status(self) -> Status:
        """Sum up what the answer holds."""
        if any(item.how != "fallback" for item in self.items):
            return "decided"
        if self.items:
            return "fallback"
        held = not_before(self.sieve.drops.records()) if self.waiting and not self.draws else None
        return "nothing" if held is None else "deferred"

    def record(self, body_digest: str, source_id: str, reason: str = "") -> Decision:
        """Write everything down."""
        channels = {self.policy.placements[ask.key].channel for ask in self.situation.placements}
        count = sum(len(self.policy.shelves[channel].candidates) for channel in channels)
        return Decision(
            decision_id=self.decision_id,
            request_id=self.situation.request_id,
            body_digest=body_digest,
            at=self.as_of,
            subject=self.situation.subject,
            person_id=self.facts.person_id,
            leaf=self.facts.leaf,
            group_id=self.facts.group_id,
            unit_id=self.facts.unit_id,
            unit_kind=self.facts.unit_kind,
            channel=next(iter(channels)) if len(channels) == 1 else "",
            bundle=self.policy.bundle_id,
            model=self.snapshot.number,
            arm=self.arm,
            ghost=self.arm == "nothing",
            status=self.status(),
            reason=reason,
            items=tuple(self.items),
            draws=tuple(self.draws),
            drops=self.sieve.drops.records(),
            candidates=count,
            features=self.features,
            source_id=source_id,
            locale=self.situation.locale,
            asked=tuple(ask.key for ask in self.situation.placements),
        )
