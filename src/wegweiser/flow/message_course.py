"""What became of one message in the newest decisions: chosen, held back, outdrawn, or dropped."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from wegweiser.decide.candidate import unpack
from wegweiser.flow.outcomes import OutcomeBook
from wegweiser.flow.policies import PolicyBook
from wegweiser.flow.turns import Turns
from wegweiser.terms.decision import Decision

PER_TURN = 50
# A decision for another channel, place or language says nothing about the message.
NOT_ASKED = "candidates"


class Part(msgspec.Struct):
    """Decisions for a message on one channel or at one stage, and what followed in them."""

    decisions: int = 0
    people: int = 0
    seen: int = 0
    clicked: int = 0


class Course(msgspec.Struct):
    """`looked_at` decisions; `dropped` counts those in which something kept it back, by reason.

    `outdrawn` are those in which it was weighed and another was drawn, `held_back` those in which
    it would have been shown, had the unit not been in the control group.
    """

    looked_at: int = 0
    chosen: int = 0
    held_back: int = 0
    outdrawn: int = 0
    dropped: dict[str, int] = {}
    channels: dict[str, Part] = {}
    stages: dict[str, Part] = {}


class Courses:
    """Reads the course of a message from decisions and outcomes; lets others run meanwhile."""

    def __init__(self, policies: PolicyBook, outcomes: OutcomeBook):
        self._policies = policies
        self._outcomes = outcomes

    async def course(self, key: str, decisions: Iterable[Decision]) -> Course:
        """Follow a message through decisions, in any order."""
        course, reasons, turns = Course(), Counter[str](), Turns()
        people: dict[tuple[str, str], set[str]] = {}
        for number, decision in enumerate(decisions):
            if number % PER_TURN == 0:
                await turns.pause()
            course.looked_at += 1
            chosen = [item.variant for item in decision.items if item.message == key]
            if chosen:
                course.chosen += 1
                self._count(course, people, decision, key, chosen[0])
            elif self._held_back(decision, key):
                course.held_back += 1
            elif self._weighed(decision, key):
                course.outdrawn += 1
            else:
                reasons.update(self._reasons(decision, key))
        course.dropped = dict(reasons.most_common())
        return course

    def _indexes(self, decision: Decision, key: str) -> set[int]:
        candidates = self._policies.of(decision.bundle).candidates
        return {at for at, one in enumerate(candidates) if one.message.key == key}

    def _held_back(self, decision: Decision, key: str) -> bool:
        """Tell whether it was drawn for a unit of the control group: of this no item is written."""
        ours = self._indexes(decision, key) if decision.ghost else set()
        return any(draw.chosen in ours for draw in decision.draws)

    def _weighed(self, decision: Decision, key: str) -> bool:
        ours = self._indexes(decision, key)
        return any(ours & set(unpack(draw.candidates)) for draw in decision.draws)

    def _reasons(self, decision: Decision, key: str) -> set[str]:
        """Name what kept it back, each reason once; nothing where it was not asked at all."""
        ours = self._indexes(decision, key)
        return {
            f"{drop.step}:{drop.reason}"
            for drop in decision.drops
            if drop.step != NOT_ASKED and ours & set(unpack(drop.candidates))
        }

    def _count(
        self,
        course: Course,
        people: dict[tuple[str, str], set[str]],
        decision: Decision,
        key: str,
        variant: str,
    ) -> None:
        shown = self._policies.of(decision.bundle).by_id.get(f"{key}/{variant}")
        channel = shown.variant.channel if shown else decision.channel
        kinds = {one.kind for one in self._outcomes.of_decision(decision.decision_id)}
        for split, parts, name in (
            ("channel", course.channels, channel),
            ("stage", course.stages, decision.stage),
        ):
            part = parts.setdefault(name, Part())
            who = people.setdefault((split, name), set())
            who.add(decision.person_id or decision.leaf)
            part.decisions += 1
            part.people = len(who)
            part.seen += "seen" in kinds
            part.clicked += "click" in kinds
