"""Big regions: computed in slices between other work, and frozen when they grow too large."""

from collections.abc import Generator, Iterable

import msgspec

from wegweiser.resolve.edges import Pair, Slot, slot_of
from wegweiser.resolve.persons import Held, Persons, Remade
from wegweiser.resolve.phases import Phases
from wegweiser.terms.identity import Evidence, Identifier, Refusal
from wegweiser.terms.source import Trust

# Regions with more links or evidence than this are not computed while an event waits.
AT_ONCE = 300
Key = tuple[Pair, Slot]
MOST_CAUSES = 1_000


class Region(msgspec.Struct):
    """The size of what has to be looked at together; never smaller than it is."""

    names: set[Identifier]
    trusted: set[Identifier]
    records: int


class Postponed:
    """What is still to be computed; `slice` does a little of it.

    While regions are under way their evidence stands still: what comes meanwhile is handed
    back by `end`. Until then everybody is who they were, and who is new is by themselves.
    """

    def __init__(self, persons: Persons, at_once: int = AT_ONCE):
        self.at_once = at_once
        self.regions: dict[Identifier, Region] = {}
        self.causes: list[Evidence] = []
        self._persons = persons
        self._due: dict[Identifier, None] = {}
        self._work: Generator[None] | None = None
        self._done = Remade({}, {})
        self._seeds: tuple[Identifier, ...] = ()
        self._held_still: set[Identifier] = set()
        self._later: dict[Key, Evidence] = {}
        self._named_later: set[Identifier] = set()
        persons.computed = self._computed

    @property
    def limit(self) -> int:
        """How many links are followed while an event waits."""
        rules = self._persons.links.book.rules
        return min(self.at_once, rules.freeze_identifiers // 2, rules.freeze_evidence // 2)

    @property
    def any(self) -> bool:
        """True while something is to be computed."""
        return bool(self._due) or self._work is not None

    @property
    def under_way(self) -> bool:
        """True while regions are being computed, so that their evidence stands still."""
        return self._work is not None

    def under(self, persons: Persons) -> None:
        """Go on with other persons, from the beginning."""
        self._persons = persons
        persons.computed = self._computed

    def is_big(self, names: Iterable[Identifier]) -> bool:
        """Tell whether any identifier is in a region that is too big to be computed at once."""
        return bool(self.regions) and any(name in self.regions for name in names)

    def concerns(self, names: Iterable[Identifier]) -> bool:
        """Tell whether what any of these identifiers is tied to is still to be computed."""
        held = [self.regions[name].names for name in names if name in self.regions]
        distinct = {id(one): one for one in (*held, set(names))}.values()
        return any(
            not one.isdisjoint(due)
            for one in distinct
            for due in (self._due, self._seeds, self._held_still, self._named_later)
        )

    def stands_still(self, item: Evidence) -> bool:
        """Tell whether evidence must wait for the regions that are being computed."""
        return self._work is not None and not self._held_still.isdisjoint(item.pair)

    def later(self, item: Evidence) -> None:
        """Keep evidence until the regions that are being computed are done."""
        self._later[(item.pair, slot_of(item))] = item
        self._named_later.update(item.pair)

    def add(
        self, found: set[Identifier], seeds: Iterable[Identifier], fresh: Iterable[Evidence]
    ) -> None:
        """Note that regions are to be computed, of which so many identifiers were found."""
        self._due.update(dict.fromkeys(seeds))
        for item in fresh:
            if len(self.causes) < MOST_CAUSES:
                self.causes.append(item)
        self._grow(found, list(fresh))

    def _grow(self, found: set[Identifier], fresh: list[Evidence]) -> None:
        touched = {id(region): region for name in found if (region := self.regions.get(name))}
        regions = sorted(touched.values(), key=lambda region: -len(region.names))
        whole = regions[0] if regions else Region(set(), set(), 0)
        for other in regions[1:]:
            whole.names |= other.names
            whole.trusted |= other.trusted
            whole.records += other.records
            self.regions.update(dict.fromkeys(other.names, whole))
        whole.names |= found
        whole.records += len(fresh)
        for item in fresh:
            if item.trust >= Trust.SERVER:
                whole.trusted.update(item.pair)
        self.regions.update(dict.fromkeys(found, whole))

    def _computed(self, phases: Phases) -> None:
        """Note how big the regions of a run were, when they were too big for once."""
        if max(phases.records, len(phases.names)) > self.limit:
            self._measure(phases.names, phases.records)

    def _measure(self, names: set[Identifier], records: int) -> None:
        links = self._persons.links
        trusted = {
            end
            for item in links.among(names, names)
            if item.trust >= Trust.SERVER
            for end in item.pair
        }
        self.regions.update(dict.fromkeys(names, Region(set(names), trusted, records)))

    def stop(self) -> list[Evidence]:
        """Give up what is under way, to begin anew; gives the evidence that waited for it."""
        if self._work is not None:
            self._due.update(dict.fromkeys(self._seeds))
        return self._release()

    def _release(self) -> list[Evidence]:
        self._work, self._seeds, self._held_still = None, (), set()
        waiting, self._later, self._named_later = list(self._later.values()), {}, set()
        return waiting

    def slice(self) -> Remade | None:
        """Compute a little; gives what came of it once it is done."""
        if self._work is None:
            self._seeds, self._due = tuple(self._due), {}
            self._work = self._compute()
        for _ in self._work:
            return None
        return self._done

    def end(self) -> list[Evidence]:
        """Let evidence in again; gives what waited."""
        return self._release()

    def _compute(self) -> Generator[None]:
        regions: list[set[Identifier]] = []
        for seed in self._seeds:
            if seed not in self._held_still and self._persons.links.has(seed):
                region = {seed}
                self._held_still.add(seed)
                for _ in self._persons.walking(region):
                    self._held_still |= region
                    yield
                self._held_still |= region
                regions.append(region)
        made: Held = {}
        refusals: list[Refusal] = []
        runs: list[Phases] = []
        for region in regions:
            phases = yield from self._run(region)
            yield from self._persons.making(phases, made)
            refusals += phases.refusals
            runs.append(phases)
        self._done = self._install(made, refusals, runs)

    def _run(self, region: set[Identifier]) -> Generator[None, None, Phases]:
        evidence: list[Evidence] = []
        for done, name in enumerate(region, 1):
            evidence += self._persons.links.among(region, (name,))
            if done % 50 == 0:
                yield
        phases = self._persons.phases(region, evidence)
        yield from phases.run()
        return phases

    def _install(self, made: Held, refusals: list[Refusal], runs: list[Phases]) -> Remade:
        # All at once, so that nobody ever sees one half of a merge.
        before = self._persons.known_before(made)
        self._persons.held.update(made)
        for phases in runs:
            for name in phases.names:
                self.regions.pop(name, None)
        for phases in runs:
            self._computed(phases)
        return Remade(before, made, tuple(refusals))
