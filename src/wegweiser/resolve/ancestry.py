"""Lineage: what became of persons when they were computed anew, told once and for all."""

from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from wegweiser.resolve.births import Births
from wegweiser.resolve.person import Person
from wegweiser.resolve.persons import Remade
from wegweiser.terms.identity import Evidence, Identifier, Refusal
from wegweiser.terms.lineage import Formerly, Lineage, LineageEvent, message_id_of

MOST_HELD = 10_000
# Beyond so many identifiers only the ids of this merge are listed.
MOST_LISTED = 100


class Cause(msgspec.Struct, frozen=True):
    """What made persons be computed anew: evidence, or a statement or rules by their id."""

    position: int
    evidence: tuple[Evidence, ...] = ()
    operation_id: str = ""
    at: int = 0

    def of(self, names: Iterable[Identifier]) -> tuple[str, int, tuple[Evidence, ...]]:
        """Give the id, time (ms) and evidence that caused a change of some identifiers."""
        wanted = set(names)
        near = [item for item in self.evidence if not wanted.isdisjoint(item.pair)]
        if self.operation_id or not near:
            return self.operation_id, self.at, tuple(near)
        return near[0].message_id, near[0].at, tuple(near)


class Ancestry:
    """News of persons, held until somebody takes them; the oldest are dropped first."""

    def __init__(self, births: Births, version: Callable[[], str], heard: Callable[[str], bool]):
        """`heard` tells whether an identifier has events."""
        self._births = births
        self._version = version
        self._heard = heard
        self._news: deque[Lineage] = deque(maxlen=MOST_HELD)

    def take(self) -> list[Lineage]:
        """Hand over what happened since the last call, oldest first."""
        news = list(self._news)
        self._news.clear()
        return news

    def tell(self, remade: Remade, cause: Cause) -> None:
        """Note merges, splits, shared devices, replaced ids and new refusals of a change."""
        if any(person is not None for person in remade.before.values()):
            for person in _distinct(remade.after.values()):
                self._of_person(person, remade, cause)
            for person in _distinct(remade.before.values()):
                self._split(person, remade, cause)
        fresh = set(cause.evidence)
        for refusal in remade.refusals:
            if refusal.evidence in fresh or _outgrew(refusal, remade, cause):
                self.refused(refusal, cause.position)

    def _of_person(self, person: Person, remade: Remade, cause: Cause) -> None:
        before = {name: remade.before.get(name) for name in person.members}
        if person.device is not None:
            old = before.get(person.members[0])
            if old is not None and old.device is None:
                self._say("Identifier Shared", person, person.members, cause, "shared")
            return
        was = {name: old.person_id for name, old in before.items() if old is not None}
        moved = tuple(sorted(name for name, key in was.items() if key != person.person_id))
        if len(set(was.values())) > 1:
            previous = self._formerly(person, {was[name] for name in moved}, cause)
            self._say("Identity Merged", person, moved, cause, "", previous)
        old_values = frozenset[Identifier]().union(
            *(old.superseded for old in _distinct(before.values()))
        )
        for name in sorted(person.superseded - old_values):
            self._say("Identifier Superseded", person, (name,), cause, "superseded")

    def _split(self, person: Person, remade: Remade, cause: Cause) -> None:
        after = {name: remade.after.get(name) for name in person.members}
        now = {one.person_id for one in after.values() if one is not None and one.device is None}
        if len(now) < 2:
            return
        moved = tuple(
            sorted(name for name, one in after.items() if one and one.person_id != person.person_id)
        )
        message_id, at, _ = cause.of(person.members)
        parts = tuple(Formerly(key, at, message_id) for key in sorted(now - {person.person_id}))
        self._say("Identity Split", person, moved, cause, "", parts)

    def _formerly(self, person: Person, joined: set[str], cause: Cause) -> tuple[Formerly, ...]:
        ids = set(joined)
        if len(person.members) <= MOST_LISTED:
            # Whoever had events of its own was a person before it was joined.
            ids.update(
                self._births.person_id(name)
                for name in person.members
                if name in self._births and self._heard(name)
            )
        message_id, at, _ = cause.of(person.members)
        return tuple(
            Formerly(key, at if key in joined else 0, message_id if key in joined else "")
            for key in sorted(ids - {person.person_id})
        )

    def refused(self, refusal: Refusal, position: int) -> None:
        """Note that evidence was refused when it came."""
        item = refusal.evidence
        about = f"{item.a}\x00{item.b}\x00{refusal.reason}"
        self._add("Identity Evidence Refused", about, "", item, refusal.reason, position)

    def quarantined(self, name: Identifier, item: Evidence, position: int) -> None:
        """Note that a value became hot by evidence."""
        self._add("Identifier Quarantined", name, "", item, "quarantined", position, (name,))

    def frozen(self, item: Evidence, person_id: str, position: int) -> None:
        """Note that a component is frozen, and evidence of it waits."""
        self._add("Identity Frozen", person_id, person_id, item, "frozen", position)

    def _add(
        self,
        event: LineageEvent,
        about: str,
        person_id: str,
        item: Evidence,
        reason: str,
        position: int,
        moved: tuple[Identifier, ...] = (),
    ) -> None:
        self._news.append(
            Lineage(
                event=event,
                message_id=message_id_of(event, about, self._version(), item.message_id),
                person_id=person_id,
                identifiers_moved=moved,
                evidence=(item,),
                reason=reason,
                rules_version=self._version(),
                log_position=position,
                at=item.at,
            )
        )

    def _say(
        self,
        event: LineageEvent,
        person: Person,
        moved: tuple[Identifier, ...],
        cause: Cause,
        reason: str,
        previous: tuple[Formerly, ...] = (),
    ) -> None:
        message_id, at, evidence = cause.of(person.members)
        about = "\x00".join((person.person_id, *moved))
        self._news.append(
            Lineage(
                event=event,
                message_id=message_id_of(event, about, self._version(), message_id),
                person_id=person.person_id,
                previous=previous,
                identifiers_moved=moved,
                evidence=evidence,
                reason=reason,
                rules_version=self._version(),
                log_position=cause.position,
                at=at,
            )
        )


def _outgrew(refusal: Refusal, remade: Remade, cause: Cause) -> bool:
    """Tell whether evidence that held is refused now, as its person reached a cap by events."""
    if cause.operation_id or not refusal.reason.startswith("cap_"):
        return False
    a, b = (remade.before.get(name) for name in refusal.evidence.pair)
    return a is not None and b is not None and a.person_id == b.person_id


def _distinct(persons: Iterable[Person | None]) -> list[Person]:
    return list({person.person_id: person for person in persons if person is not None}.values())
