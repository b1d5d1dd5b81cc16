"""Which fields the rules of a policy read, as one tree, and those fields of a value."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wegweiser.terms.json import Json, JsonObject

if TYPE_CHECKING:
    # The keys that are read below each key; empty where the whole value is.
    Wanted = dict[str, "Wanted"]
else:
    Wanted = dict


def wanted_of(paths: Iterable[tuple[str, ...]]) -> Wanted:
    """Join paths into one tree; a path takes in those that begin with it.

    >>> wanted_of([("person", "traits", "plan"), ("person", "traits"), ("context", "query")])
    {'context': {'query': {}}, 'person': {'traits': {}}}
    """
    tree: Wanted = {}
    whole: set[tuple[str, ...]] = set()
    # In this order a path comes before all that begin with it.
    for path in sorted(paths):
        if any(path[:length] in whole for length in range(1, len(path))):
            continue
        whole.add(path)
        below = tree
        for key in path:
            below = below.setdefault(key, {})
    return tree


def leaves_of(wanted: Wanted) -> list[tuple[str, ...]]:
    """Give the paths whose whole value is read.

    >>> leaves_of({"context": {"query": {}}, "person": {"traits": {}}})
    [('context', 'query'), ('person', 'traits')]
    """
    found: list[tuple[str, ...]] = []
    for key, below in wanted.items():
        found += [(key, *path) for path in leaves_of(below)] if below else [(key,)]
    return found


def read(owner: JsonObject, wanted: Wanted | None) -> JsonObject:
    """Give the wanted fields of a map; nothing where none is wanted.

    >>> read({"traits": {"plan": "team", "city": "Kiel"}, "known": True}, {"traits": {"plan": {}}})
    {'traits': {'plan': 'team'}}
    """
    if wanted is None:
        return {}
    if not wanted:
        return dict(owner)
    return {key: _part(owner[key], below) for key, below in wanted.items() if key in owner}


def _part(value: Json, wanted: Wanted) -> Json:
    return read(value, wanted) if wanted and isinstance(value, dict) else value
