"""Types of identifiers that senders made up: listed for review, refused where they are too many."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from wegweiser.flow.callers import Callers
from wegweiser.flow.identity_rules import RuleDesk, is_reviewed
from wegweiser.flow.intake import Intake
from wegweiser.flow.supposed import NAMES_PER_SLICE
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.values_per_person import ValuesPerPerson
from wegweiser.flow.whole_persons import whole_persons
from wegweiser.ports.clock import Clock
from wegweiser.resolve.births import PREFIX
from wegweiser.resolve.classes import is_custom
from wegweiser.resolve.rulebook import Rulebook
from wegweiser.terms.identity import Identifier, kind_of
from wegweiser.terms.instant import DAY_MS, HOUR_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Trust
from wegweiser.terms.ulid import moment_of

# So many values per person on average, and a type names no persons but visits or orders.
MOST_PER_PERSON = 10
# Anybody can make types up: those with the most values are looked at.
MOST_TYPES = 200
BY = "wegweiser"
# Where there are more values than these, what was counted stands for an hour.
MANY_VALUES = 20_000
# By how much a type must have grown to be counted once more.
GROWN = 1.1
REASON = f"{MOST_PER_PERSON} or more values per person on average"


class SeenType(msgspec.Struct):
    """What is kept of one type: values, sources, and how many of them stand beside one person.

    `trusted` counts what secret keys said, `anybody` what all said; both count values that were
    named with nothing else, which are somebody of their own.
    """

    values: int = 0
    since: int | None = None
    is_trusted: bool = False
    sources: set[str] = msgspec.field(default_factory=set)
    trusted: ValuesPerPerson = msgspec.field(default_factory=ValuesPerPerson)
    anybody: ValuesPerPerson = msgspec.field(default_factory=ValuesPerPerson)

    @property
    def counted(self) -> ValuesPerPerson:
        """What decides: where secret keys use the type, strangers cannot have it refused."""
        return self.trusted if self.is_trusted else self.anybody

    @property
    def is_crowded(self) -> bool:
        """Tell whether persons have too many values for any of them to be an identifier."""
        return self.counted.average >= MOST_PER_PERSON


class _Counted(msgspec.Struct, frozen=True):
    """What was counted at a moment and log position: facts by type, and types left out."""

    at: int
    position: int
    values: int
    facts: dict[str, JsonObject]
    further: int


_NOTHING = _Counted(0, 0, 0, {}, 0)


class IdentityTypes:
    """Counts when asked, over all that is kept, and lets others run meanwhile."""

    def __init__(
        self, unifier: Unifier, intake: Intake, callers: Callers, rules: RuleDesk, clock: Clock
    ):
        self._unifier = unifier
        self._intake = intake
        self._callers = callers
        self._rules = rules
        self._clock = clock
        # How many values an unreviewed type had when it was last looked at, under which rules.
        self._looked: tuple[str, dict[str, int]] = ("", {})
        self._refused_at: int | None = None
        self._counted: _Counted | None = None
        # Whether somebody asked who did not want to wait.
        self._wanted = False
        self._due_at = clock.now_ms() + HOUR_MS

    async def listed(self, wait: bool = True) -> JsonObject:
        """List every custom type, those for review first; `further` types are not looked at.

        Counted anew where anything was stored since, of very many values once an hour. Whoever
        does not wait for very many gets what was counted last, or nothing and no `counted_at`.
        """
        await self._settle()
        counted = self._counted
        if counted is None or not self._stands(counted):
            position = self._unifier.position
            names = await self._names()
            if wait or len(names) <= MANY_VALUES:
                counted = self._counted = await self._count(names, position)
            else:
                self._wanted = True
        counted = counted or _NOTHING
        rows = [self._row(kind, facts) for kind, facts in counted.facts.items()]
        rows.sort(key=lambda row: (row["state"] != "unclassified", row["type"]))
        listed: list[Json] = [*rows]
        return {
            "types": listed,
            "further": counted.further,
            "refused_from": MOST_PER_PERSON,
            "counted_at": format_instant(counted.at) if counted.at else None,
            "rules_version": self._rules.rules.version,
        }

    def _stands(self, counted: _Counted) -> bool:
        if counted.position == self._unifier.position:
            return True
        return counted.values > MANY_VALUES and self._clock.now_ms() - counted.at < HOUR_MS

    async def _count(self, names: list[Identifier], position: int) -> _Counted:
        at = self._clock.now_ms()
        kinds = Counter(map(kind_of, names))
        told = [kind for kind, _ in kinds.most_common(MOST_TYPES)]
        facts = {kind: self._facts(one) for kind, one in (await self._seen(names, told)).items()}
        return _Counted(at, position, len(names), facts, len(kinds) - len(told))

    async def run_due(self) -> None:
        """Count what was asked for, and look every hour whether a type is to be refused."""
        if self._wanted:
            self._wanted = False
            await self.listed()
        now = self._clock.now_ms()
        if now >= self._due_at:
            self._due_at = now + HOUR_MS
            await self.refuse_crowded()

    async def refuse_crowded(self) -> None:
        """Refuse unreviewed types with too many values per person, at most once a day.

        A type is counted again when it has a tenth more values than at the last look.
        """
        now = self._clock.now_ms()
        if self._refused_at is not None and now - self._refused_at < DAY_MS:
            return
        await self._settle()
        names = await self._names()
        seen = await self._seen(names, self._grown(Counter(map(kind_of, names))))
        crowded = [kind for kind, one in seen.items() if one.is_crowded]
        if crowded and await self._rules.refuse(sorted(crowded), BY, REASON):
            self._refused_at = now
        self._looked[1].update({kind: one.values for kind, one in seen.items()})

    def _grown(self, kinds: Counter[str]) -> list[str]:
        """Give the unreviewed types that may have become too many since the last look."""
        rules = self._rules.rules
        if self._looked[0] != rules.version:
            self._looked = (rules.version, {})
        looked = self._looked[1]
        for_review = (kind for kind, _ in kinds.most_common() if not is_reviewed(rules, kind))
        return [
            kind
            for kind in islice(for_review, MOST_TYPES)
            if kinds[kind] >= max(MOST_PER_PERSON, looked.get(kind, 0) * GROWN)
        ]

    async def _settle(self) -> None:
        await self._intake.settle()
        await whole_persons(self._unifier)

    async def _names(self) -> list[Identifier]:
        """Give all identifiers of custom types, oldest first."""
        turns, found, custom = Turns(), list[Identifier](), dict[str, bool]()
        for number, name in enumerate(list(self._unifier.directory.names()), 1):
            kind = kind_of(name)
            if kind not in custom:
                custom[kind] = is_custom(kind)
            if custom[kind]:
                found.append(name)
            if number % NAMES_PER_SLICE == 0:
                await turns.pause()
        return found

    async def _seen(self, names: Iterable[Identifier], kinds: Iterable[str]) -> dict[str, SeenType]:
        seen = {kind: SeenType() for kind in kinds}
        turns = Turns()
        for name in names if seen else ():
            one = seen.get(kind_of(name))
            if one is not None:
                self._look(name, one)
                await turns.pause()
        return seen

    def _look(self, name: Identifier, one: SeenType) -> None:
        """Count a value once for everybody whom it was named with, also where it was refused."""
        directory = self._unifier.directory
        one.values += 1
        if one.since is None:
            one.since = next(filter(None, map(_moment, directory.ids_of(name))), None)
        trusted, anybody = set[str](), set[str]()
        for item in directory.evidence_about([name]):
            if item.trust > Trust.INFERRED:
                one.sources.add(item.source_id)
                person_id = directory.find(item.b if item.a == name else item.a)
                if person_id is not None:
                    anybody.add(person_id)
                    if item.trust >= Trust.SERVER:
                        trusted.add(person_id)
        one.is_trusted |= bool(trusted)
        alone = directory.find(name)
        if not anybody and alone is not None:
            anybody.add(alone)
            trusted.add(alone)
        one.anybody.note_all(anybody)
        one.trusted.note_all(trusted)

    def _facts(self, one: SeenType) -> JsonObject:
        counted = one.counted
        return {
            "values": one.values,
            "persons": counted.persons,
            "values_per_person": round(counted.average, 2),
            "crowded": one.is_crowded,
            "counted": "trusted" if one.is_trusted else "anybody",
            "since": None if one.since is None else format_instant(one.since),
            "sources": [*self._named(one.sources)],
        }

    def _row(self, kind: str, facts: JsonObject) -> JsonObject:
        rules = self._rules.rules
        rule = rules.types.get(kind)
        state = "classified" if is_reviewed(rules, kind) else "unclassified"
        return {
            "type": kind,
            "state": "refused" if rule is not None and rule.refused else state,
            "class": Rulebook(rules).kind(kind).identifier_class,
            **facts,
        }

    def _named(self, source_ids: set[str]) -> Iterator[str]:
        for source_id in sorted(source_ids):
            source = self._callers.source(source_id)
            yield source_id if source is None else source.name


def _moment(person_id: str) -> int | None:
    return moment_of(person_id.removeprefix(PREFIX))
