"""One small world for all tests of the pages, and one server without any data."""

from collections.abc import Iterator

import pytest

from tests.web.serving import Running, empty_site, small_world


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """A server with a small demo company."""
    server = Running(small_world)
    yield server
    server.close()


@pytest.fixture
def fresh() -> Iterator[Running]:
    """A server that nothing was ever sent to."""
    server = Running(empty_site)
    yield server
    server.close()
