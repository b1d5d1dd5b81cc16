"""Released server libraries, unmodified: what they send is stored, once, and as they sent it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.road.server import answer, exported, new_source, serving
from tests.sdk.libraries import CALM, LIBRARIES, Library, assert_counts, assert_stored_as_sent
from tests.sdk.plan import ACCOUNTS, PEOPLE, Call, calls

EVENTS = 5_000


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Library:
    """Each library in turn."""
    return LIBRARIES[request.param]


def last(planned: list[Call], kind: str, name: str, value: str) -> Call:
    """Give the latest call of a kind about somebody, by its stated time."""
    about = [call for call in planned if call["type"] == kind and call[name] == value]
    return max(about, key=lambda call: call["timestamp"])


def test_all_kinds_of_calls_are_stored_once_with_all_fields(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    source = new_source(folder)
    started = datetime.now(UTC)
    planned = calls(EVENTS, started)
    with serving(folder) as server:
        key = source["secret_key"]
        assert library.send(server.address, key, planned, CALM, tmp_path) == []
        assert assert_counts(folder, EVENTS) == 0
        user, account = f"u-{PEOPLE - 1}", f"g-{ACCOUNTS - 1}"
        person = answer("profile", f"user_id:{user}", "--data", str(folder))
        before = answer("profile", f"user_id:old-{user}", "--data", str(folder))
        organisation = answer("account", f"group_id:{account}", "--data", str(folder))
        rows = exported(folder, "events")
    assert_stored_as_sent(library, planned, rows, started)
    wanted = last(planned, "identify", "userId", user)["traits"]
    assert wanted.items() <= person["traits"].items()  # type: ignore[attr-defined]
    assert before["personId"] == person["personId"]
    wanted = last(planned, "group", "groupId", account)["traits"]
    assert wanted.items() <= organisation["traits"].items()  # type: ignore[attr-defined]
