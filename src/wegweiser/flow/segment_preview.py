"""What a rule would give before it is saved: size, examples, consent, overlap, movement."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from wegweiser.flow.activation import account_activation, activation
from wegweiser.flow.insights import read_by
from wegweiser.flow.read_aside import ByOneRule
from wegweiser.flow.segment_around import GROUP, PERSON
from wegweiser.flow.segment_facts import end_of_today, lookups_of, scope_of
from wegweiser.flow.segment_judge import ReadStage
from wegweiser.flow.segment_rules import Of, Segment
from wegweiser.flow.segment_sample import Sample
from wegweiser.flow.segment_standing import Reason
from wegweiser.flow.segments import Segments
from wegweiser.flow.stages import Stages
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.measure.statistic import wilson
from wegweiser.ports.clock import Clock
from wegweiser.profile.reading import CellAt
from wegweiser.resolve.person import LeafShare
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.identity import identifier, value_of
from wegweiser.terms.instant import DAY_MS, day_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.terms.rule_fault import fault

EXAMPLES = 10
# Of so many it is asked who came and went as well, since that takes two more readings.
MOVERS = 2_000


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The size with its 95 % interval (equal ends where all were counted), and who is in it.

    `of_all` is the number of all persons or accounts (estimated from a sample), `unknown` the
    number looked at for whom the rule had no answer, `consent` counts granted purposes among the
    members found, `overlap` those who are in another segment as well. `entering` and `leaving`
    are how many would have come and gone on the last whole UTC day, from 2,000 scaled up.
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
    entering: int
    leaving: int
    examples: tuple[str, ...]


class _Judge:
    """Answers for one rule at one moment; whom it looks at is not remembered."""

    def __init__(self, segment: Segment, segments: Segments, now: int):
        self.segment = segment
        self.segments = segments
        self.now = now
        self._lookups = lookups_of([segment])
        self.answer: bool | None = None
        self.consent: dict[str, str] = {}
        self.newest_day = 0

    def changed(self, person_ids: Iterable[str]) -> None:
        """Take note of nothing: the live segments are told."""

    def everything_changed(self, reason: Reason) -> None:
        """Take note of nothing."""

    def of_person(
        self, profile: PersonProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Answer for a person."""
        facts = activation(profile)
        if self._lookups.of_accounts:
            around = self.segments.around
            facts["accounts"] = around.accounts(profile.accounts, self._lookups.of_accounts)
        self.consent = profile.consent
        self._judge("person", identifier(PERSON, profile.person_id), facts, cells, stage)
        return ()

    def of_account(
        self, group_id: str, profile: AccountProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Answer for an account."""
        facts = account_activation(group_id, profile)
        self.consent = {}
        self._judge("account", identifier(GROUP, group_id), facts, cells, stage)
        return ()

    def of_account_now(self, group_id: str) -> Collection[str]:
        """Give the segments that an account is in by the live judge: this one keeps none."""
        return self.segments.of_account_now(group_id)

    def _judge(
        self, of: Of, subject: str, facts: JsonObject, cells: Sequence[CellAt], stage: ReadStage
    ) -> None:
        others: list[Json] = [*self.segments.keys_of(subject)]
        scope = scope_of(of, facts, cells, stage, self._lookups, others, self.now)
        self.answer = self.segment.rule.evaluate(scope)
        self.newest_day = max((held.day for held in cells), default=0)


class _Aside(Views):
    """Views that keep nothing and leave what changed to the live ones; `until` cuts off days."""

    def __init__(
        self, unifier: Unifier, clock: Clock, stages: Stages, judge: _Judge, until: int | None
    ):
        super().__init__(unifier, clock, stages)
        judge.segments.around.lend(self)
        read = read_by([judge.segment.rule], judge.segment.of)
        self.insight = ByOneRule(self.insight, read, end_of_today(judge.now))
        self.segments = self.answers = judge
        self._until = until

    def forget_changed(self) -> None:
        """Drop everything, so that the next reading is fresh."""
        self.forget_views()

    def answer(self, subject: str) -> bool:
        """Tell whether the rule is true of a subject."""
        self.answers.answer = None
        self.judge(subject)
        return self.answers.answer is True

    def cells_within(self, shares: Sequence[LeafShare]) -> list[CellAt]:
        """Give the cells of some leaves, of days before the one that cuts."""
        cells = super().cells_within(shares)
        until = self._until
        return cells if until is None else [held for held in cells if held.day < until]


class _Tally:
    """Counts what a rule gives now, and what it gave before and after the last whole day."""

    def __init__(
        self,
        segment: Segment,
        view: Callable[[int, int | None], _Aside],
        now: int,
        others: _Aside | None = None,
    ):
        """`others` answer for those who do not count."""
        self._others = others
        today = day_of(now)
        self._yesterday = today - 1
        daily = segment.with_stage or segment.with_insight
        self._moves_by_time = not segment.foresight.is_timeless or daily
        self.now = view(now, None)
        self._after = view(today * DAY_MS, today)
        self._before = view((today - 1) * DAY_MS, today - 1)
        self.looked_at = self.found = self.unknown = self.entering = self.leaving = 0
        self.consent: Counter[str] = Counter()
        self.overlap: Counter[str] = Counter()
        self.examples: list[str] = []

    def look_at(self, subject: str) -> None:
        """Count one person or account."""
        answers = self.now.answers
        is_in = self.now.answer(subject)
        self.unknown += answers.answer is None
        if is_in and self._others is not None:
            is_in = not self._others.answer(subject)
        if is_in:
            self.found += 1
            self.consent.update(name for name, told in answers.consent.items() if told == "granted")
            self.overlap.update(answers.segments.keys_of(subject))
            if len(self.examples) < EXAMPLES:
                self.examples.append(subject)
        self.looked_at += 1
        if self.looked_at > MOVERS:
            return
        if self._moves_by_time or answers.newest_day >= self._yesterday:
            before, after = self._before.answer(subject), self._after.answer(subject)
            self.entering += after and not before
            self.leaving += before and not after


async def preview(
    unifier: Unifier,
    clock: Clock,
    stages: Callable[[], Stages],
    segments: Segments,
    segment: Segment,
    whole: bool = False,
    unless: Segment | None = None,
) -> Preview:
    """Count whom a rule would take in, without saving it; others get their turn meanwhile.

    Everybody is looked at where that is done within two seconds, else a sample by a hash of
    names; `whole` takes the time it needs. Whom `unless` takes in is not counted: where it has
    no answer, that is no yes. Raises InputRefused when a rule asks for a segment that is not
    declared.
    """
    for rule in (segment, *(() if unless is None else (unless,))):
        _require_segments(segments, rule)

    def view(at: int, until: int | None, rule: Segment = segment) -> _Aside:
        return _Aside(unifier, clock, stages(), _Judge(rule, segments, at), until)

    now = clock.now_ms()
    tally = _Tally(segment, view, now, None if unless is None else view(now, None, unless))
    sample = Sample(unifier.directory, segment.of) if not whole else None
    sample = sample or Sample(unifier.directory, segment.of, None)
    async for subject in sample.subjects():
        if _is_alive(tally.now, subject):
            tally.look_at(subject)
    return _answer(tally, sample)


def _require_segments(segments: Segments, rule: Segment) -> None:
    for key in sorted(rule.segments):
        other = segments.get(key)
        if other is None or other.of != rule.of:
            raise RuleRefused(rule.when, None, fault("no_segment", name=key, of=rule.of))


def _is_alive(views: Views, subject: str) -> bool:
    alive = views.find_person(subject) or views.find_account(subject)
    return alive == value_of(subject)


def _answer(tally: _Tally, sample: Sample) -> Preview:
    size = low = high = tally.found
    of_all = round(sample.drawn / sample.share) if sample.drawn else 0
    if not sample.is_whole:
        share = wilson(tally.found, sample.drawn)
        size = round(of_all * tally.found / sample.drawn)
        low, high = round(of_all * share.low), round(of_all * share.high)
    times = of_all / max(1, min(tally.looked_at, MOVERS))
    return Preview(
        size=size,
        low=low,
        high=high,
        exact=sample.is_whole,
        of_all=of_all,
        looked_at=sample.drawn,
        found=tally.found,
        unknown=tally.unknown,
        consent=dict(tally.consent.most_common()),
        overlap=dict(tally.overlap.most_common()),
        entering=round(tally.entering * times),
        leaving=round(tally.leaving * times),
        examples=tuple(tally.examples),
    )
