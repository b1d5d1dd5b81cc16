"""Rules that read the same fields, together: equal values there have equal answers."""

from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.decide.memory import Memory
from wegweiser.query.cel import Rule, Unknown
from wegweiser.terms.json import Json

# For fewer rules it takes as long to look up what was answered as to ask.
LEAST_RULES = 2
LONGEST_TEXT = 200
# It is another one in every request, so that nothing would be found again.
_MOMENT = "as_of"
_ABSENT = object()
# As numbers they would be equal to 1 and 0, which rules tell apart.
_TRUTHS = {True: object(), False: object()}
# What was found of each rule of a group.
Judged = tuple[bool | Unknown, ...]
Key = tuple[object, ...] | None


class RuleGroup:
    """Rules that read the same fields, with their places among all that are asked."""

    __slots__ = ("_memory", "_paths", "places", "rules")

    def __init__(self, rules: Sequence[Rule], places: Sequence[int]) -> None:
        self.rules = tuple(rules)
        self.places = tuple(places)
        self._paths = sorted(rules[0].key_paths)
        moves = any(path[0] == _MOMENT for path in self._paths)
        few = len(rules) < LEAST_RULES
        self._memory = None if moves or few else Memory[Judged](candidates=1)

    def remembered(self, key: Key) -> Judged | None:
        """Give what equal values were answered before."""
        return None if self._memory is None or key is None else self._memory.get(key)

    def remember(self, key: Key, judged: Judged) -> None:
        """Keep what was found of all rules of the group, in their order."""
        if self._memory is not None and key is not None:
            self._memory.put(key, judged)

    def key(self, variables: Mapping[str, Json]) -> Key:
        """Give all that the answers follow from; None where they are not to be remembered."""
        if self._memory is None:
            return None
        found = []
        for path in self._paths:
            value = _plain(variables, path)
            if value is None:
                return None
            found.append(value)
        return tuple(found)


def _plain(variables: Mapping[str, Json], path: tuple[str, ...]) -> object | None:
    owner: Mapping[str, Json] = variables
    for name in path[:-1]:
        below = owner.get(name)
        if not isinstance(below, dict):
            return None
        owner = below
    value = owner.get(path[-1], _ABSENT)
    kind = type(value)
    if kind is str:
        return value if len(str(value)) <= LONGEST_TEXT else None
    if kind is bool:
        return _TRUTHS[bool(value)]
    return value if kind is int or value is _ABSENT else None


class RulesOfAll(msgspec.Struct, frozen=True):
    """The rules of a shelf that hold for all candidates alike, with their numbers.

    `keys` name their answers, `groups` hold them by what they read; `are_all` tells that the
    shelf has no others.
    """

    numbered: tuple[tuple[int, Rule], ...]
    keys: tuple[tuple[int, str], ...]
    groups: tuple[RuleGroup, ...]
    are_all: bool


def rules_of_all(numbered: Sequence[tuple[int, Rule]], are_all: bool) -> RulesOfAll:
    """Put rules together by the fields that they read."""
    by_paths: dict[frozenset[tuple[str, ...]], list[int]] = {}
    for place, (_, rule) in enumerate(numbered):
        by_paths.setdefault(rule.key_paths, []).append(place)
    return RulesOfAll(
        tuple(numbered),
        tuple((number, "") for number, _ in numbered),
        tuple(
            RuleGroup([numbered[place][1] for place in places], places)
            for places in by_paths.values()
        ),
        are_all,
    )
