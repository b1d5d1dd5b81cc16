"""Check 6: the states before there are figures come from data alone, on every page."""

import re
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest

from tests.acceptance.addresses import ASKING, routes
from tests.acceptance.drawn import charts_on
from tests.acceptance.reader import reading_as
from tests.acceptance.reading import Document, Element
from tests.acceptance.states import (
    BY_PANEL,
    FROM_THE_FIRST_DAY,
    ONCE_THERE_IS_ONE,
    SHOWN_BELOW,
    WORLDS,
    Says,
    State,
)
from tests.acceptance.worlds import asked_site, handful_site, mistaken_site, silent_site
from tests.web.serving import Running, empty_site, settled
from wegweiser.web.pages.families import FAMILIES
from wegweiser.web.pages.frame.family import Page
from wegweiser.web.pages.measure.tabs import TABS
from wegweiser.web.text import Reader

FILTERED = [
    page
    for family in FAMILIES
    for page in family.pages
    if page.filters
    and "GET" in page.methods
    and page.path not in ("/journeys/moved", "/measure/one")
]
# What stands for a route with a place holder; the list of measures only carries filters along.
FOR_ALL = {"/measure/{tab}": "/measure/web", "/measure/one/{name}": "/measure/one/web.visits"}
# It judges what is missing, so that it has something to say from the first day.
ALWAYS = "/measure/maturity"
MADE = {
    "empty": empty_site,
    "silent": silent_site,
    "mistaken": mistaken_site,
    "handful": handful_site,
    "asked": asked_site,
}
LANGUAGES = ("de", "en")
Worlds = Callable[[str], Running]


@pytest.fixture(scope="module")
def worlds(world: Running) -> Iterator[Worlds]:
    """Give a server of each world, started when it is first asked for."""
    started: dict[str, Running] = {"demo": world}

    def running(name: str) -> Running:
        if name not in started:
            started[name] = Running(MADE[name])
        return started[name]

    yield running
    for name, server in started.items():
        if name != "demo":
            server.close()


def main_of(page: str) -> Element:
    return next(Document(page).root.all("main"))


def gate_of(main: Element) -> Element | None:
    """Give the gate of the whole page, which stands straight below its heading.

    Where a page shows by itself what comes, it stands in the part that is fetched anew.
    """
    parts = [main, *(one for one in main.all("div") if one["id"] == "live")]
    inside = (one for part in parts for one in part.inside)
    sections = (one for one in inside if isinstance(one, Element) and one.tag == "section")
    return next((one for one in sections if "gate" in one["class"].split()), None)


def state_of(gate: Element) -> str:
    return gate["class"].split()[-1]


def gates_on(page: str) -> set[str]:
    """Give the states that a page shows by the name of each."""
    found = (one["class"].split() for one in Document(page).root.all("section"))
    return {state for names in found if "gate" in names for state in names[2:]}


def test_06_every_page_is_in_the_table() -> None:
    tables = (SHOWN_BELOW, ONCE_THERE_IS_ONE, BY_PANEL, FROM_THE_FIRST_DAY)
    listed = [path for table in tables for path in table]
    assert {page.path for page in routes()} - {*listed} == set()
    assert len(listed) == len({*listed})


# In one language each; that all is said in both is the test of the catalogues.
@pytest.mark.parametrize(("name", "language"), [*zip(WORLDS, cycle(LANGUAGES), strict=False)])
def test_06_each_page_is_in_the_state_of_its_data(worlds: Worlds, name: str, language: str) -> None:
    for path, (ground, below) in SHOWN_BELOW.items():
        main = main_of(settled(worlds(name).client, f"{path}?lang={language}"))
        gate = gate_of(main)
        has_only_full_tables(main, path)
        if ground not in WORLDS[name]:
            assert gate is None or state_of(gate) == "nothing", (path, main.text)
            continue
        state, says = WORLDS[name][ground]
        assert gate is not None, (path, main.text)
        assert state_of(gate) == state, path
        says_as_it_should(gate, says, Reader(language, "UTC", 0), path)
        stands_alone_or_above(main, gate, state, below, path)


def is_example(one: Element) -> bool:
    return one["class"] == "example"


def says_as_it_should(gate: Element, says: Says, reader: Reader, path: str) -> None:
    """A gate has its name, a sentence, and one step: what it is called and where it leads."""
    name, sentence, *_ = gate.all("p")
    assert name.text == reader.say(says.name), path
    assert len(sentence.text.split()) > 2, path
    steps = [(one.text, one["href"]) for one in gate.all("a")]
    if not says.step:
        assert steps == [], path
        assert re.search(r"\d", sentence.text), path
        return
    assert len(steps) == 1, path
    assert steps[0][0] == reader.say(says.step), path
    assert steps[0][1].startswith(says.path), path


def stands_alone_or_above(
    main: Element, gate: Element, state: State, below: tuple[State, ...], path: str
) -> None:
    """What is not of use before there is data is left out; an example says that it is one."""
    answers = [one for one in main.all("p") if one["class"] in ("answer", "lead")]
    cards = [one for one in main.all("section") if one is not gate and "card" in one["class"]]
    assert bool(answers + cards) == (state in below) or path == "/", (path, state)
    # Panels below may have examples of their own.
    examples = [one for one in main.inside if isinstance(one, Element) and is_example(one)]
    assert len(examples) == (state == "setup"), path
    for one in examples:
        assert [*one.all("td")], path
        assert next(one.all("span")).text in ("Example", "Beispiel")


def has_only_full_tables(main: Element, path: str) -> None:
    """Where there is no row a sentence stands, and no head above nothing."""
    for table in main.all("table"):
        assert [*table.all("td")], (path, table.text)


@pytest.mark.parametrize("name", ["empty", "handful"])
def test_06_other_pages_say_something_from_the_first_day(worlds: Worlds, name: str) -> None:
    for path in sorted({*FROM_THE_FIRST_DAY} - {*ASKING}):
        main = main_of(settled(worlds(name).client, path))
        has_only_full_tables(main, path)
        told = [one.text for one in main.all("p") if one["class"] in ("answer", "lead")]
        assert any(told), path


@pytest.mark.parametrize("role", ["viewer", "sales", "auditor"])
def test_06_who_may_not_take_the_step_is_not_sent_there(worlds: Worlds, role: str) -> None:
    for name in ("empty", "silent", "mistaken"):
        reader = reading_as(worlds(name), role)
        for path in SHOWN_BELOW:
            answer = reader.client.get(path)
            if answer.status_code != 200:
                assert answer.status_code in (303, 403), path
                continue
            gate = gate_of(main_of(answer.text))
            assert (gate is None) == (SHOWN_BELOW[path][0] not in WORLDS[name]), path
            if gate is None:
                continue
            for step in gate.all("a"):
                assert step["href"], path
                assert reader.client.get(step["href"]).status_code == 200, (path, step["href"])
            if state_of(gate) == "setup":
                assert "Ask whoever may do this" in gate.text, path


@pytest.mark.parametrize("tab", [tab.path for tab in TABS if tab.path != ALWAYS])
def test_06_a_tab_needs_setup_and_shows_an_example(worlds: Worlds, tab: str) -> None:
    page = settled(worlds("empty").client, f"{tab}?lang=de")
    assert gates_on(page) <= {"setup", "little", "nothing"}
    assert gates_on(page)
    # Whatever is drawn stands in the frame that says: an example.
    assert [*charts_on(page)] == []


@pytest.mark.parametrize("tab", ["/measure/web", "/measure/lift", "/measure/value"])
def test_06_a_tab_waits_for_the_first_event_of_its_source(worlds: Worlds, tab: str) -> None:
    page = settled(worlds("silent").client, tab)
    assert gates_on(page) == {"waiting"}
    assert [*charts_on(page, examples=True)] == []
    steps = {one["href"] for one in main_of(page).all("a") if one.text == "Show sources"}
    assert steps == {"/data"}


def test_06_a_tab_has_its_data_from_the_first_event(worlds: Worlds) -> None:
    assert [*charts_on(settled(worlds("handful").client, "/measure/web"))]


@pytest.mark.parametrize("tab", ["/measure/experiments", "/measure/value", "/measure/watch"])
def test_06_a_tab_says_that_there_is_too_little(worlds: Worlds, tab: str) -> None:
    main = main_of(settled(worlds("demo").client, tab))
    little = [one for one in main.all("section") if one["class"].split()[-1:] == ["little"]]
    assert little
    for one in little:
        name, sentence, *_ = one.all("p")
        assert name.text in ("Too little data", "Cannot be answered from this log")
        assert len(sentence.text.split()) > 4


@pytest.mark.parametrize("page", FILTERED, ids=lambda page: page.path)
def test_06_a_filter_that_matches_nobody_names_its_chip(world: Running, page: Page) -> None:
    dimension = page.filters[0][0]
    path = FOR_ALL.get(page.path, page.path)
    text = settled(world.client, f"{path}?filter={dimension}:nobody&lang=en")
    assert re.search(r'class="chip">[^<]*<strong>nobody', text), page.path
    told = next(Document(text).root.all("main")).text
    assert "nobody leaves nothing over" in told or page.path == "/patterns", told
