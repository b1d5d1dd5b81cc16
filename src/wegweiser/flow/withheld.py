"""What tells of traits that are sensitive: their keys, intents and segments that rest on them."""

from collections.abc import Iterable, Iterator, Mapping, Set

import msgspec

from wegweiser.flow.segment_rules import PROFILE, Segment
from wegweiser.terms.intent import IntentSignal
from wegweiser.terms.json import JsonObject
from wegweiser.terms.reserved_traits import SPELLINGS, read_as

_OF_NAME = frozenset({"firstName", "lastName"})
_NO_SEGMENTS: Mapping[str, Segment] = {}


class Withheld(msgspec.Struct, frozen=True):
    """Keys of traits in every spelling, of intents and of segments that are not to be known."""

    traits: frozenset[str]
    intents: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()

    def taken_from(self, person: JsonObject) -> JsonObject:
        """Give a person as rules read it without them, as if they had never been known.

        >>> seen = {"traits": {"plan": "team", "risk": 3}, "segments": ["risky", "known"]}
        >>> Withheld(frozenset({"risk"}), segments=frozenset({"risky"})).taken_from(seen)
        {'traits': {'plan': 'team'}, 'segments': ['known']}
        """
        found = dict(person)
        for name, keys in (("traits", self.traits), ("intents", self.intents)):
            held = person.get(name)
            if isinstance(held, dict) and not keys.isdisjoint(held):
                found[name] = {key: value for key, value in held.items() if key not in keys}
        segments = person.get("segments")
        if isinstance(segments, list) and self.segments:
            found["segments"] = [key for key in segments if key not in self.segments]
        return found


def withheld(
    sensitive: Iterable[str],
    signals: Iterable[IntentSignal] = (),
    segments: Mapping[str, Segment] = _NO_SEGMENTS,
) -> Withheld:
    """Give what tells of sensitive traits of people; a name is made of its parts.

    >>> sorted(withheld(["last_name"]).traits)
    ['lastName', 'last_name', 'name']
    """
    read = {read_as(key, "person") for key in sensitive}
    if not read.isdisjoint(_OF_NAME):
        read.add("name")
    other = {key for key, name in SPELLINGS["person"].items() if name in read}
    traits = frozenset(read | other)
    intents = frozenset(one.key for one in signals if not traits.isdisjoint(one.traits))
    return Withheld(traits, intents, _resting(segments, traits, intents))


def _resting(
    segments: Mapping[str, Segment], traits: Set[str], intents: Set[str]
) -> frozenset[str]:
    """Give the segments of people that read any of these, themselves or by another segment."""
    people = {key: one for key, one in segments.items() if one.of == "person"}
    found = {key for key, one in people.items() if _reads(one, traits, intents)}
    while True:
        more = {key for key, one in people.items() if not found.isdisjoint(one.segments)} - found
        if not more:
            return frozenset(found)
        found |= more


def _reads(segment: Segment, traits: Set[str], intents: Set[str]) -> bool:
    keys = {"traits": traits, "intents": intents}
    return any(
        bool(keys[name]) and (not rest or rest[0] in keys[name])
        for name, *rest in _fields_of_person(segment)
        if name in keys
    )


def _fields_of_person(segment: Segment) -> Iterator[tuple[str, ...]]:
    for owner, *fields in segment.rule.key_paths:
        if owner in ("person", PROFILE):
            yield (*fields,) or ("traits",)
