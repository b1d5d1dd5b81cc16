"""Where everybody stood at the marks of a period, read beside the serving and kept for a while."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from heapq import nsmallest
from typing import Literal, get_args
from zlib import crc32

import msgspec

from wegweiser.flow.course_memory import Footing
from wegweiser.flow.owner_book import named_owners
from wegweiser.flow.turns import Turns
from wegweiser.profile import reading
from wegweiser.profile.stage_flow import Moved
from wegweiser.resolve.rows import any_born
from wegweiser.terms.errors import ComeAgain
from wegweiser.terms.identity import identifier, value_of
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.site import Site

Unit = Literal["account", "person"]
UNITS: tuple[Unit, ...] = get_args(Unit)
MOST_SUBJECTS = 5_000
MOST_MARKS = 30
KEPT = 6
# Readings under way; whatever else is wished for is begun when somebody asks again.
MOST_AT_ONCE = 4
FRESH_MS = 60_000
NAMES_AT_ONCE = 10_000
GROUP = "group_id:"


class Period(msgspec.Struct, frozen=True):
    """Whom, and from when to when (ms), in whole days."""

    of: Unit
    start: int
    end: int

    @property
    def marks(self) -> tuple[int, ...]:
        """At most 31 moments (ms) from start to end, equally far apart."""
        parts = min(MOST_MARKS, max(1, (self.end - self.start) // DAY_MS))
        return tuple(
            self.start + (self.end - self.start) * part // parts for part in range(parts + 1)
        )

    @property
    def days_per_mark(self) -> float:
        """How many days lie between two marks."""
        return (self.end - self.start) / DAY_MS / (len(self.marks) - 1)


class Traveller(msgspec.Struct, frozen=True):
    """One person or account with its course, its country and the channel it came by first.

    `footing` is what the course of an account rests on.
    """

    moved: Moved
    country: str
    source: str
    footing: Footing | None = None


class Travellers(msgspec.Struct, frozen=True):
    """Everybody of whom something was seen by the end; a sample where there are very many."""

    found: tuple[Traveller, ...]
    looked_at: int
    of_all: int

    def kept(
        self,
        countries: Collection[str] = (),
        sources: Collection[str] = (),
        subjects: Collection[str] | None = None,
    ) -> tuple[Moved, ...]:
        """Give the courses of those who fit every filter; an empty one fits all."""
        return tuple(
            one.moved
            for one in self.found
            if (not countries or one.country in countries)
            and (not sources or one.source in sources)
            and (subjects is None or one.moved.subject in subjects)
        )


async def read_travellers(
    site: Site, period: Period, before: Travellers | None = None
) -> Travellers:
    """Read everybody at the marks of a period, a little at a time.

    What `before` tells of the same period stands for accounts of which nothing changed.
    """
    turns, is_committed = Turns(), await _committed(site)
    names = await _names(site, period.of, is_committed, turns)
    drawn = nsmallest(MOST_SUBJECTS, names, key=_hash) if len(names) > MOST_SUBJECTS else names
    known = {} if before is None else {one.moved.subject: one for one in before.found}
    if period.of == "account":
        await site.courses.refresh(turns, is_committed)
    found: list[Traveller] = []
    for name in drawn:
        await turns.pause()
        if period.of == "person":
            one = _person(site, name, period.marks)
        else:
            one = await _account(site, name, period.marks, known, turns)
        if one is not None:
            found.append(one)
    return Travellers(tuple(found), len(drawn), len(names))


async def _committed(site: Site) -> bool:
    with suppress(ComeAgain):
        await site.intake.checkpoint()
        return True
    return False


async def _names(site: Site, of: Unit, is_committed: bool, turns: Turns) -> list[str]:
    if of == "account":
        return await _accounts(site, turns)
    # Whoever computes every person to name them takes minutes where there are a million.
    named = await asyncio.to_thread(_owners, site) if is_committed else None
    if named is not None:
        return named
    found: list[str] = []
    for person_id in site.unifier.directory.persons():
        found.append(person_id)
        await turns.pause()
    return found


def _owners(site: Site) -> list[str] | None:
    return named_owners(site.engines.store)


def has_accounts(site: Site) -> bool:
    """Tell whether any account is known; one that is not stored yet has members."""
    named = bool(site.unifier.directory.account_book.roster.leaves)
    return named or any_born(site.engines.store, GROUP)


async def _accounts(site: Site, turns: Turns) -> list[str]:
    directory, found = site.unifier.directory, list[str]()
    for number, name in enumerate(list(directory.names())):
        if name.startswith(GROUP) and directory.account_book.stands_for(value_of(name)):
            found.append(value_of(name))
        if number % NAMES_AT_ONCE == 0:
            await turns.pause()
    return found


def _hash(name: str) -> int:
    return crc32(name.encode())


def _person(site: Site, name: str, marks: tuple[int, ...]) -> Traveller | None:
    # A person may have been joined into another while the others were read.
    if site.views.find_person(f"person_id:{name}") != name:
        return None
    traits = site.views.traits_of(name)
    course = site.views.course_of_person(name, marks)
    arrival = reading.arrival(site.views.cells_of(name))
    moved = Moved(identifier("person_id", name), course.stages, course.touched)
    source = "" if arrival is None else arrival.channel
    return Traveller(moved, country_of(traits) or _country_at_work(site, name), source)


def _country_at_work(site: Site, person_id: str) -> str:
    group_id = site.views.first_account(person_id)
    return country_of(site.courses.traits(group_id)) if group_id else ""


async def _account(
    site: Site, name: str, marks: tuple[int, ...], known: Mapping[str, Traveller], turns: Turns
) -> Traveller | None:
    subject = identifier("group_id", name)
    if site.views.find_account(subject) != name:
        return None
    footing = await site.courses.footing(name, turns)
    before = known.get(subject)
    if before is not None and before.footing is footing:
        moved = before.moved
    else:
        course = site.courses.course(footing, marks)
        moved = Moved(subject, course.stages, course.touched)
    return Traveller(moved, country_of(site.courses.traits(name)), footing.channel, footing)


def country_of(traits: JsonObject) -> str:
    """Give the country that traits state, of the address or by itself; empty for none.

    >>> country_of({"address": {"country": "DE"}}), country_of({"country": "AT"}), country_of({})
    ('DE', 'AT', '')
    """
    address = traits.get("address")
    stated: Json = address.get("country") if isinstance(address, dict) else None
    stated = stated or traits.get("country")
    return stated if isinstance(stated, str) else ""


class _Held(msgspec.Struct, frozen=True):
    """A reading with the log position and the moment (ms) at which it was begun."""

    found: Travellers
    position: int
    at: int


class Courses:
    """The last readings; one that is under way is waited for by all who want it."""

    def __init__(self, site: Site):
        self._site = site
        self._held: dict[Period, _Held] = {}
        self._running: dict[Period, asyncio.Task[Travellers | None]] = {}
        self._erasures = 0
        self._heard: object = None
        self._listen()

    async def get(self, period: Period, patience_s: float) -> Travellers | None:
        """Give the reading of a period; None while it takes longer than `patience_s`."""
        self._listen()
        held = self._held.get(period)
        if held is not None and self._is_fresh(held.position, held.at):
            return held.found
        if period not in self._running:
            if len(self._running) >= MOST_AT_ONCE:
                return None if held is None else held.found
            self._running[period] = asyncio.create_task(self._read(period))
        task = self._running[period]
        done, _ = await asyncio.wait([task], timeout=patience_s)
        if done:
            return task.result()
        return None if held is None else held.found

    def _listen(self) -> None:
        """Hear of erasures: a reading from before names whom it was about.

        A rebuild makes other views, and ends what was heard of the old ones.
        """
        if self._heard is not self._site.views:
            self._heard = self._site.views
            self._site.views.forgotten.append(self._forget)

    def _forget(self) -> None:
        self._erasures += 1
        self._held.clear()

    def _is_fresh(self, position: int, at: int) -> bool:
        now = self._site.clock.now_ms()
        return position == self._site.unifier.position or now - at < FRESH_MS

    async def _read(self, period: Period) -> Travellers | None:
        try:
            position, at = self._site.unifier.position, self._site.clock.now_ms()
            erasures = self._erasures
            held = self._held.get(period)
            before = None if held is None else held.found
            found = await read_travellers(self._site, period, before)
            if erasures != self._erasures:
                return None
            self._held.pop(period, None)
            self._held[period] = _Held(found, position, at)
            for oldest in list(self._held)[:-KEPT]:
                del self._held[oldest]
            return found
        finally:
            del self._running[period]


def members_of_all(site: Site, keys: Iterable[str]) -> set[str]:
    """Name the members of any of some segments; what is not declared has none."""
    held = site.segments.members
    known = (key for key in keys if site.segments.get(key) is not None)
    return {subject for key in known for subject, _ in held.members(key)}
