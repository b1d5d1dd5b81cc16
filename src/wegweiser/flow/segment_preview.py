"""What a rule would give before it is saved: size, examples, consent, overlap."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

import msgspec

from wegweiser.flow.activation import account_activation, activation
from wegweiser.flow.segment_facts import lookups_of, scope_of
from wegweiser.flow.segment_judge import ReadStage
from wegweiser.flow.segment_members import Reason
from wegweiser.flow.segment_rules import Of, Segment
from wegweiser.flow.segments import GROUP, PERSON, Segments
from wegweiser.flow.stages import Stages
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.measure.statistic import wilson
from wegweiser.ports.clock import Clock
from wegweiser.profile.reading import CellAt
from wegweiser.resolve.directory import Directory
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import identifier
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile

EXACT_UP_TO = 100_000
SAMPLE = 20_000
EXAMPLES = 20


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The size with its 95 % interval (equal ends where all were counted), and who is in it.

    `unknown` is the number looked at for whom the rule had no answer, `consent` counts granted
    purposes among the members found, `overlap` those who are in another segment as well.
    `examples` are subjects, "person_id:..." or "group_id:...".
    """

    size: int
    low: int
    high: int
    exact: bool
    of_all: int
    looked_at: int
    found: int
    unknown: int
    consent: dict[str, int]
    overlap: dict[str, int]
    examples: tuple[str, ...]


class _Tally:
    """A judge that only counts; whom it looks at is not remembered."""

    def __init__(self, segment: Segment, segments: Segments, now: int):
        self._segment = segment
        self._segments = segments
        self._now = now
        self._lookups = lookups_of([segment])
        self.found = self.unknown = 0
        self.consent: Counter[str] = Counter()
        self.overlap: Counter[str] = Counter()
        self.examples: list[str] = []

    def changed(self, person_ids: Iterable[str]) -> None:
        """Take note of nothing: the live segments are told."""

    def everything_changed(self, reason: Reason) -> None:
        """Take note of nothing."""

    def of_person(
        self, profile: PersonProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Count a person."""
        subject = identifier(PERSON, profile.person_id)
        if self._counts("person", subject, activation(profile), cells, stage):
            granted = (name for name, state in profile.consent.items() if state == "granted")
            self.consent.update(granted)
        return ()

    def of_account(
        self, group_id: str, profile: AccountProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Count an account."""
        facts = account_activation(group_id, profile)
        self._counts("account", identifier(GROUP, group_id), facts, cells, stage)
        return ()

    def _counts(
        self, of: Of, subject: str, facts: JsonObject, cells: Sequence[CellAt], stage: ReadStage
    ) -> bool:
        others: list[Json] = [*self._segments.keys_of(subject)]
        scope = scope_of(of, facts, cells, stage, self._lookups, others, self._now)
        answer = self._segment.rule.evaluate(scope)
        self.unknown += answer is None
        if not answer:
            return False
        self.found += 1
        self.overlap.update(str(key) for key in others)
        if len(self.examples) < EXAMPLES:
            self.examples.append(subject)
        return True


class _Aside(Views):
    """Views that keep nothing and leave what changed to the live ones."""

    def __init__(self, unifier: Unifier, clock: Clock, stages: Stages, tally: _Tally):
        super().__init__(unifier, clock, stages)
        self.segments = tally

    def forget_changed(self) -> None:
        """Drop everything, so that the next reading is fresh."""
        self.forget_views()


async def preview(
    unifier: Unifier, clock: Clock, stages: Stages, segments: Segments, segment: Segment
) -> Preview:
    """Count whom a rule would take in, without saving it; others get their turn meanwhile.

    Up to 100,000 persons are counted one by one; of more, a sample of 20,000 by a hash of their
    names. Raises InputRefused when the rule asks for a segment that is not declared.
    """
    for key in sorted(segment.segments):
        other = segments.get(key)
        if other is None or other.of != segment.of:
            raise InputRefused("bad_rule", f"There is no segment {key!r} of {segment.of}s.", 422)
    names = list(_alive(unifier.directory, segment.of))
    exact = len(names) <= EXACT_UP_TO
    looked_at = names if exact else heapq.nsmallest(SAMPLE, names, key=_hash)
    tally = _Tally(segment, segments, clock.now_ms())
    aside, turns = _Aside(unifier, clock, stages, tally), Turns()
    for subject in looked_at:
        if aside.find_person(subject) or aside.find_account(subject):
            aside.judge(subject)
        await turns.pause()
    return _answer(tally, len(names), len(looked_at), exact)


def _answer(tally: _Tally, of_all: int, looked_at: int, exact: bool) -> Preview:
    size = low = high = tally.found
    if not exact:
        share = wilson(tally.found, looked_at)
        size = round(of_all * tally.found / looked_at)
        low, high = round(of_all * share.low), round(of_all * share.high)
    return Preview(
        size=size,
        low=low,
        high=high,
        exact=exact,
        of_all=of_all,
        looked_at=looked_at,
        found=tally.found,
        unknown=tally.unknown,
        consent=dict(tally.consent.most_common()),
        overlap=dict(tally.overlap.most_common()),
        examples=tuple(tally.examples),
    )


def _alive(directory: Directory, of: Of) -> Iterator[str]:
    if of == "person":
        return (identifier(PERSON, one) for one in directory.persons())
    return (identifier(GROUP, one) for one in directory.accounts())


def _hash(subject: str) -> int:
    return crc32(subject.encode())
