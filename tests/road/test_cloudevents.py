"""The CloudEvents library for Python, unmodified, against a running server."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cloudevents.core.bindings.http import (
    HTTPMessage,
    to_binary,
    to_structured,
)
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.road.server import answer, exported, new_source, serving

MODES = ["binary", "structured", "batched"]


def event(name: str, kind: str, data: object, **extensions: str) -> CloudEvent:
    """Make an event as the library does."""
    attributes = {
        "id": name,
        "source": "/shop/münchen",
        "type": kind,
        "specversion": "1.0",
        "time": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "datacontenttype": "application/json",
        **extensions,
    }
    return CloudEvent(attributes, data)


def messages(mode: str) -> list[HTTPMessage]:
    """Write three events in one of the modes: an element, a foreign one, one about a subject."""
    element = {"userId": "u-1", "event": "Order Completed", "messageId": f"m-{mode}"}
    events = [
        event(f"{mode}-1", "wegweiser.track.v1", element),
        event(f"{mode}-2", "com.example.paid", {"total": 12.5}, anonymousid="a-1", ext="x ü"),
        event(f"{mode}-3", "com.example.called", {"minutes": 7}, subject="u-7"),
    ]
    if mode == "batched":
        # The library writes no batches: they are its single events in an array.
        bodies = [to_structured(one, JSONFormat()).body for one in events]
        headers = {"content-type": "application/cloudevents-batch+json"}
        return [HTTPMessage(headers, b"[" + b",".join(bodies) + b"]")]
    write: Callable[[CloudEvent, JSONFormat], HTTPMessage] = (
        to_binary if mode == "binary" else to_structured
    )
    return [write(one, JSONFormat()) for one in events]


@pytest.mark.parametrize("path", ["/cloudevents", "/v1/cloudevents/"])
def test_three_modes_are_stored_once_each(tmp_path: Path, path: str) -> None:
    keys = new_source(tmp_path)
    with serving(tmp_path) as server:
        with server.client(keys["secret_key"]) as client:
            for mode in MODES * 2:
                for message in messages(mode):
                    sent = client.post(path, headers=message.headers, content=message.body)
                    assert sent.status_code == 200, sent.text
                    assert sent.text.startswith('{"success": true')
                    assert "quarantined" not in sent.json()
                    assert int(sent.headers["wegweiser-position"]) > 0
        counts = answer("doctor", "--data", str(tmp_path))
        rows = exported(tmp_path, "events")
    assert (counts["stored"], counts["duplicate"], counts["received"]) == (9, 9, 18)
    assert {row["timestamp"] for row in rows} == {"2026-01-02T03:04:05.000Z"}
    own = [row for row in rows if row["event"] == "Order Completed"]
    assert {row["messageId"] for row in own} == {f"m-{mode}" for mode in MODES}
    paid = [row for row in rows if row["event"] == "com.example.paid"]
    assert [row["properties"] for row in paid] == [{"total": 12.5}] * 3
    assert {row["anonymousId"] for row in paid} == {"a-1"}
    told = [row["context"]["cloudevent"] for row in paid]  # type: ignore[index]
    assert {(one["ext"], one["source"]) for one in told} == {("x ü", "/shop/münchen")}
    called = [row for row in rows if row["event"] == "com.example.called"]
    assert [row["userId"] for row in called] == ["u-7"] * 3


def test_a_bad_one_is_set_aside_and_a_public_key_names_nobody_by_subject(tmp_path: Path) -> None:
    keys = new_source(tmp_path)
    good = {"specversion": "1.0", "source": "/s", "type": "t", "data": {}}
    batch = [
        {**good, "id": "1", "anonymousid": "a-1"},
        {**good, "id": "2", "subject": "u-7"},
        {**good, "id": "3", "specversion": "0.3"},
        {**good, "id": "4", "userid": "u-1"},
    ]
    with serving(tmp_path) as server:
        with server.client(keys["write_key"]) as client:
            headers = {"content-type": "application/cloudevents-batch+json"}
            told = client.post("/cloudevents", headers=headers, json=batch).json()
            assert told["success"] is True
            assert [(one["index"], one["code"]) for one in told["quarantined"]] == [
                (1, "no_identity"),
                (2, "bad_cloudevent"),
            ]
            for content, code in ((b"{", "bad_json"), (b"{}", "bad_shape"), (b"", "bad_json")):
                refused = client.post("/cloudevents", content=content)
                assert (refused.status_code, refused.json()["code"]) == (400, code)
        nobody = httpx.post(f"{server.address}/cloudevents", json=batch[0], trust_env=False)
        assert (nobody.status_code, nobody.json()["code"]) == (401, "unknown_key")
        assert len(exported(tmp_path, "events")) == 2
        assert len(exported(tmp_path, "quarantine")) == 2
