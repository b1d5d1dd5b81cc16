"""Probable duplicates: looked for on demand, shown with their reasons, answered by a person."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec

from wegweiser.flow.identity_statements import Wish
from wegweiser.flow.link_book import LinkBook, Pair, Proposal, Refusal, Search
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.classes import class_of
from wegweiser.resolve.link_judge import Standing, Thresholds, anchor, clashes
from wegweiser.resolve.link_record import link_record
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import Identifier, identifier
from wegweiser.terms.json import JsonObject
from wegweiser.terms.link import Linkage, LinkRecord, Weight
from wegweiser.terms.wrong import wrong

PERSONS_PER_SLICE = 20
Tell = Callable[[str], None]
Find = Callable[[Sequence[LinkRecord], float, Tell], Awaitable[Linkage]]
# How an operator's statement is said, by whom; raises InputRefused where a rule forbids it.
Say = Callable[[Wish, str], Awaitable[JsonObject]]


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """Two persons of now who are probably one; `at` is when that was found (ms)."""

    a: str
    b: str
    probability: float
    standing: Standing
    weights: tuple[Weight, ...]
    at: int


class LinkDesk:
    """Searches by `find`, which works beside the server; a yes is said by `say`."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        store: OperationalStore,
        clock: Clock,
        find: Find,
        say: Say,
    ):
        self._unifier = unifier
        self._views = views
        self._clock = clock
        self._find = find
        self._say = say
        self.book = LinkBook(store)
        self.step = ""

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds of the last search."""
        last = self.book.last
        return Thresholds() if last is None else Thresholds(last.possible, last.likely)

    async def propose(self, thresholds: Thresholds) -> Search:
        """Compare everybody who may be compared; what was proposed before is replaced.

        Raises InputRefused while another search runs, or for thresholds out of order.
        """
        thresholds.require_sound()
        if self.step:
            raise InputRefused("busy", wrong("search_runs", step=self.step), 409)
        try:
            self._tell("reading")
            records = await self._records()
            found = await self._find(records, thresholds.possible, self._tell)
            return self.keep(found, thresholds)
        finally:
            self.step = ""

    def _tell(self, step: str) -> None:
        self.step = step

    async def _records(self) -> list[LinkRecord]:
        directory = self._unifier.directory
        found: list[LinkRecord] = []
        for number, person_id in enumerate(list(directory.persons()), 1):
            if number % PERSONS_PER_SLICE == 0:
                await asyncio.sleep(0)
            if directory.find(f"person_id:{person_id}") == person_id and self._telling(person_id):
                record = self.record_of(person_id)
                found += [] if record is None else [record]
        return found

    def record_of(self, person_id: str) -> LinkRecord | None:
        """Give what is compared of a person, None where that is too little."""
        profile = self._views.person(person_id)
        names = [identifier(one.type, one.value) for one in profile.identifiers]
        return link_record(person_id, names, profile.traits)

    def name_of(self, person_id: str) -> Identifier:
        """Give the identifier by which a person is linked and told of."""
        return anchor(self._unifier.directory.members(person_id))

    def _telling(self, person_id: str) -> bool:
        """Tell whether more than a device is known of somebody."""
        directory = self._unifier.directory
        members = directory.members(person_id)
        return any(class_of(name) in ("unique", "strong") for name in members)

    def keep(self, found: Linkage, thresholds: Thresholds) -> Search:
        """Put what a search found in the place of what the one before it found."""
        now = self._clock.now_ms()
        book = self.book
        known = {name for pair in book.refusals for name in pair}
        book.forget(name for name in known if self._now(name) is None)
        refused = self._refused()
        proposals = [
            Proposal(a=one.a, b=one.b, probability=one.probability, weights=one.weights, at=now)
            for one in found.pairs
            if self._stands((one.a, one.b), refused) is not None
        ]
        search = Search(
            at=now,
            possible=thresholds.possible,
            likely=thresholds.likely,
            records=found.records,
            pairs_compared=found.pairs_compared,
            keys_left_out=found.keys_left_out,
            learned_from=found.learned_from,
            found=len(proposals),
        )
        book.renew(proposals, search)
        return search

    def suggestions(self) -> list[Suggestion]:
        """Give what waits for an answer, most probable first."""
        return self._waiting(self.book.proposals.values())

    def _waiting(self, proposals: Iterable[Proposal]) -> list[Suggestion]:
        refused = self._refused()
        found = (self._suggestion(one, refused) for one in proposals)
        return sorted(
            (one for one in found if one is not None),
            key=lambda one: (-one.probability, one.a, one.b),
        )

    def of_person(self, person_id: str) -> list[Suggestion]:
        """Give what waits for an answer about one person, most probable first."""
        directory = self._unifier.directory
        # Whatever ids were proposed, each was somebody's whose identifiers are here now.
        ids = {one for name in directory.members(person_id) for one in directory.ids_of(name)}
        held = self.book.proposals
        return self._waiting([one for pair, one in held.items() if not ids.isdisjoint(pair)])

    def between(self, a: str, b: str) -> Suggestion:
        """Give the suggestion about two persons, named by any identifier; raises NotFound."""
        pair = self._pair(a, b)
        for one in self.of_person(pair[0]):
            if (one.a, one.b) == pair:
                return one
        raise NotFound(wrong("nothing_waits", a=a, b=b))

    async def accept(self, a: str, b: str, by: str, reason: str = "") -> JsonObject:
        """Say that two persons are one, as an operator's link; gives what that changed.

        Raises NotFound where nothing waits between them, InputRefused where a rule forbids it.
        """
        suggestion = self.between(a, b)
        ends = self.name_of(suggestion.a), self.name_of(suggestion.b)
        told = reason or f"proposed with probability {suggestion.probability:.4f}"
        changed = await self._say(Wish(kind="link", pairs=(ends,), reason=told), by)
        self._close(suggestion)
        return changed

    def reject(self, a: str, b: str, by: str) -> None:
        """Say that two persons are not one; they are never proposed again.

        Raises NotFound where nothing waits between them.
        """
        suggestion = self.between(a, b)
        at = self._clock.now_ms()
        self.book.refuse(Refusal(a=suggestion.a, b=suggestion.b, at=at, by=by))
        self._close(suggestion)

    def _close(self, answered: Suggestion) -> None:
        for pair in list(self.book.proposals):
            if {self._now(name) for name in pair} <= {answered.a, answered.b}:
                self.book.close(pair)

    def _refused(self) -> set[Pair]:
        pairs = (self._current(pair) for pair in self.book.refusals)
        return {pair for pair in pairs if pair is not None}

    def _suggestion(self, one: Proposal, refused: set[Pair]) -> Suggestion | None:
        pair = self._stands((one.a, one.b), refused)
        standing = self.thresholds.standing(one.probability)
        if pair is None or standing is None:
            return None
        return Suggestion(
            a=pair[0],
            b=pair[1],
            probability=one.probability,
            standing=standing,
            weights=one.weights,
            at=one.at,
        )

    def _stands(self, pair: Pair, refused: set[Pair]) -> Pair | None:
        """Give the persons of now where they are still two, could be one, and nobody said no."""
        now = self._current(pair)
        if now is None or now in refused:
            return None
        known = [self._unifier.directory.identifiers_of(person_id) for person_id in now]
        return None if clashes(*known) else now

    def _current(self, pair: Pair) -> Pair | None:
        a, b = map(self._now, pair)
        return None if a is None or b is None or a == b else (min(a, b), max(a, b))

    def _now(self, person_id: str) -> str | None:
        return self._unifier.directory.find(f"person_id:{person_id}")

    def _pair(self, a: str, b: str) -> Pair:
        found = [self._views.find_person(name) for name in (a, b)]
        for name, person_id in zip((a, b), found, strict=True):
            if person_id is None:
                raise NotFound(wrong("nothing_known", name=name))
        one, other = sorted(str(person_id) for person_id in found)
        return one, other
