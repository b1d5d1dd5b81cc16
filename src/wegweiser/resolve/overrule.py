"""What operators and rules change at once, and what an erasure takes out of the live graph."""

from collections.abc import Iterable, Set

from wegweiser.resolve.ancestry import Cause
from wegweiser.resolve.classes import joins_persons
from wegweiser.resolve.edges import Pair
from wegweiser.resolve.judgements import standing
from wegweiser.resolve.leaf import names_of_leaf
from wegweiser.resolve.live import LiveGraph
from wegweiser.resolve.persons import Remade
from wegweiser.resolve.rulebook import Rulebook
from wegweiser.terms.identity import Identifier, Leaf
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.judgement import Judgement


def judge(live: LiveGraph, judgement: Judgement) -> frozenset[str]:
    """Take in what an operator said; gives the ids of the persons that changed."""
    live.interrupt()
    before = standing(live.judgements)
    after = standing((*live.judgements, judgement))
    said = {one.operation_id: one for one in (*before, *after)}
    both = {one.operation_id for one in before} & {one.operation_id for one in after}
    names = {n for key, one in said.items() if key not in both for n in one.named}
    near = names.union(*(live.edges.near(name) for name in names))
    live.recall(near)
    old, old_links = live.persons, live.links
    live.judgements.append(judgement)
    live.relink()
    seeds = set(near)
    for name in near:
        if old_links.stop_of(name) != live.links.stop_of(name):
            seeds.update(live.edges.near(name))
    around = old.cores.components(seeds)
    around |= live.persons.cores.components(seeds)
    for name in around.union(*(live.edges.near(name) for name in around)):
        if old.cores.shared(name) != live.persons.cores.shared(name):
            seeds |= {name, *live.edges.near(name)}
    for name in around & near:
        live.leaves.forget(name)
        seeds |= live.devices_near(name)
    cause = Cause(judgement.said, (), judgement.operation_id, judgement.at)
    return live.again(seeds, cause)


def govern(live: LiveGraph, rules: IdentityRules, position: int = 0) -> frozenset[str]:
    """Let rules count from their log position on; gives the ids of the persons that changed."""
    live.ready()
    names = [name for name in live.births if not name.startswith("group_id:")]
    names = [name for name in names if live.links.has(name)]
    live.recall(names)
    before, last = dict(live.persons.held), live.book.rules
    live.book = Rulebook(rules)
    live.persons.held = {}
    live.postponed.regions.clear()
    live.relink()
    live.recall(before)
    after = {name: live.persons.held.get(name) for name in before}
    changed = live.tell(
        Remade(before, after), Cause(position, (), f"{live.book.version}@{position}")
    )
    if (rules.shared_devices, rules.keep_before_days) == (
        last.shared_devices,
        last.keep_before_days,
    ):
        return changed
    # The same persons keep other days of the devices that they share.
    sharing = (one for one in after.values() if one and (one.owned or one.device))
    return changed.union(one.person_id for one in sharing)


def replace(
    live: LiveGraph,
    gone: frozenset[Identifier],
    unborn: frozenset[Identifier],
    pairs: Set[Pair],
    leaves: Set[Leaf],
    fresh: LiveGraph,
) -> frozenset[str]:
    """Take identifiers out; what is known of some pairs and leaves comes from elsewhere.

    Gives the ids of all persons around them, those before and those after.
    """
    live.ready()
    ends = gone.union(unborn, *pairs)
    near = ends.union(*map(live.edges.near, ends))
    around = _surroundings(live, near)
    # Leaves are theirs whom they name, also where no evidence stands for it.
    named = {name for leaf in leaves for name in names_of_leaf(leaf) if joins_persons(name)}
    before = _persons_of(live, around | ends | named)
    live.edges.replace(gone, pairs, fresh.edges)
    live.births.remove(gone | unborn)
    live.leaves.remove(leaves)
    for leaf in leaves:
        if leaf in fresh.leaves:
            live.leaves.add(leaf)
    live.judgements = [one.without(gone) for one in live.judgements]
    rules = live.book.rules.without(gone)
    live.book = live.book if rules == live.book.rules else Rulebook(rules)
    for key in [key for key in live.waiting if not gone.isdisjoint(key[0])]:
        del live.waiting[key]
    live.relink()
    around |= _surroundings(live, near - gone) | gone | unborn
    live.persons.forget(around)
    live.postponed.regions.clear()
    return before | _persons_of(live, around | named)


def _persons_of(live: LiveGraph, names: Iterable[Identifier]) -> frozenset[str]:
    persons = map(live.persons.of, names)
    return frozenset(person.person_id for person in persons if person is not None)


def _surroundings(live: LiveGraph, names: Iterable[Identifier]) -> set[Identifier]:
    cores = live.persons.cores
    around = cores.components(names)
    around = around.union(*(live.links.linked(name) for name in around))
    around = around.union(*(live.links.linked(name) for name in around))
    return live.persons.walk(around)
