"""What other rules of identity would change, found without changing anything."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.flow.journeys import JourneyBook
from wegweiser.flow.segments import Segments
from wegweiser.flow.supposed import Supposed, each_person, names_of, persons_of
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.resolve.directory import Directory
from wegweiser.terms.identity import Identifier
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.json import Json, JsonObject

EXAMPLES = 20
NAMES_IN_EXAMPLE = 20


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of what would change; `run_ms` is how long it took to find out.

    A merge is a person made of several of now, a split one of now that is several then. Enters
    and leaves are by segment, conflicts by purpose. `examples` hold up to 20 of each.
    """

    persons_before: int
    persons_after: int
    merges: int
    splits: int
    leaves_moved: int
    segment_enters: dict[str, int]
    segment_leaves: dict[str, int]
    conflicts: dict[str, int]
    looked_at: int
    run_ms: int
    examples: dict[str, list[Json]] = {}

    def counts(self) -> JsonObject:
        """Give everything but the examples."""
        found: JsonObject = msgspec.to_builtins(self)
        return {name: value for name, value in found.items() if name != "examples"}


class _Tally:
    def __init__(self) -> None:
        self.before: set[str] = set()
        self.after: set[str] = set()
        self.merges = self.splits = self.leaves_moved = 0
        self.enters: Counter[str] = Counter()
        self.leaves: Counter[str] = Counter()
        self.conflicts: Counter[str] = Counter()
        self.examples: dict[str, list[Json]] = {}

    def example(self, name: str, found: JsonObject) -> None:
        held = self.examples.setdefault(name, [])
        if len(held) < EXAMPLES:
            held.append(found)


class TrialRun:
    """Goes from person to person, and lets others run in between."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        segments: Segments,
        journeys: JourneyBook,
        clock: Clock,
        rules: IdentityRules,
    ):
        self._unifier = unifier
        self._now = unifier.directory
        self._before = views
        self._segments = segments
        self._journeys = journeys
        self._clock = clock
        self._rules = rules
        self._tally = _Tally()
        self._suppose()

    def _suppose(self) -> None:
        """Take the evidence as it is now; what is supposed is only good until others run."""
        self._then = self._now.supposing(rules=self._rules)
        self._after = Supposed(
            self._unifier, self._then, self._clock, self._journeys, self._segments
        )
        self._position = self._unifier.position

    async def result(self, since: int | None) -> Trial:
        """Compare all persons, or those with evidence at or after a moment (ms)."""
        began, turns, looked_at = self._clock.now_ms(), Turns(), 0
        async for person_id in each_person(self._now):
            await turns.pause()
            if self._position != self._unifier.position:
                self._suppose()
            if person_id in self._tally.before or not self._is_alive(person_id):
                continue
            if since is None or self._is_touched(person_id, since):
                looked_at += 1
                self._look(person_id)
        tally = self._tally
        return Trial(
            persons_before=len(tally.before),
            persons_after=len(tally.after),
            merges=tally.merges,
            splits=tally.splits,
            leaves_moved=tally.leaves_moved,
            segment_enters=dict(sorted(tally.enters.items())),
            segment_leaves=dict(sorted(tally.leaves.items())),
            conflicts=dict(sorted(tally.conflicts.items())),
            looked_at=looked_at,
            run_ms=self._clock.now_ms() - began,
            examples=tally.examples,
        )

    def _is_alive(self, person_id: str) -> bool:
        return self._now.find(f"person_id:{person_id}") == person_id

    def _is_touched(self, person_id: str, since: int) -> bool:
        names = names_of(self._now, person_id)
        return any(item.at >= since for item in self._now.evidence_about(names)) or any(
            cell.newest_at >= since
            for share in self._now.leaves_of(person_id)
            for _, _, cell in self._unifier.shelf.cells(share.leaf)
        )

    def _look(self, person_id: str) -> None:
        """Compare everybody who is tied to a person now or then."""
        old, new = {person_id}, set[str]()
        names: set[Identifier] = set()
        while True:
            wider = names.union(
                *(names_of(self._now, one) for one in old),
                *(names_of(self._then, one) for one in new),
            )
            if wider == names:
                break
            names = wider
            old, new = persons_of(self._now, names), persons_of(self._then, names)
        self._tally.before |= old
        self._tally.after |= new
        self._compare(old, new)

    def _compare(self, old: set[str], new: set[str]) -> None:
        made_of = {one: set(_leaves(self._now, one)) for one in old}
        makes = {one: set(_leaves(self._then, one)) for one in new}
        if made_of == makes:
            return
        kin_of = {
            one: [other for other in old if _overlap(made_of[other], makes[one])] for one in new
        }
        becomes = {one: [other for other in new if one in kin_of[other]] for one in old}
        for one in sorted(new):
            if len(kin_of[one]) > 1:
                self._tally.merges += 1
                self._tell("merges", [one], kin_of[one])
        for one in sorted(old):
            if len(becomes[one]) > 1:
                self._tally.splits += 1
                self._tell("splits", becomes[one], [one])
        self._leaves_moved(made_of, makes)
        self._segments_changed(kin_of, becomes)
        self._conflicts(kin_of)

    def _tell(self, kind: str, after: Iterable[str], before: Iterable[str]) -> None:
        self._tally.example(
            kind,
            {
                "before": [_person(self._now, one) for one in sorted(before)[:EXAMPLES]],
                "after": [_person(self._then, one) for one in sorted(after)[:EXAMPLES]],
            },
        )

    def _leaves_moved(self, made_of: dict[str, set[str]], makes: dict[str, set[str]]) -> None:
        owners_now, owners_then = _owners(made_of), _owners(makes)
        for leaf in sorted(owners_now.keys() | owners_then.keys()):
            now, then = owners_now.get(leaf, set()), owners_then.get(leaf, set())
            if now != then:
                self._tally.leaves_moved += 1
                self._tally.example(
                    "leaves_moved",
                    {"leaf": leaf, "before": [*sorted(now)], "after": [*sorted(then)]},
                )

    def _segments_changed(
        self, kin_of: dict[str, list[str]], becomes: dict[str, list[str]]
    ) -> None:
        before = {one: set(self._before.person(one).segments) for one in becomes}
        after = {one: set(self._after.person(one).segments) for one in kin_of}
        for one, kin in kin_of.items():
            held = set[str]().union(*(before[other] for other in kin))
            for key in sorted(after[one] - held):
                self._tally.enters[key] += 1
                self._tally.example("segment_enters", {"segment": key, "person_id": one})
        for one, kin in becomes.items():
            kept = set[str]().union(*(after[other] for other in kin))
            for key in sorted(before[one] - kept):
                self._tally.leaves[key] += 1
                self._tally.example("segment_leaves", {"segment": key, "person_id": one})

    def _conflicts(self, kin_of: dict[str, list[str]]) -> None:
        for one, kin in kin_of.items():
            for purpose, state in sorted(self._after.person(one).consent.items()):
                had = (self._before.person(other).consent.get(purpose) for other in kin)
                if state == "conflict" and "conflict" not in had:
                    self._tally.conflicts[purpose] += 1
                    self._tally.example("conflicts", {"purpose": purpose, "person_id": one})


def _leaves(directory: Directory, person_id: str) -> Iterator[str]:
    """Yield the leaves of a person; of a shared device with the days that count."""
    for share in directory.leaves_of(person_id):
        whole = share.from_day is None and share.until_day is None
        yield share.leaf if whole else f"{share.leaf} {share.from_day} {share.until_day}"


def _overlap(some: set[str], others: set[str]) -> bool:
    return not some.isdisjoint(others)


def _owners(shares: dict[str, set[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for person_id, leaves in shares.items():
        for leaf in leaves:
            found.setdefault(leaf, set()).add(person_id)
    return found


def _person(directory: Directory, person_id: str) -> JsonObject:
    names = sorted(names_of(directory, person_id))
    return {"person_id": person_id, "identifiers": [*names[:NAMES_IN_EXAMPLE]]}
