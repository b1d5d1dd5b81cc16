"""Rehearsal: what a draft would say now to the members of a segment, before anybody hears it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import islice
from zlib import crc32

import msgspec

from wegweiser.decide.chances import SILENCE, chances_of
from wegweiser.decide.counterfactual import without_arms
from wegweiser.decide.pipeline import decide
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.flow.asked_as import asked_as
from wegweiser.flow.segments import Segments
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.terms.contact import outbound
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Bundle
from wegweiser.terms.wrong import wrong

MOST_ASKED = 2_000
_PART = 5_000


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What is said at one placement: members expected by message ("" is nothing).

    `contacts` are those of them that we start ourselves, `deferred` members would hear later,
    `against` counts what kept candidates out, by reason. All are scaled to the whole segment.
    """

    placement: str
    channel: str
    messages: dict[str, float]
    contacts: float
    deferred: float
    against: dict[str, float]


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft says to a segment of `members` now, of whom `looked_at` were asked."""

    segment: str
    members: int
    looked_at: int
    parts: tuple[Part, ...]


class Rehearsal:
    """Decides about members of a segment by a draft; nothing is logged, reserved or shown."""

    def __init__(self, unifier: Unifier, views: Views, segments: Segments, clock: Clock):
        self._unifier = unifier
        self._views = views
        self._segments = segments
        self._clock = clock

    async def run(
        self, bundle: Bundle, snapshot: Snapshot, segment: str, placement: str = ""
    ) -> Rehearsed:
        """Ask about at most 2,000 members, always the same; raises NotFound.

        Everybody is asked about as in the main arm; an empty `placement` means all of the draft.
        """
        if self._segments.get(segment) is None:
            raise NotFound(wrong("no_segment_called", key=repr(segment[:100])))
        draft = without_arms(compile_policy(bundle))
        if placement and placement not in draft.placements:
            raise NotFound(wrong("no_placement_called", key=repr(placement[:100])))
        await self._segments.settle()
        subjects = [one async for one in self._members(segment)]
        asked = sorted(subjects, key=lambda one: crc32(one.encode()))[:MOST_ASKED]
        names = [placement] if placement else [*draft.placements]
        parts = [await self._part(draft, snapshot, name, asked, len(subjects)) for name in names]
        return Rehearsed(
            segment=segment, members=len(subjects), looked_at=len(asked), parts=tuple(parts)
        )

    async def _members(self, segment: str) -> AsyncIterator[str]:
        rows = self._segments.members.members(segment)
        while part := list(islice(rows, _PART)):
            for subject, _ in part:
                yield subject
            await asyncio.sleep(0)

    async def _part(
        self, draft: Policy, snapshot: Snapshot, name: str, asked: Sequence[str], members: int
    ) -> Part:
        people: defaultdict[str, float] = defaultdict(float)
        against: Counter[str] = Counter()
        deferred, turns = 0, Turns()
        for subject in asked:
            decision = self._decided(draft, snapshot, name, subject)
            for message, chance in _said(draft, decision).items():
                people[message] += chance
            against.update({f"{drop.step}:{drop.reason}" for drop in decision.drops})
            deferred += decision.status == "deferred"
            await turns.pause()
        scale = members / len(asked) if asked else 0.0
        placement = draft.placements[name]
        return Part(
            placement=name,
            channel=placement.channel,
            messages=_scaled(people, scale),
            contacts=_heard(people) * scale if outbound(placement) else 0.0,
            deferred=deferred * scale,
            against=_scaled(against, scale),
        )

    def _decided(self, draft: Policy, snapshot: Snapshot, name: str, subject: str) -> Decision:
        situation = Situation(
            request_id="rehearsal",
            subject=self._named(subject),
            placements=(Ask(name),),
            mode="simulate",
        )
        facts = self._views.facts(situation, draft)
        return decide(draft, snapshot, situation, facts, self._clock.now_ms(), "", b"rehearsal")

    def _named(self, subject: str) -> Subject:
        """Name a member as decisions do."""
        if kind_of(subject) == "group_id":
            return Subject(account=subject)
        return Subject(person=asked_as(self._unifier.directory, value_of(subject)) or subject)


def _said(draft: Policy, decision: Decision) -> Mapping[str, float]:
    """Give the chance of each message in the first slot; a fallback stands there for sure."""
    fallen = next((item for item in decision.items if item.how == "fallback"), None)
    if fallen is not None:
        return {fallen.message: 1.0}
    found: defaultdict[str, float] = defaultdict(float)
    for name, chance in chances_of(draft, next(iter(decision.draws), None)).items():
        found[name.partition("/")[0]] += chance
    return found


def _heard(people: Mapping[str, float]) -> float:
    return sum(number for message, number in people.items() if message != SILENCE)


def _scaled(counts: Mapping[str, float], scale: float) -> dict[str, float]:
    """Scale counts up, the largest first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return {name: number * scale for name, number in ordered}
