"""One decision from request to record: candidates, rules, consent, caps, arm, draw."""

from collections.abc import Callable

import numpy as np

from wegweiser.decide.arbitrate import Utilities, seen_in
from wegweiser.decide.arm_choice import REPLACED, floor_of, weigh
from wegweiser.decide.asked import asked, deadline_of
from wegweiser.decide.candidate import Candidate, Mask
from wegweiser.decide.contest import contest_of
from wegweiser.decide.deferral import put_off
from wegweiser.decide.drops import not_before
from wegweiser.decide.facts import Facts
from wegweiser.decide.fallback import first_lawful, keys_of
from wegweiser.decide.figures import likeliest_stage
from wegweiser.decide.holdout import Arm, arm_of, epoch_of, readable
from wegweiser.decide.noted import (
    guards_on,
    increment_word,
    noted,
    noted_alone,
    noted_leanings,
)
from wegweiser.decide.policy import Numbers, Policy, Shelf
from wegweiser.decide.probability import GRID
from wegweiser.decide.reach import reached, standing
from wegweiser.decide.sieve import Sieve
from wegweiser.decide.slate import Chosen, draw, drawn_number, key_id
from wegweiser.decide.slot_masks import alike
from wegweiser.terms.contact import outbound
from wegweiser.terms.decision import (
    ARMS_UNREADABLE,
    FALLBACK_WITHHELD,
    Ask,
    Decision,
    Draw,
    How,
    Item,
    Situation,
    Status,
)
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import ALONE
from wegweiser.terms.profile import Contact

DEADLINE = "deadline"
UNLOGGED = "unlogged"
# A new kind of draw needs another stream, so that one request never draws the same number twice.
_PURPOSES = ("select", "select.1")


def no_time() -> float:
    """Say that no time has passed, where nobody waits for the answer."""
    return 0.0


# A chance of 0 or 1 is none of arithmetic's faults; what is no number drops its candidate.
@np.errstate(over="ignore", divide="ignore", invalid="ignore")
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
    elapsed: Callable[[], float] = no_time,
) -> Decision:
    """Decide for all placements of a situation; equal arguments give an equal decision.

    `as_of` in milliseconds; `stream_key` is the secret from which the draws are made. `elapsed`
    gives the milliseconds since the request came in: once the deadline has passed the answer is
    the fallback. Raises NotFound for an unknown placement, InputRefused for one of another
    channel or named twice.
    """
    places = asked(policy, situation)
    deadline_ms = deadline_of(situation, places)
    run = _Run(policy, snapshot, situation, facts, as_of, decision_id, stream_key)
    try:
        for ask, placement in places:
            run.fill(ask, placement, lambda step: _still_timely(run, step, elapsed, deadline_ms))
        return run.record(body_digest, source_id)
    except _Late:
        late = _Run(policy, snapshot, situation, facts, as_of, decision_id, stream_key)
        for _, placement in places:
            late.fall_back(placement)
        late.timings = run.timings
        return late.record(body_digest, source_id, DEADLINE)


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

    A fallback still has to pass dates, stop, eligibility, consent and holdout. What could not be
    logged is sent to nobody, so placements that send get none then.
    """
    run = _Run(policy, snapshot, situation, facts, as_of, decision_id, b"")
    for _, placement in asked(policy, situation):
        if reason != UNLOGGED or placement.direction == "pull":
            run.fall_back(placement)
    return run.record(body_digest, source_id, reason)


class _Late(Exception):
    pass


def _still_timely(run: "_Run", step: str, elapsed: Callable[[], float], deadline_ms: float) -> None:
    """Note when a step ended; raises _Late once the deadline has passed."""
    spent = elapsed()
    if spent:
        run.timings[step] = int(spent * 1000)
    if spent > deadline_ms:
        raise _Late


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
        self.seen = seen_in(policy, snapshot, facts, as_of)
        self.increment = self.learner = ""
        self.guards: list[str] = []
        self.flags: list[str] = []
        self.factors: dict[str, float] = {}
        self.context: Numbers | None = None
        self.timings: dict[str, int] = {}
        self.arm: Arm = self.arm_now()
        self.sieve = Sieve(policy, facts, situation.locale, as_of)
        self.draws: list[Draw] = []
        self.items: list[Item] = []
        self.features: JsonObject = {}
        self.said: list[Contact] = []
        self.withheld = self.fallback_withheld = False
        self.waiting = False
        self.not_before = 0

    def arm_now(self) -> Arm:
        """Give the arm of the unit, or of the one that was triggered first before a merge."""
        arms = self.policy.bundle.arms
        if not readable(arms):
            self.flags.append(ARMS_UNREADABLE)
            return "main"
        unit = self.facts.arm_unit or self.facts.unit_id
        if unit != self.facts.unit_id:
            self.flags.append("arm_kept")
        return arm_of(arms, unit, self.as_of)

    def fill(self, ask: Ask, placement: Placement, done: Callable[[str], None]) -> None:
        """Fill the slots of one placement; an answer "nothing" ends the slate."""
        shelf = self.policy.shelves[placement.channel]
        done("facts")
        live = standing(self.sieve, shelf, placement)
        # All filters run even where one would do, so that every reason is on record.
        survivors = live & self.sieve.lawful(shelf, placement, self.arm != "eligible_only")
        done("rules")
        survivors &= reached(self.sieve, shelf, placement, self.snapshot)
        self.sieve.within_caps(shelf, (), placement)
        done("contact")
        if not live.any():
            self.fall_back(placement, of_messages=True)
            return
        utilities = self.utilities(placement)
        for slot in range(min(ask.max, placement.slots)):
            alive = survivors & self.sieve.within_caps(shelf, self.said, placement)
            for contact in self.said:
                alive &= ~shelf.of_message(contact.message)
            if not alive.any():
                self.waiting |= slot == 0 and placement.direction == "push"
                break
            place = self.fill_slot(shelf, placement, slot, alive, utilities)
            done("draw")
            if place is None:
                break
            survivors &= ~alike(self.policy, shelf, placement, place)

    def utilities(self, placement: Placement) -> Utilities:
        """Weigh all candidates of a placement as the unit's arm does."""
        weighed = weigh(
            self.policy, self.arm, placement, self.snapshot, self.facts, self.as_of, self.seen
        )
        self.factors |= weighed.factors
        self.context = weighed.context
        self.learner = weighed.learner or self.learner
        return weighed.utilities

    def fill_slot(
        self, shelf: Shelf, placement: Placement, slot: int, alive: Mask, utilities: Utilities
    ) -> int | None:
        """Draw one slot among the survivors; gives the winner's place, None ends the slate."""
        contest = contest_of(self.policy, self.arm, placement, alive, utilities, self.context)
        self.sieve.drops.add("arbitration", "arithmetic", contest.unsound)
        if contest.lots is None or contest.prospects is None:
            return None
        number = drawn_number(
            self.stream_key,
            self.situation.request_id,
            placement.key,
            slot,
            _PURPOSES[min(self.situation.attempt, 1)],
        )
        how: How | None = "arm" if self.arm in REPLACED else None
        explored = self.explored(placement, contest.scored)
        chosen = draw(
            placement.key, slot, contest.lots, number, how, explored, contest.prospects.of
        )
        self.draws.append(chosen.draw)
        if chosen.place is None:
            return None
        place = int(contest.places[chosen.place])
        self.take(shelf.candidates[place], placement, slot, chosen)
        return place

    def explored(self, placement: Placement, scored: bool) -> tuple[float, int, int] | None:
        """Give share, width and grid of the exploration of a draw; None where there is no floor.

        `scored` tells that a model without doubt stands in.
        """
        if self.arm in ("random", "one_best"):
            if self.arm == "one_best":
                self.flag(f"not_evaluable:{placement.key}")
            return None
        if scored:
            # Inverse gap weighting explores by itself; there is no floor in it.
            return None
        floor = floor_of(self.policy, placement)
        if not floor:
            self.flag(f"not_evaluable:{placement.key}")
        return floor, self.policy.bundle.exploration.top, GRID

    def flag(self, name: str) -> None:
        """Say something about the whole decision, once."""
        if name not in self.flags:
            self.flags.append(name)

    def take(self, winner: Candidate, placement: Placement, slot: int, chosen: Chosen) -> None:
        """Note a winner; held-out units get the same draw, and only service messages."""
        message = winner.message
        name = f"{placement.key}#{slot}"
        entry = f"{self.decision_id}#{name}"
        self.said.append(
            Contact(
                self.as_of,
                entry,
                placement.channel,
                message.key,
                topic=message.topic,
                direction="push" if outbound(placement) else "pull",
                service=message.service,
            )
        )
        # The learner hears once for each decision what its subject leans to.
        leanings = {} if self.features else noted_leanings(self.seen, self.policy.topics)
        self.features[name] = noted(winner, placement, self.seen) | leanings
        self.increment = increment_word(winner, self.snapshot) or self.increment
        self.guards += guards_on(winner, self.snapshot)
        if self.arm == "nothing" and not message.service:
            self.withheld = True
            return
        how = chosen.draw.how
        self.items.append(
            Item(placement.key, slot, message.key, winner.variant.key, chosen.pi, how)
        )

    def fall_back(self, placement: Placement, of_messages: bool = False) -> None:
        """Take a fallback that dates, stop, rules, consent and holdout allow."""
        shelf = self.policy.shelves[placement.channel]
        keys = keys_of(shelf, placement, of_messages)
        if not keys:
            return
        lawful = self.sieve.timely(shelf) & self.sieve.lawful(shelf, placement)
        lawful &= reached(self.sieve, shelf, placement, self.snapshot)
        held_out = self.arm == "nothing"
        locale = self.situation.locale
        item = first_lawful(self.policy, placement, keys, lawful, locale, held_out)
        if item is not None:
            self.items.append(item)
        elif held_out:
            others = first_lawful(self.policy, placement, keys, lawful, locale, False)
            self.fallback_withheld |= others is not None

    def status(self, reason: str) -> Status:
        """Sum up what the answer holds."""
        if any(item.how != "fallback" for item in self.items):
            return "decided"
        if self.items or reason:
            return "fallback"
        held = not_before(self.sieve.drops.records()) if self.waiting and not self.draws else None
        rules = self.policy.bundle.contact_rules
        status, self.not_before = put_off(held, self.situation, self.as_of, rules)
        return status

    def record(self, body_digest: str, source_id: str, reason: str = "") -> Decision:
        """Write everything down."""
        if self.sieve.out_of_time:
            self.flag("rules_out_of_time")
        if self.fallback_withheld and not any(draw.is_of_message for draw in self.draws):
            # Whoever else is asked about gets a fallback alone, which triggers nobody's test.
            self.flag(FALLBACK_WITHHELD)
        if self.arm == "nothing" and self.draws:
            self.features[ALONE] = noted_alone(self.seen)
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
            ghost=self.withheld or (self.arm == "nothing" and not self.items),
            status=self.status(reason),
            reason=reason,
            items=tuple(self.items),
            draws=tuple(self.draws),
            drops=self.sieve.drops.records(),
            candidates=count,
            features=self.features,
            increment=self.increment,
            learner=self.learner,
            guard=tuple(dict.fromkeys(self.guards)),
            source_id=source_id,
            locale=self.situation.locale,
            asked=tuple(ask.key for ask in self.situation.placements),
            slots=tuple(ask.max for ask in self.situation.placements),
            stage=likeliest_stage(self.facts.person),
            overrides=self.sieve.lifted,
            not_before=self.not_before,
            deferral=self.situation.deferral,
            lease_hours=self.situation.lease_hours,
            attempt=self.situation.attempt,
            epoch=epoch_of(self.policy.bundle.arms, self.as_of),
            key_id=key_id(self.stream_key),
            flags=tuple(self.flags),
            factors=self.factors,
            timings=self.timings,
        )
