"""Courses of accounts that are remembered are those that a reading from the beginning gives."""

import asyncio
from collections.abc import Mapping
from itertools import chain, groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.sites import running
from tests.laws.test_owners import SAID, _records
from tests.strategies import START, Sent, devices, groups, rules_of_identity, streams, users
from wegweiser.flow import course_memory
from wegweiser.flow.plain_persons import PlainPersons
from wegweiser.flow.stage_course import Course, moved_at, touched
from wegweiser.flow.stages import SEEN_WITHIN_MS, People, Stages, busy_of
from wegweiser.flow.turns import Turns
from wegweiser.profile import reading
from wegweiser.profile.stage_course import read_course
from wegweiser.profile.stage_flow import Moved
from wegweiser.terms.event import Event
from wegweiser.terms.identity import identifier
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust
from wegweiser.workspace.journey_courses import (
    Courses,
    Period,
    Traveller,
    Travellers,
    Unit,
    country_of,
    has_accounts,
    read_travellers,
)
from wegweiser.workspace.site import Site

PERIODS = (
    Period("account", START - DAY_MS, START + 6 * DAY_MS),
    Period("account", START + DAY_MS, START + 100 * DAY_MS),
)
PATHS = ("/pricing", "/blog/why", "/compare", "/careers", "/demo")
TURNS = ["collected"] * 4 + ["judged", "ruled", "read", "other", "forget", "commit"]


def from_the_beginning(stages: Stages, people: People, marks: tuple[int, ...]) -> Course:
    """Read a course as it was read before anything was remembered."""
    signs = stages.account(people, marks[-1]).signs

    def seen(mark: int) -> int:
        since = mark - SEEN_WITHIN_MS
        return sum(any(since < one.at <= mark for one in told) for told, _ in people.values())

    found: list[str] = []
    for number, run in groupby([(busy_of(seen(mark)), mark) for mark in marks], lambda one: one[0]):
        kernel = stages.book.kernel(number)
        found += read_course(kernel, signs, [mark for _, mark in run], kernel.start)
    return Course(tuple(found), touched(signs, moved_at(found, marks)))


def one_by_one(site: Site, period: Period) -> dict[str, Traveller]:
    """Read every account by itself, and nothing that was read before."""
    site.views.forget_views()
    stages = Stages(site.journeys)
    found: dict[str, Traveller] = {}
    for name in site.unifier.directory.accounts():
        course = from_the_beginning(stages, site.views._people(name), period.marks)
        arrival = reading.arrival(site.views.account_cells_of(name))
        moved = Moved(identifier("group_id", name), course.stages, course.touched)
        country = country_of(site.views.account_traits(name))
        found[moved.subject] = Traveller(moved, country, "" if arrival is None else arrival.channel)
    return found


def told(found: Travellers) -> Mapping[str, tuple[Moved, str, str]]:
    assert len(found.found) == found.looked_at == found.of_all
    return {one.moved.subject: (one.moved, one.country, one.source) for one in found.found}


class Reader:
    """Reads one period and the other, over what it read before, and holds it against the law."""

    def __init__(self, site: Site):
        self._site = site
        self._before: dict[Period, Travellers] = {}

    async def read(self, period: Period) -> None:
        found = await read_travellers(self._site, period, self._before.get(period))
        self._before[period] = found
        wanted = one_by_one(self._site, period)
        assert has_accounts(self._site) == bool(wanted)
        assert told(found) == {
            name: (one.moved, one.country, one.source) for name, one in wanted.items()
        }


@st.composite
def visits(draw: st.DrawFn) -> list[Sent]:
    """Views of few people of two accounts, who join them by what a server says."""
    sent: list[Sent] = []
    for number in range(draw(st.integers(1, 14))):
        at = START + draw(st.integers(0, 5 * 24 * 12)) * 300_000
        joins = draw(st.integers(0, 3)) == 0
        event = Event(
            type="group" if joins else "page",
            message_id=f"v-{number:02d}",
            at=at,
            user_id=draw(users),
            anonymous_id=draw(st.one_of(st.just(""), devices)),
            group_id=draw(groups) if joins else "",
            traits={"country": draw(st.sampled_from(["DE", "AT"]))} if joins else {},
            properties={} if joins else {"path": draw(st.sampled_from(PATHS))},
            enriched={"channel": draw(st.sampled_from(["direct", "search"]))},
        )
        sent.append(Sent(event, Trust.SERVER, at))
    return sent


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(visits(), streams()),
    SAID,
    st.lists(rules_of_identity, max_size=1),
    st.lists(st.sampled_from(TURNS), max_size=14),
)
def test_what_is_remembered_is_what_a_reading_from_the_beginning_gives(
    sent, said, rules, turns
) -> None:
    async def scenario() -> None:
        async with running() as site:
            records, reader = _records(sent, said, rules), Reader(site)
            for turn in turns:
                if turn in ("read", "other"):
                    await reader.read(PERIODS[turn == "other"])
                elif turn == "forget":
                    site.views.forget_all()
                elif turn == "commit":
                    await site.intake.checkpoint()
                elif records[turn]:
                    await site.intake.append(records[turn].pop(0))
            for record in chain(*records.values()):
                await site.intake.append(record)
            await site.intake.settle()
            for period in (*PERIODS, *PERIODS):
                await reader.read(period)

    asyncio.run(scenario())


def view(user: str, number: int, path: str) -> Sent:
    event = Event(
        type="page",
        message_id=f"{user}-{number}",
        at=START + number * DAY_MS // 2,
        user_id=user,
        properties={"path": path},
    )
    return Sent(event, Trust.SERVER, event.at)


def joined(user: str, group: str) -> Sent:
    event = Event(
        type="group", message_id=f"{user}-{group}", at=START, user_id=user, group_id=group
    )
    return Sent(event, Trust.SERVER, event.at)


async def sends(site: Site, *sent: Sent) -> None:
    for record in _records(list(sent), [], [])["collected"]:
        await site.intake.append(record)
    await site.intake.settle()


def on_a_site(scenario) -> None:
    async def whole() -> None:
        async with running() as site:
            await scenario(site)

    asyncio.run(whole())


def test_only_the_account_of_whoever_changed_is_read_again() -> None:
    async def scenario(site: Site) -> None:
        await sends(site, joined("u-1", "acme"), joined("u-2", "globex"), view("u-1", 1, "/demo"))
        await site.courses.refresh(Turns())
        first = [await site.courses.footing(name, Turns()) for name in ("acme", "globex")]
        await sends(site, view("u-2", 2, "/pricing"))
        await site.courses.refresh(Turns())
        again = [await site.courses.footing(name, Turns()) for name in ("acme", "globex")]
        assert again[0] is first[0]
        assert again[1] is not first[1]
        assert again[1].size > first[1].size

    on_a_site(scenario)


def on_device(number: int, path: str, user: str = "") -> Sent:
    event = Event(
        type="page",
        message_id=f"d-{number}",
        at=START + number * DAY_MS,
        user_id=user,
        anonymous_id="a-1",
        properties={"path": path},
    )
    return Sent(event, Trust.SERVER, event.at)


def test_days_of_a_shared_device_count_for_whoever_had_it_first() -> None:
    async def scenario(site: Site) -> None:
        await sends(site, *(joined(f"u-{n}", group) for n, group in ((1, "acme"), (2, "globex"))))
        await sends(site, joined("u-3", "acme"), view("u-3", 1, "/careers"))
        await sends(site, on_device(0, "/blog/why"), on_device(1, "/demo", "u-1"))
        await sends(site, on_device(2, "/pricing"), on_device(4, "/demo", "u-2"))
        await site.intake.checkpoint()
        plain = PlainPersons(site.unifier.directory, site.engines.store)
        assert site.unifier.directory.owners_of("anonymous_id:a-1")
        assert [plain.with_leaf(f"user_id:u-{n}") is None for n in (1, 2, 3)] == [True, True, False]
        await Reader(site).read(PERIODS[0])

    on_a_site(scenario)


def test_an_erasure_while_an_account_is_read_leaves_nothing_of_it() -> None:
    async def scenario(site: Site) -> None:
        await sends(site, *(joined(user, "acme") for user in ("u-1", "u-2", "u-3")))
        await site.courses.refresh(Turns())
        under_way = asyncio.create_task(site.courses.footing("acme", Turns()))
        await asyncio.sleep(0)
        assert not under_way.done()
        site.views.forget_all()
        read = await under_way
        assert await site.courses.footing("acme", Turns()) is not read

    on_a_site(scenario)


class Halting(Turns):
    """Turns of a reading that stops at its second pause until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self._pauses = 0
        self.stopped, self.goes_on = asyncio.Event(), asyncio.Event()

    async def pause(self) -> None:
        self._pauses += 1
        if self._pauses == 2:
            self.stopped.set()
            await self.goes_on.wait()


def test_what_another_reading_lets_go_is_not_kept_by_one_that_had_read_half() -> None:
    async def scenario(site: Site) -> None:
        await sends(site, *(joined(user, "acme") for user in ("u-1", "u-2")))
        await site.courses.refresh(Turns())
        turns = Halting()
        under_way = asyncio.create_task(site.courses.footing("acme", turns))
        await turns.stopped.wait()
        await sends(site, view("u-1", 1, "/demo"), view("u-2", 1, "/demo"))
        await site.courses.refresh(Turns())
        turns.goes_on.set()
        half = await under_way
        again = await site.courses.footing("acme", Turns())
        assert again.size > half.size
        site.views.forget_all()
        assert (await site.courses.footing("acme", Turns())).size == again.size

    on_a_site(scenario)


@pytest.mark.parametrize("of", ["person", "account"])
def test_readings_from_before_an_erasure_are_neither_kept_nor_shown(of: Unit) -> None:
    async def scenario(site: Site) -> None:
        await sends(site, joined("u-1", "acme"), view("u-1", 1, "/demo"))
        courses, period = Courses(site), Period(of, START, START + 6 * DAY_MS)
        found = await courses.get(period, 60.0)
        assert found is not None
        assert len(found.found) == 1
        assert await courses.get(period, 60.0) is found
        site.views.forget_all()
        assert not courses._held
        under_way = asyncio.create_task(courses.get(period, 60.0))
        # The reading begins in the turn after it was asked for.
        for _ in range(3):
            await asyncio.sleep(0)
        assert courses._running
        site.views.forget_all()
        assert await under_way is None
        assert not courses._held
        again = await courses.get(period, 60.0)
        assert again is not None
        assert again is not found

    on_a_site(scenario)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_memory, "MOST_KEPT", 6)

    async def scenario(site: Site) -> None:
        await sends(site, joined("u-1", "acme"), joined("u-2", "globex"))
        await sends(site, *(view("u-1", day, "/demo") for day in range(4)))
        await sends(site, *(view("u-2", day, "/demo") for day in range(2)))
        sizes = [(await site.courses.footing(name, Turns())).size for name in ("acme", "globex")]
        assert sizes[0] > 6 > sizes[1]
        held = [await site.courses.footing("globex", Turns()) for _ in range(2)]
        assert held[0] is held[1]
        large = [await site.courses.footing("acme", Turns()) for _ in range(2)]
        assert large[0] is not large[1]

    on_a_site(scenario)
