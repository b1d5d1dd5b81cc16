"""Why identifiers are, or are not, one person; and since when leaves belong together."""

from collections.abc import Iterable

import msgspec

from wegweiser.resolve.claims import Leaves
from wegweiser.resolve.edges import Pair
from wegweiser.resolve.graph import Clusters, outcome, sifted
from wegweiser.resolve.leaf import CLAIM, IN_SESSION, parts_of_claim, parts_of_session
from wegweiser.resolve.links import Links
from wegweiser.resolve.persons import Persons
from wegweiser.terms.identity import Evidence, Identifier, Leaf, Refusal
from wegweiser.terms.source import Trust

_BEFORE_ALL_TIME = -(1 << 62)


class Edge(msgspec.Struct, frozen=True):
    """One record of evidence as a person page shows it; `reason` is empty when it joins."""

    a: Identifier
    b: Identifier
    source_id: str
    trust: Trust
    at: int
    message_id: str
    reason: str


class Explanation(msgspec.Struct, frozen=True):
    """The path of accepted evidence between two identifiers, or what was refused instead."""

    joined: bool
    path: tuple[Evidence, ...]
    refusals: tuple[Refusal, ...]


def edges_of(persons: Persons, names: Iterable[Identifier]) -> tuple[Edge, ...]:
    """Give all evidence that touches some identifiers, oldest first."""
    wanted, links = set(names), persons.links
    touching = {item for name in wanted for item in links.edges.touching(name)}
    touching.update(item for item in links.ruling.links if not wanted.isdisjoint(item.pair))
    clusters = _clusters_around(persons, wanted, touching)
    accepted = {item.pair for item in clusters.accepted}
    reasons = {refusal.evidence.pair: refusal.reason for refusal in clusters.refusals}
    return tuple(
        Edge(
            item.a,
            item.b,
            item.source_id,
            item.trust,
            item.at,
            item.message_id,
            links.reason(item) or ("" if item.pair in accepted else reasons.get(item.pair, "")),
        )
        for item in sorted(touching, key=lambda item: (item.at, item.message_id, item.pair))
    )


def explain(persons: Persons, a: Identifier, b: Identifier) -> Explanation:
    """Give the shortest path of accepted evidence from `a` to `b`, or the refusals between."""
    links = persons.links
    told = {item for name in (a, b) for item in links.edges.touching(name)}
    told.update(links.edges.of_pair(a, b))
    clusters = _clusters_around(persons, (a, b), told)
    root_a, root_b = clusters.root_of.get(a, a), clusters.root_of.get(b, b)
    if root_a == root_b:
        return Explanation(True, _path(clusters.accepted, a, b), ())
    return Explanation(False, (), _between(clusters, root_a, root_b))


def _clusters_around(
    persons: Persons, names: Iterable[Identifier], touching: Iterable[Evidence]
) -> Clusters:
    """Resolve what is around some identifiers, with the reason for what leads out of it."""
    links = persons.links
    region = persons.walk(names)
    told = list(touching)
    evidence, refused = sifted(links, {item.pair for item in told})
    evidence.update(links.among(region, region))
    for item in told:
        region.update(name for name in item.pair if links.book.joins_persons(name))
    phases = persons.phases(region, evidence)
    for _ in phases.run():
        pass
    return outcome(links, phases, refused)


def _between(clusters: Clusters, root_a: Identifier, root_b: Identifier) -> tuple[Refusal, ...]:
    sides = {root_a, root_b}
    direct: list[Refusal] = []
    near: list[Refusal] = []
    for refusal in clusters.refusals:
        touched = {clusters.root_of.get(name, name) for name in refusal.evidence.pair}
        if touched == sides:
            direct.append(refusal)
        elif touched & sides:
            near.append(refusal)
    return tuple(direct or near)


def _path(
    accepted: Iterable[Evidence], start: Identifier, goal: Identifier
) -> tuple[Evidence, ...]:
    links: dict[Identifier, list[Evidence]] = {}
    for item in accepted:
        for name in item.pair:
            links.setdefault(name, []).append(item)
    came_by: dict[Identifier, Evidence | None] = {start: None}
    waiting = [start]
    for name in waiting:
        for item in links.get(name, ()):
            other = item.b if item.a == name else item.a
            if other not in came_by:
                came_by[other] = item
                waiting.append(other)
    return _walk_back(came_by, goal)


def _walk_back(
    came_by: dict[Identifier, Evidence | None], goal: Identifier
) -> tuple[Evidence, ...]:
    path: list[Evidence] = []
    name = goal
    while (item := came_by.get(name)) is not None:
        path.append(item)
        name = item.a if item.b == name else item.b
    return tuple(reversed(path))


def joined_at(
    links: Links, leaves: Leaves, names: Iterable[Identifier], wanted: Iterable[Leaf]
) -> int | None:
    """Give the event time at which evidence first connects leaves of the person `names`.

    None when there are fewer than two leaves, or when no evidence was needed.
    """
    targets = set(wanted)
    if len(targets) < 2:
        return None
    groups: dict[str, set[str]] = {}
    for at, (a, b) in sorted(_dated_links(links, leaves, set(names), targets)):
        left, right = groups.setdefault(a, {a}), groups.setdefault(b, {b})
        if left is not right:
            left |= right
            groups.update(dict.fromkeys(right, left))
        if targets <= left:
            return None if at == _BEFORE_ALL_TIME else at
    return None


def _dated_links(
    links: Links, leaves: Leaves, names: set[Identifier], targets: set[Leaf]
) -> list[tuple[int, Pair]]:
    found: list[tuple[int, Pair]] = []
    found += [(item.at, item.pair) for item in links.among(names, names)]
    for leaf in targets:
        if leaf.startswith(CLAIM):
            user, device = parts_of_claim(leaf)
            claimed = None if device is None else links.first_at(user, device)
            at = _BEFORE_ALL_TIME if claimed is None else claimed
            found.append((at, (leaf, leaves.followed_by(leaf))))
        elif leaf.startswith(IN_SESSION):
            device, session = parts_of_session(leaf)
            found += [
                (item.at, (leaf, name))
                for name in names
                for item in links.records(device, name)
                if item.session == session
            ]
    return found
