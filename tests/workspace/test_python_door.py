"""The six calls from Python, on the same way as those from HTTP."""

from datetime import UTC, datetime

import msgspec
import pytest

import wegweiser
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.workspace import Workspace


def stored(workspace: Workspace) -> list[JsonObject]:
    return [msgspec.json.decode(row) for row in workspace.export("events")]


def test_all_six_calls_are_stored_as_they_were_said() -> None:
    with wegweiser.open() as workspace:
        workspace.identify("u-1", {"plan": "team"})
        workspace.track("u-1", "Demo Booked", {"topic": "sso"})
        workspace.page("u-1", "Prices")
        workspace.screen("u-1", "Home")
        workspace.group("u-1", "acme", {"name": "Acme"})
        workspace.alias("u-0", "u-1")
        rows = stored(workspace)
    said = ("identify", "track", "page", "screen", "group", "alias")
    assert tuple(row["type"] for row in rows) == said
    assert (rows[0]["traits"], rows[1]["properties"]) == ({"plan": "team"}, {"topic": "sso"})
    assert (rows[2]["name"], rows[3]["name"]) == ("Prices", "Home")
    assert (rows[4]["groupId"], rows[5]["previousId"]) == ("acme", "u-0")


def test_ids_times_and_contexts_may_be_stated() -> None:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    with wegweiser.open() as workspace:
        for _ in range(2):
            workspace.track(
                "u-1",
                "Paid",
                message_id="m-1",
                anonymous_id="a-1",
                timestamp=moment,
                context={"groupId": "acme"},
            )
        (row,) = stored(workspace)
    assert (row["messageId"], row["anonymousId"]) == ("m-1", "a-1")
    assert (row["timestamp"], row["context"]) == ("2026-01-02T03:04:00.000Z", {"groupId": "acme"})


def test_what_is_said_without_a_time_happens_now_also_of_who_was_erased_before() -> None:
    with wegweiser.open() as workspace:
        workspace.track("u-1", "Paid")
        workspace.run("forget", {"identifier": "user_id:u-1", "suppress": False})
        workspace.track("u-1", "Demo Booked")
        assert workspace.profile("user_id:u-1")["counters"] == {"Demo Booked": 1}
        timeless: JsonObject = {"type": "track", "userId": "u-1", "event": "Paid"}
        assert workspace.load([timeless], kind="live")["dropped"] == 1


def test_what_no_json_holds_is_mended_or_refused() -> None:
    with wegweiser.open() as workspace:
        workspace.track("u-1", "Cut \ud83d", {"x": float("nan"), "at": datetime(2026, 1, 2)})  # noqa: DTZ001
        (row,) = stored(workspace)
        with pytest.raises(InputRefused, match="no JSON"):
            workspace.track("u-1", "Paid", {"x": object()})  # type: ignore[dict-item]
        with pytest.raises(InputRefused, match="bad_event_name"):
            workspace.track("u-1", " ")
    assert row["event"] == "Cut \ufffd"
    assert row["properties"] == {"x": None, "at": "2026-01-02T00:00:00"}
