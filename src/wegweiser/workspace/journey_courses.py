"""Where everybody stood at the marks of a period, read beside the serving and kept for a while."""

import asyncio
from collections.abc import Collection, Iterable
from typing import Literal, get_args
from zlib import crc32

import msgspec

from wegweiser.flow.turns import Turns
from wegweiser.profile import reading
from wegweiser.profile.stage_flow import Moved
from wegweiser.terms.identity import identifier
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
    """One person or account with its course, its country and the channel it came by first."""

    moved: Moved
    country: str
    source: str


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


async def read_travellers(site: Site, period: Period) -> Travellers:
    """Read everybody at the marks of a period, a little at a time."""
    names = _names(site, period.of)
    drawn = sorted(names, key=_hash)[:MOST_SUBJECTS] if len(names) > MOST_SUBJECTS else names
    turns, marks = Turns(), period.marks
    found: list[Traveller] = []
    for name in drawn:
        await turns.pause()
        one = _person(site, name, marks) if period.of == "person" else _account(site, name, marks)
        if one is not None:
            found.append(one)
    return Travellers(tuple(found), len(drawn), len(names))


def _names(site: Site, of: Unit) -> list[str]:
    directory = site.unifier.directory
    return [*(directory.accounts() if of == "account" else directory.persons())]


def _hash(name: str) -> int:
    return crc32(name.encode())


def _person(site: Site, name: str, marks: tuple[int, ...]) -> Traveller | None:
    # A person may have been joined into another while the others were read.
    if site.views.find_person(f"person_id:{name}") != name:
        return None
    profile = site.views.person(name)
    course = site.views.course_of_person(name, marks)
    arrival = reading.arrival(site.views.cells_of(name))
    moved = Moved(identifier("person_id", name), course.stages, course.touched)
    source = "" if arrival is None else arrival.channel
    return Traveller(moved, country_of(profile.traits) or _country_at_work(site, name), source)


def _country_at_work(site: Site, person_id: str) -> str:
    group_id = site.views.first_account(person_id)
    return country_of(site.views.account_traits(group_id)) if group_id else ""


def _account(site: Site, name: str, marks: tuple[int, ...]) -> Traveller | None:
    if site.views.find_account(f"group_id:{name}") != name:
        return None
    course = site.views.course_of_account(name, marks)
    arrival = reading.arrival(site.views.account_cells_of(name))
    moved = Moved(identifier("group_id", name), course.stages, course.touched)
    source = "" if arrival is None else arrival.channel
    return Traveller(moved, country_of(site.views.account_traits(name)), source)


def country_of(traits: JsonObject) -> str:
    """Give the country that traits state, of the address or by itself; empty for none.

    >>> country_of({"address": {"country": "DE"}}), country_of({"country": "AT"}), country_of({})
    ('DE', 'AT', '')
    """
    address = traits.get("address")
    stated: Json = address.get("country") if isinstance(address, dict) else None
    stated = stated or traits.get("country")
    return stated if isinstance(stated, str) else ""


class Courses:
    """The last readings; one that is under way is waited for by all who want it."""

    def __init__(self, site: Site):
        self._site = site
        self._held: dict[Period, tuple[Travellers, int, int]] = {}
        self._running: dict[Period, asyncio.Task[Travellers]] = {}

    async def get(self, period: Period, patience_s: float) -> Travellers | None:
        """Give the reading of a period; None while it takes longer than `patience_s`."""
        held = self._held.get(period)
        if held is not None and self._is_fresh(*held[1:]):
            return held[0]
        if period not in self._running:
            if len(self._running) >= MOST_AT_ONCE:
                return None if held is None else held[0]
            self._running[period] = asyncio.create_task(self._read(period))
        task = self._running[period]
        done, _ = await asyncio.wait([task], timeout=patience_s)
        if done:
            return task.result()
        return None if held is None else held[0]

    def _is_fresh(self, position: int, at: int) -> bool:
        now = self._site.clock.now_ms()
        return position == self._site.unifier.position or now - at < FRESH_MS

    async def _read(self, period: Period) -> Travellers:
        try:
            position, at = self._site.unifier.position, self._site.clock.now_ms()
            found = await read_travellers(self._site, period)
            self._held.pop(period, None)
            self._held[period] = (found, position, at)
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
