"""The live graph: all evidence, rules and statements, and persons that follow every change."""

from collections.abc import Callable, Iterable, Iterator, Set

import msgspec

from wegweiser.resolve.ancestry import Ancestry, Cause
from wegweiser.resolve.births import Births
from wegweiser.resolve.claims import Leaves
from wegweiser.resolve.edges import Edges, slot_of
from wegweiser.resolve.edges_on_demand import EdgesOnDemand
from wegweiser.resolve.judgements import Ruling, ruling_of
from wegweiser.resolve.links import Links
from wegweiser.resolve.persons import Persons, Remade
from wegweiser.resolve.postponed import AT_ONCE, Key, Postponed
from wegweiser.resolve.rulebook import BUILT_IN, Rulebook
from wegweiser.resolve.shared import SharedDevice
from wegweiser.terms.identity import Evidence, Identifier, Leaf, Refusal
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.source import Trust

_SUPPOSED = 1 << 62
_NONE: frozenset[str] = frozenset()


class LiveGraph:
    """Equals `resolve` of all its evidence after every change, once nothing is postponed."""

    def __init__(self, at_once: int = AT_ONCE, edges: Edges | None = None):
        self.births = Births()
        self.leaves = Leaves()
        self.edges = Edges() if edges is None else edges
        self.book = BUILT_IN
        self.judgements: list[Judgement] = []
        self.waiting: dict[Key, Evidence] = {}
        self.links = Links(self.edges, self.book, Ruling(), self.leaves)
        self.persons = Persons(self.births, self.links)
        self.leaves.ask(self.links.first_at)
        self.postponed = Postponed(self.persons, at_once)
        # Identifiers of big regions whose trusted core is to be found anew.
        self._stale: set[Identifier] = set()
        self.ancestry = Ancestry(
            self.births, lambda: self.book.version, lambda name: name in self.leaves
        )

    def load(
        self,
        rules: IdentityRules,
        judgements: Iterable[Judgement],
        evidence: Iterable[Evidence],
        waiting: Iterable[Evidence],
        leaves: Iterable[Leaf],
    ) -> None:
        """Begin with what was stored; persons are computed when they are asked for."""
        if rules != self.book.rules:
            self.book = Rulebook(rules)
        self.judgements = list(judgements)
        for item in evidence:
            self.edges.add(item)
        self.waiting = {(item.pair, slot_of(item)): item for item in waiting}
        self.leaves.add_all(leaves)
        self.relink()

    def relink(self) -> None:
        """Look at all evidence anew under the present rules and statements."""
        ruling = ruling_of(self.judgements)
        self.links = Links(self.edges, self.book, ruling, self.leaves)
        held = self.persons.held
        self.persons = self.persons.under(self.links)
        self.persons.held = held
        self.postponed.under(self.persons)
        self.leaves.ask(self.links.first_at)

    def supposing(
        self, judgements: Iterable[Judgement], rules: IdentityRules | None
    ) -> "LiveGraph":
        """Give the graph as it would be; shares everything with this one, and only reads."""
        other = LiveGraph()
        other.births, other.edges = self.births, self.edges
        other.book = self.book if rules is None else Rulebook(rules)
        # Whatever is stored by then was stored before.
        added = (said_at(one, _SUPPOSED + turn) for turn, one in enumerate(judgements))
        other.judgements = [*self.judgements, *added]
        ruling = ruling_of(other.judgements)
        other.links = Links(other.edges, other.book, ruling, self.leaves)
        other.leaves = self.leaves.under(other.links.first_at)
        other.persons = Persons(other.births, other.links)
        return other

    def evict(self, most: int, at_once: int, is_unsaved: Callable[[Identifier], bool]) -> None:
        """Let go of a few identifiers that were not in use lately, while more than `most` are held.

        What is known of them is read, and their persons are computed, when they are next asked
        for. Everything is held while a big region is computed.
        """
        edges, persons = self.edges, self.persons
        if not isinstance(edges, EdgesOnDemand) or self.postponed.any:
            return

        def is_kept(name: Identifier) -> bool:
            if is_unsaved(name) or name in self.postponed.regions:
                return True
            person = persons.held.get(name)
            return edges.was_used((name,) if person is None else person.members)

        gone = edges.evict(most, at_once, is_kept)
        for name in gone:
            persons.let_go(name)
        for name in gone:
            self.links.let_go(name)
            self.leaves.forget(name)
            edges.let_go(name)

    def recall(self, names: Iterable[Identifier]) -> None:
        """Make sure that persons are held as they are before something changes."""
        for name in names:
            if name not in self.persons.held:
                self.persons.of(name)

    def take(
        self, fresh: list[Evidence], born: list[Identifier], heard: Leaf, position: int
    ) -> frozenset[str]:
        """Take in evidence that is not kept yet; gives the ids of the persons that changed.

        `born` are identifiers that are new, `heard` a leaf that has its first events.
        """
        seeds = set(born)
        if heard:
            seeds |= self._heard(heard)
        if not fresh:
            return self.again(seeds, Cause(position))
        rising = self.links.rising(fresh)
        moving = [item for item in fresh if self._moves(item)]
        lone = None if rising or seeds - set(born) else self._lone_device(moving, born)
        if lone is not None:
            for item in fresh:
                self._keep(item)
            return self.tell(self.persons.attach(*lone), Cause(position, tuple(fresh)))
        seeds |= self._change(fresh, moving, rising)
        cause = Cause(position, tuple(fresh))
        for name in rising:
            item = next(item for item in fresh if name in item.pair)
            self.ancestry.quarantined(name, item, position)
        for item in fresh:
            reason = "" if item in moving else self.links.reason(item)
            if reason:
                self.ancestry.refused(Refusal(item, reason), position)
        return self.again(seeds, cause)

    def _keep(self, item: Evidence) -> None:
        self.links.added(self.edges.add(item))
        for name in item.pair:
            self.leaves.forget(name)

    def _heard(self, leaf: Leaf) -> set[Identifier]:
        """Give who is looked at again as a leaf has events now."""
        if self.links.has_claims(leaf):
            self.links.heard_of(leaf)
            changed = self._changed_devices(self.persons.cores.forget((leaf,)))
            return changed | {leaf} | self.devices_near(leaf)
        person = self.persons.held.get(leaf)
        crowded = person is not None and len(person.members) > self.book.rules.most_merges
        return {leaf} if crowded else set()

    def _moves(self, item: Evidence) -> bool:
        """Tell whether evidence may change anybody."""
        if self.links.reason(item) and not self.links.doubts(item):
            return False
        if not self.links.is_inert(item):
            return True
        if item.trust == Trust.INFERRED:
            return False
        # Where a limit refused older evidence of the pair, newer evidence may join.
        held = self.persons.held
        return held.get(item.a) is not held.get(item.b)

    def _lone_device(
        self, moving: list[Evidence], born: list[Identifier]
    ) -> tuple[Identifier, Identifier] | None:
        """Give a device that an event mentions first of all, and the owner that it surely has."""
        if len(moving) != 1:
            return None
        item = moving[0]
        weak = self.book.class_of(item.a) == "weak"
        device, user = (item.a, item.b) if weak else (item.b, item.a)
        if device not in born or self.book.class_of(device) != "weak" or self.links.has(device):
            return None
        if any(name not in item.pair for name in born) or self.postponed.is_big((user,)):
            return None
        can_attach = self.persons.can_attach(device, user, item, self.postponed.limit)
        return (device, user) if can_attach else None

    def _change(
        self, fresh: list[Evidence], moving: list[Evidence], rising: dict[Identifier, Trust]
    ) -> set[Identifier]:
        """Keep evidence; give all ends of pairs that may be looked at together otherwise now."""
        cores = self.persons.cores
        ends = {name for item in moving for name in item.pair}
        trusted = {n for item in moving if item.trust >= Trust.SERVER for n in item.pair}
        trusted |= {name for name, stop in rising.items() if stop >= Trust.SERVER}
        if self.postponed.is_big(trusted):
            # To look at the whole of a big core is put off as well.
            self._stale |= trusted
            trusted = set()
        around = cores.components(trusted)
        seeds = ends | set(rising)
        claimed = {name for name in ends if self.links.has_claims(name)}
        for item in fresh:
            self._keep(item)
        for name in rising:
            seeds |= self.links.heated(name)
        around |= cores.components(trusted)
        doubtful = cores.forget(around | claimed)
        for name in ends | seeds:
            doubtful |= cores.forget_device(name)
        for name in trusted | claimed:
            # What was only typed or claimed counts otherwise once somebody trusted speaks.
            seeds |= self.devices_near(name)
        return seeds | self._changed_devices(doubtful)

    def devices_near(self, name: Identifier) -> set[Identifier]:
        """Give the devices that evidence links with an identifier, none for a device."""
        if self.book.class_of(name) == "weak":
            return set()
        near = self.links.linked(name)
        return {other for other in near if self.book.class_of(other) == "weak"}

    def _changed_devices(self, doubtful: dict[Identifier, SharedDevice | None]) -> set[Identifier]:
        found: set[Identifier] = set()
        for device, before in doubtful.items():
            if self.persons.cores.shared(device) != before:
                found |= {device, *self.links.linked(device)}
        return found

    def again(self, seeds: set[Identifier], cause: Cause) -> frozenset[str]:
        """Compute the persons around some identifiers, or put it off; gives those that changed."""
        if not seeds:
            return _NONE
        if len(seeds) == 1 and not self.links.has(next(iter(seeds))):
            return self._alone(next(iter(seeds)))
        found, whole = seeds, False
        if not self.postponed.is_big(seeds):
            found, whole = self.persons.walk_within(seeds, self.postponed.limit)
        if whole and not self.postponed.is_big(found):
            return self.tell(self.persons.again(found), cause)
        self.postponed.add(found, seeds, cause.evidence)
        held = self.persons.held
        new = [name for name in seeds if held.get(name) is None and name in self.births]
        for name in new:
            held[name] = self.persons.alone(name)
        return frozenset(self.births.person_id(name) for name in new)

    def _alone(self, name: Identifier) -> frozenset[str]:
        if name not in self.births:
            return _NONE
        person = self.persons.held[name] = self.persons.alone(name)
        return frozenset((person.person_id,))

    def tell(self, remade: Remade, cause: Cause) -> frozenset[str]:
        """Note the lineage of a change; gives the ids of the persons that changed."""
        self.ancestry.tell(remade, cause)
        return remade.changed

    def is_held_back(self, item: Evidence) -> bool:
        """Tell whether evidence waits for now, and why it does is noted."""
        if self.postponed.stands_still(item):
            self.postponed.later(item)
            return True
        return False

    def interrupt(self) -> None:
        """Stop what is being computed, to begin it anew; its evidence comes in first."""
        for item in self.postponed.stop():
            self.recall(item.pair)
            self.take([item], [], "", item.position)

    def settle(self) -> frozenset[str]:
        """Compute one slice of what was postponed; gives the persons that changed by it."""
        if not self.postponed.any:
            return _NONE
        if self._stale and not self.postponed.under_way:
            self._freshen()
        causes = tuple(self.postponed.causes)
        remade = self.postponed.slice()
        if remade is None:
            return _NONE
        self.postponed.causes.clear()
        position = max((item.position for item in causes), default=0)
        changed = self.tell(remade, Cause(position, causes))
        for item in self.postponed.end():
            self.recall(item.pair)
            changed |= self.take([item], [], "", item.position)
        return changed

    def _freshen(self) -> None:
        """Forget what was known of big cores, and look again at whom that concerns."""
        stale, self._stale = self._stale, set()
        names = self.persons.cores.components(stale)
        for name in stale:
            region = self.postponed.regions.get(name)
            names |= region.names if region else set()
        seeds = self._changed_devices(self.persons.cores.forget(names))
        for name in stale:
            seeds |= self.devices_near(name)
        self.postponed.add(seeds, seeds, ())

    def evidence_about(self, names: Set[Identifier]) -> Iterator[Evidence]:
        """Yield all evidence that touches one of these identifiers, also what waits."""
        for name in names:
            for other in self.edges.mentioned_with(name):
                yield from self.edges.of_pair(name, other)
        yield from (item for item in self.waiting.values() if not names.isdisjoint(item.pair))

    def ready(self) -> frozenset[str]:
        """Compute everything that was postponed."""
        changed = _NONE
        while self.postponed.any:
            changed |= self.settle()
        return changed


def said_at(judgement: Judgement, position: int) -> Judgement:
    """Note at which log position a statement stands."""
    return msgspec.structs.replace(judgement, said=position)
