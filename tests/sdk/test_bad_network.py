"""Released server libraries, unmodified, when the network or the server has a bad time."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.road.proxy import Fault, Proxy, shuffled
from tests.road.server import answer, exported, new_source, serving
from tests.sdk.libraries import (
    CALM,
    HASTY,
    LIBRARIES,
    Library,
    assert_counts,
    assert_stored_as_sent,
)
from tests.sdk.plan import calls

EVENTS_BEHIND_FAULTS = 500
EVENTS_AT_THE_LIMIT = 300


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Library:
    """Each library in turn."""
    return LIBRARIES[request.param]


def test_nothing_is_lost_or_doubled_behind_a_bad_network(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    source = new_source(folder)
    started = datetime.now(UTC)
    planned = calls(EVENTS_BEHIND_FAULTS, started)
    script = shuffled(seed=3, faults=library.mishaps)
    with serving(folder) as server, Proxy(server.address, script) as proxy:
        assert library.send(proxy.address, source["secret_key"], planned, HASTY, tmp_path) == []
        duplicates = assert_counts(folder, EVENTS_BEHIND_FAULTS)
        rows = exported(folder, "events")
    assert_stored_as_sent(library, planned, rows, started)
    assert proxy.played - Counter({Fault.NONE: proxy.played[Fault.NONE]}) == Counter(
        library.mishaps
    )
    # Each lost answer made the library send what was stored already.
    assert duplicates >= HASTY.upload_size


@pytest.mark.parametrize("name", ["segment-analytics-python", "@segment/analytics-node"])
def test_nothing_is_lost_when_the_server_itself_asks_to_come_again(
    name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    key = new_source(folder)["secret_key"]
    answer("key", "set", key, "rate_per_second=50", "burst=100", "--data", str(folder))
    started = datetime.now(UTC)
    planned = calls(EVENTS_AT_THE_LIMIT, started)
    with serving(folder) as server, Proxy(server.address, script=()) as proxy:
        assert LIBRARIES[name].send(proxy.address, key, planned, CALM, tmp_path) == []
        assert assert_counts(folder, EVENTS_AT_THE_LIMIT) == 0
        rows = exported(folder, "events")
    assert_stored_as_sent(LIBRARIES[name], planned, rows, started)
    assert proxy.played[Fault.NONE] > EVENTS_AT_THE_LIMIT / CALM.upload_size
