"""Sources, keys and quarantine from the command line, with a server on the folder and without."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx
import pytest

from tests.road.server import Server, answer, exported, new_source, serving, wegweiser

ELEMENT = {"type": "track", "userId": "u-1", "messageId": "m-1", "event": ""}


@contextmanager
def set_aside(folder: Path, served: bool) -> Iterator[tuple[dict[str, str], Server | None]]:
    """Make a source whose server sent one element that cannot be used."""
    keys = new_source(folder)
    with serving(folder) as server, server.client(keys["secret_key"]) as client:
        sent = client.post("/v1/batch", json={"batch": [ELEMENT]})
        assert sent.json()["quarantined"][0]["code"] == "bad_event_name"
    with serving(folder) if served else nullcontext() as running:
        yield keys, running


def test_keys_are_managed_from_the_command_line(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    keys = new_source(tmp_path)
    with serving(tmp_path) as server:
        assert answer("source", "options", "site", "browser_batching=true", *data) == {
            "browser_batching": True,
            "max_body_bytes": None,
        }
        wegweiser("source", "options", "site", "colour=red", *data, code=1)
        wegweiser("source", "options", "site", "colour", *data, code=2)
        told = answer("key", "create", "site", "label=Nightly", "--scope", "export", *data)
        assert (told["scopes"], told["label"]) == (["export"], "Nightly")
        rotated = answer("key", "rotate", keys["write_key"], "--overlap-hours", "0", *data)
        shown = answer("source", "show", "site", *data)
        states = sorted(str(key["state"]) for key in shown["keys"])  # type: ignore[attr-defined]
        assert states == ["active", "active", "active", "expired"]
        assert status(server, keys["write_key"]) == 401
        assert status(server, str(rotated["key"])) == 200
        answer("key", "pause", str(rotated["key"]), *data)
        assert status(server, str(rotated["key"])) == 403
        answer("key", "resume", str(rotated["key"]), *data)
        assert status(server, str(rotated["key"])) == 200
        answer("key", "revoke", keys["secret_key"], *data)
        assert status(server, keys["secret_key"]) == 401
    # From here on no server runs.
    answer("source", "rename", "site", "web", *data)
    wegweiser("source", "show", "site", *data, code=1)
    secret = answer("source", "user-hash", "web", *data)
    assert answer("source", "user-hash", "web", *data) == secret
    assert answer("source", "user-hash", "web", "--new", *data) != secret


def status(server: Server, key: str) -> int:
    with server.client(key) as client:
        return client.post("/v1/batch", json={"batch": []}).status_code


@pytest.mark.parametrize("served", [True, False], ids=["server", "no server"])
def test_a_mended_element_is_stored_and_a_rebuild_agrees(tmp_path: Path, served: bool) -> None:
    folder, data = tmp_path / "data", ("--data", str(tmp_path / "data"))
    with set_aside(folder, served) as (_, server):
        listed = answer("quarantine", "list", *data)
        assert listed["codes"] == {"bad_event_name": 1}
        (row,) = listed["quarantined"]  # type: ignore[misc]
        name = row["quarantineId"]  # type: ignore[index]
        assert exported(folder, "quarantine")[0]["quarantineId"] == name
        rest = answer("quarantine", "list", "--limit", "1", "--after", str(name), *data)
        assert rest == {"quarantined": [], "next": None}
        assert answer("quarantine", "show", name, *data)["element"] == ELEMENT
        assert answer("quarantine", "replay", "--all", *data, code=1)["still_quarantined"] == 1
        patch = tmp_path / "patch.json"
        patch.write_text(json.dumps({"event": "Paid"}))
        fixed = answer("quarantine", "fix", name, "--patch", str(patch), *data)
        assert fixed["stored"] == 1
        wegweiser("quarantine", "fix", name, "--patch", str(patch), *data, code=1)
        assert [row["messageId"] for row in exported(folder, "events")] == ["m-1"]
        doctor = answer("doctor", *data)
        assert (doctor["received"], doctor["stored"], doctor["quarantined"]) == (1, 1, 0)
        assert answer("hash", *data) == answer("rebuild", *data)
        assert answer("doctor", *data) == doctor
        if server is not None:
            text = httpx.get(server.address + "/metrics", trust_env=False).text
            assert 'wegweiser_events_received_total{outcome="stored"} 1.0' in text
            assert 'wegweiser_quarantine_total{code="bad_event_name"} 1.0' in text


def test_what_is_given_up_counts_as_dropped(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    with set_aside(tmp_path, served=False):
        wegweiser("quarantine", "discard", *data, code=1)
        assert answer("quarantine", "discard", "--code", "bad_event_name", *data) == {
            "discarded": 1
        }
        doctor = answer("doctor", *data)
        assert (doctor["received"], doctor["dropped"], doctor["quarantined"]) == (1, 1, 0)
