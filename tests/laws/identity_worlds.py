"""What the laws of identity compare the live persons with: resolution of all evidence at once."""

from wegweiser.resolve.directory import Directory
from wegweiser.resolve.graph import Clusters, resolve
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Evidence, Identifier


def partition(clusters: Clusters, names: set[Identifier]) -> set[frozenset[Identifier]]:
    """Give the clusters as sets of some of the names."""
    groups: dict[Identifier, set[Identifier]] = {}
    for name in names:
        groups.setdefault(clusters.root_of.get(name, name), set()).add(name)
    return {frozenset(group) for group in groups.values()}


def whole_evidence(directory: Directory) -> set[Evidence]:
    """Give all evidence that a directory keeps, also between names that no event carried."""
    found: set[Evidence] = set()
    asked: set[Identifier] = set()
    waiting = set(directory.names())
    while waiting:
        found.update(directory.evidence_about(waiting))
        asked |= waiting
        waiting = {name for item in found for name in item.pair} - asked
    return found


def full_resolution(directory: Directory) -> Clusters:
    """Resolve everything that a directory keeps at once."""
    leaves = {name for name in directory.names() if directory.has_leaf(name)}
    return resolve(whole_evidence(directory), directory.rules, directory.judgements(), leaves)


def equals_full_resolution(directory: Directory) -> None:
    """Assert that the live persons are those of a resolution of all evidence at once."""
    clusters = full_resolution(directory)
    for name in directory.names():
        try:
            person_id = directory.person_of(name)
        except NotFound:
            assert name.startswith("group_id:")
            continue
        wanted = clusters.members.get(clusters.root_of.get(name, ""), (name,))
        assert directory.members(person_id) == wanted, name
        assert bool(directory.owners_of(name)) == (name in clusters.shared)
        listed = {
            f"{one.type}:{one.value}": one.status for one in directory.identifiers_of(person_id)
        }
        for own in wanted:
            if own in clusters.superseded:
                assert listed.get(own, "superseded") in {"superseded", "quarantined"}
