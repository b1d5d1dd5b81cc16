"""Servers that all acceptance tests of a process share: the demo company, and an own office."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.acceptance.addresses import furnish, give_owner
from tests.acceptance.office import staffed_office
from tests.acceptance.reader import Reader, reading_as
from tests.acceptance.screen import Screens
from tests.browser.conftest import browser, chromium
from tests.web.serving import Running, small_world


@pytest.fixture(scope="session")
def world() -> Iterator[Running]:
    """A server with a small demo company."""
    server = Running(small_world)
    yield server
    server.close()


@pytest.fixture(scope="session")
def furnished(world: Running) -> Running:
    """The demo company, with what detail pages need."""
    furnish(world)
    give_owner(world, "sales-1")
    return world


@pytest.fixture(scope="session")
def office() -> Iterator[Running]:
    """A server with twelve people, a placement, a goal and a message; every test brings its own."""
    server = Running(staffed_office)
    yield server
    server.close()


@pytest.fixture
def visitor(world: Running) -> Reader:
    """Somebody without scripts who looks at the demo company."""
    return reading_as(world)


@pytest.fixture
def clerk(office: Running) -> Reader:
    """Somebody without scripts who works in the office."""
    return reading_as(office)


@pytest.fixture
def screens(browser: Browser) -> Iterator[Screens]:
    """Browsers with scripts."""
    opened = Screens(browser)
    yield opened
    opened.close()


__all__ = ["browser", "chromium"]
