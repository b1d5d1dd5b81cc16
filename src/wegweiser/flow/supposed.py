"""Persons as they would be under other rules or statements, read without touching the live ones."""

import copy
from collections.abc import AsyncIterator, Iterable, Sequence

from wegweiser.flow.activation import activation
from wegweiser.flow.journeys import JourneyBook
from wegweiser.flow.segment_around import Around
from wegweiser.flow.segment_facts import lookups_of, scope_of
from wegweiser.flow.segment_judge import ReadStage, Unjudged
from wegweiser.flow.segments import Segments
from wegweiser.flow.stages import Stages
from wegweiser.flow.touched import Touched
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.profile import reading
from wegweiser.profile.reading import CellAt
from wegweiser.resolve.directory import Directory
from wegweiser.terms.contact import counts_from
from wegweiser.terms.identity import Identifier, identifier
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import PersonProfile

PERSONS_TOLD = 50
IDENTIFIERS_TOLD = 100
NAMES_PER_SLICE = 200
GROUP = "group_id:"


class _Judge(Unjudged):
    """Tells the segments of whoever is read, and remembers nobody."""

    def __init__(self, segments: Segments, around: Around, now: int):
        self._around = around
        self._held = segments.book.of["person"]
        self._lookups = lookups_of(self._held)
        self._now = now

    def of_person(
        self, profile: PersonProfile, cells: Sequence[CellAt], stage: ReadStage
    ) -> tuple[str, ...]:
        """Give the segments of a person."""
        inside: list[Json] = []
        facts = activation(profile)
        wanted = self._lookups.of_accounts
        if wanted:
            facts["accounts"] = self._around.accounts(profile.accounts, wanted)
        scope = scope_of("person", facts, cells, stage, self._lookups, inside, self._now)
        for one in self._held:
            if one.rule.evaluate(scope):
                inside.append(one.key)
        return tuple(sorted(str(key) for key in inside))


class Supposed(Views):
    """Views over the live cells and another directory; what changes meanwhile is read anew."""

    def __init__(
        self,
        unifier: Unifier,
        directory: Directory,
        clock: Clock,
        journeys: JourneyBook,
        segments: Segments,
    ):
        # The same cells and decisions; only who is who is supposed.
        other = copy.copy(unifier)
        other.directory = directory
        other.touched = Touched(directory)
        super().__init__(other, clock, Stages(journeys))
        segments.around.lend(self)
        self.segments = _Judge(segments, Around(other, self), clock.now_ms())

    def forget_changed(self) -> None:
        """Keep nothing: the live views are told of what changed."""
        self.forget_views()


def summary(views: Views, directory: Directory, person_id: str) -> JsonObject:
    """Tell what a change of identity may change about a person."""
    profile = views.person(person_id)
    contacts: dict[str, int] = {}
    for contact in reading.contacts(views.cells_of(person_id)):
        if counts_from(contact, views.now()) is None:
            continue
        contacts[contact.channel] = contacts.get(contact.channel, 0) + 1
    names = [f"{one.type}:{one.value}" for one in profile.identifiers]
    leaves = sorted({share.leaf for share in directory.leaves_of(person_id)})
    return {
        "person_id": person_id,
        "known": profile.known,
        "identifiers": [*names[:IDENTIFIERS_TOLD]],
        "identifier_count": len(names),
        "leaves": [*leaves[:IDENTIFIERS_TOLD]],
        "leaf_count": len(leaves),
        "segments": [*profile.segments],
        "consent": {**profile.consent},
        "contacts": {**dict(sorted(contacts.items()))},
        "events": sum(profile.counters.values()),
    }


def summaries(views: Views, directory: Directory, person_ids: Iterable[str]) -> JsonObject:
    """Tell of several persons, of the first 50 in full."""
    found = sorted(set(person_ids))
    return {
        "persons": len(found),
        "shown": [summary(views, directory, person_id) for person_id in found[:PERSONS_TOLD]],
    }


async def each_person(directory: Directory) -> AsyncIterator[str]:
    """Yield every person with events once, found by the names that count; others run meanwhile."""
    turns, seen = Turns(), set[str]()
    for number, name in enumerate(list(directory.names()), 1):
        if number % NAMES_PER_SLICE == 0:
            await turns.pause()
        if name.startswith(GROUP):
            continue
        person_id = directory.find(name)
        if person_id is not None and person_id not in seen:
            seen.add(person_id)
            yield person_id


def names_of(directory: Directory, person_id: str) -> frozenset[Identifier]:
    """Give everything that a person is called, shared devices included."""
    listed = (identifier(one.type, one.value) for one in directory.identifiers_of(person_id))
    return frozenset((*directory.members(person_id), *listed))


def persons_of(directory: Directory, names: Iterable[Identifier]) -> set[str]:
    """Give the persons that identifiers stand for; those without events are left out."""
    found = (directory.find(name) for name in names)
    return {person_id for person_id in found if person_id is not None}


def affected(
    before: Directory, after: Directory, named: Iterable[Identifier]
) -> tuple[set[str], set[str]]:
    """Give the persons around some identifiers in one directory and in another."""
    names = set(named)
    old, new = persons_of(before, names), persons_of(after, names)
    # Whoever is joined or left behind on one side is looked at on the other as well.
    names = names.union(*(names_of(before, one) for one in old))
    names = names.union(*(names_of(after, one) for one in new))
    return persons_of(before, names), persons_of(after, names)
