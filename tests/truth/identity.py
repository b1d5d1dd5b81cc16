"""Pairs of identifiers against the truth: which an engine joined, and which it could have."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

import msgspec

from wegweiser.terms.json import JsonObject

Owners = Mapping[str, frozenset[str]]


class Figure(msgspec.Struct, frozen=True):
    """A share with its 95 % Wilson interval."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        return self.hits / self.of

    def __str__(self) -> str:
        z, n, p = 1.959964, self.of, self.share
        centre = (self.hits + z * z / 2) / (n + z * z)
        half = z / (n + z * z) * math.sqrt(n * p * (1 - p) + z * z / 4)
        low, high = centre - half, min(1.0, centre + half)
        return f"{p:.2%} of {n:,} pairs (95 % {low:.2%} to {high:.2%})"

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.hits + other.hits, self.of + other.of)


def named_in(element: JsonObject) -> tuple[str, ...]:
    """Give the identifiers of persons that one event names together."""
    traits = element.get("traits")
    email = traits.get("email") if isinstance(traits, dict) else None
    said = {
        "anonymous_id": element.get("anonymousId"),
        "user_id": element.get("userId"),
        "email": email if element["type"] == "identify" else None,
    }
    previous = element.get("previousId")
    names = [f"{kind}:{value}" for kind, value in said.items() if value]
    return (*names, f"anonymous_id:{previous}") if previous else tuple(names)


def components(together: Iterable[tuple[str, ...]]) -> list[set[str]]:
    """Give the sets of identifiers that evidence connects, by one event or by a chain of them."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        above.setdefault(name, name)
        while above[name] != name:
            above[name] = name = above[above[name]]
        return name

    for names in together:
        for name in names:
            above[top(name)] = top(names[0])
    found: dict[str, set[str]] = {}
    for name in above:
        found.setdefault(top(name), set()).add(name)
    return list(found.values())


def same_person(owners: Owners, pair: tuple[str, str]) -> bool:
    """Tell whether both identifiers are one person's and nobody else's."""
    a, b = (owners.get(name, frozenset()) for name in pair)
    return a == b and len(a) == 1


def joined_pairs(
    parts: Iterable[set[str]], person_of: Callable[[str], str | None]
) -> Iterator[tuple[str, str]]:
    """Yield the pairs that an engine holds for one person."""
    by_person: dict[str, list[str]] = {}
    for name in sorted(set().union(*parts)):
        person = person_of(name)
        if person is not None:
            by_person.setdefault(person, []).append(name)
    for names in by_person.values():
        yield from combinations(names, 2)


def true_pairs(together: Iterable[tuple[str, ...]], owners: Owners) -> Iterator[tuple[str, str]]:
    """Yield the pairs of one person that evidence about that person alone connects."""
    own: dict[str, list[tuple[str, ...]]] = {}
    for names in together:
        of_one = [name for name in names if len(owners.get(name, frozenset())) == 1]
        for person in {next(iter(owners[name])) for name in of_one}:
            theirs = tuple(name for name in of_one if person in owners[name])
            own.setdefault(person, []).append(theirs)
    for mentions in own.values():
        for part in components(mentions):
            yield from combinations(sorted(part), 2)


def measured(
    elements: Iterable[JsonObject], owners: Owners, person_of: Callable[[str], str | None]
) -> tuple[Figure, Figure]:
    """Give precision and recall of pairs among identifiers that share evidence."""
    together = [names for names in map(named_in, elements) if names]
    joined = list(joined_pairs(components(together), person_of))
    right = sum(same_person(owners, pair) for pair in joined)
    possible = set(true_pairs(together, owners))
    return Figure(right, len(joined)), Figure(len(possible & set(joined)), len(possible))
