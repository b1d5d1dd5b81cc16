"""Captured requests of real clients, replayed twice against a real server as their README says."""

import base64
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.road.server import answer, exported, new_source, serving

KEY = "wk_test"
# What flag clients were given on a server and in a page, and which key of ours that is.
TOKENS = {"Bearer tok": "secret_key", "Bearer pub": "write_key"}
EXPOSED = "Retry-After, ETag, Request-Id, Wegweiser-Position"
# Flag clients carry a token instead of the key.
LATER = "ofrep-"
COUNTS = ("received", "stored", "duplicate", "quarantined", "suppressed", "dropped")


class Sent(msgspec.Struct):
    """The captured part of a file: `query` and `headers` as pairs in order."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    json: object = None
    text: str = ""
    body_base64: str = ""


class Expected(msgspec.Struct):
    """What the product must answer; `stored` and `duplicate` are message ids."""

    status: int | str
    elements: int = 0
    stored: list[str] = []
    quarantined: list[object] = []
    duplicate: list[str] = []
    cors: bool = False


class Capture(msgspec.Struct):
    """One file."""

    client: str
    request: Sent
    expect: Expected


class Round(msgspec.Struct):
    """What one replay of all files gave."""

    answers: list[httpx.Response]
    counts: dict[str, int]


class Replayed(msgspec.Struct):
    """Two rounds over all files, and what is stored afterwards.

    `later` are the answers to the files of clients that are not spoken to yet.
    """

    captures: list[Capture]
    rounds: list[Round]
    events: list[dict[str, object]]
    later: list[int]


@pytest.fixture(scope="module")
def replayed(
    tmp_path_factory: pytest.TempPathFactory, shared_data: Callable[[str], Path]
) -> Iterator[Replayed]:
    """Replay every file of the clients that are spoken to so far, twice."""
    files = sorted(shared_data("wire").glob("*/*.json"))
    everything = [msgspec.json.decode(file.read_bytes(), type=Capture) for file in files]
    captures = [one for one in everything if not one.client.startswith(LATER)]
    assert len(captures) > 30
    folder = tmp_path_factory.mktemp("captured")
    keys = new_source(folder)
    with serving(folder) as server:
        rounds = []
        before = counted(folder)
        for _ in range(2):
            with httpx.Client(base_url=server.address, timeout=60, trust_env=False) as client:
                answers = [replay(client, one, keys) for one in captures]
            after = counted(folder)
            rounds.append(Round(answers, {name: after[name] - before[name] for name in COUNTS}))
            before = after
        with httpx.Client(base_url=server.address, timeout=60, trust_env=False) as client:
            posted = [one for one in everything if one not in captures]
            later = [replay(client, one, keys).status_code for one in posted]
        yield Replayed(captures, rounds, exported(folder, "events"), later)


def counted(folder: Path) -> dict[str, int]:
    """Read the counts; their sum must be what was received."""
    found = answer("doctor", "--data", str(folder))
    counts = {name: int(str(found[name])) for name in COUNTS}
    assert counts["received"] == sum(counts[name] for name in COUNTS[1:])
    assert found["healthy"] is True
    return counts


def replay(client: httpx.Client, one: Capture, keys: dict[str, str]) -> httpx.Response:
    """Send a captured request with our key in the place of its own."""
    sent, key = one.request, keys["write_key"]
    basic = f"{key}:".encode()
    headers = [
        (name, with_our_key(value, packed(basic), keys))
        for name, value in sent.headers
        if name.lower() not in ("accept-encoding", "transfer-encoding")
    ]
    if one.client.startswith("cloudevents"):
        # They were captured without a key; only a trusted sender names a person by the subject.
        headers.append(("X-Write-Key", keys["secret_key"]))
    query = [(name, value.replace(KEY, key)) for name, value in sent.query]
    path = sent.path.replace(KEY, key)
    content = body_of(sent, key)
    return client.request(sent.method, path, params=query, headers=headers, content=content)


def with_our_key(value: str, basic: str, keys: dict[str, str]) -> str:
    """Put our key into a header, in the place of a write key or of a flag client's token."""
    if value in TOKENS:
        return f"Bearer {keys[TOKENS[value]]}"
    return value.replace(base64.b64encode(f"{KEY}:".encode()).decode(), basic)


def body_of(sent: Sent, key: str) -> bytes:
    if sent.body_base64:
        plain = gzip.decompress(base64.b64decode(sent.body_base64))
        return gzip.compress(plain.replace(KEY.encode(), key.encode()))
    written = sent.text if sent.json is None else json.dumps(sent.json)
    return written.replace(KEY, key).encode()


def packed(text: bytes) -> str:
    return base64.b64encode(text).decode()


def elements_of(captures: list[Capture]) -> Iterator[dict[str, object]]:
    """Yield every element in the order of sending."""
    for one in captures:
        body = one.request.json
        if isinstance(body, dict) and not one.client.startswith("cloudevents"):
            yield from body.get("batch", [body])


def test_every_answer_has_its_status_in_both_rounds(replayed: Replayed) -> None:
    for played in replayed.rounds:
        for one, response in zip(replayed.captures, played.answers, strict=True):
            assert response.status_code == one.expect.status, (one.client, response.text)


def test_a_browser_may_read_what_it_asked_for(replayed: Replayed) -> None:
    asked = [
        (one, response)
        for one, response in zip(replayed.captures, replayed.rounds[0].answers, strict=True)
        if one.expect.cors
    ]
    assert len(asked) > 5
    for one, response in asked:
        assert response.headers["access-control-allow-origin"] == "*", one
        assert response.headers["access-control-expose-headers"] == EXPOSED
        if one.request.method == "OPTIONS":
            wanted = dict(one.request.headers)["Access-Control-Request-Headers"].split(",")
            allowed = response.headers["access-control-allow-headers"].split(", ")
            assert set(wanted) <= set(allowed)


def test_every_posted_body_is_answered_as_a_success(replayed: Replayed) -> None:
    for one, response in zip(replayed.captures, replayed.rounds[0].answers, strict=True):
        if one.request.method == "POST":
            assert response.text.startswith('{"success": true'), (one.client, response.text)
            assert "quarantined" not in response.json()


def test_everything_is_stored_once_and_the_second_round_only_repeats(replayed: Replayed) -> None:
    first, second = replayed.rounds
    elements = sum(one.expect.elements for one in replayed.captures)
    names = [name for one in replayed.captures for name in one.expect.stored]
    assert len(names) > 60
    assert first.counts["received"] == second.counts["received"] == elements
    assert second.counts["duplicate"] == elements
    assert second.counts["stored"] == 0
    times = Counter(str(row["messageId"]) for row in replayed.events)
    assert {name: times[name] for name in names} == dict.fromkeys(names, 1)
    assert set(times.values()) == {1}
    assert first.counts["stored"] == len(times)


def test_type_ids_and_names_are_as_sent(replayed: Replayed) -> None:
    rows = {str(row["messageId"]): row for row in replayed.events}
    first: dict[str, dict[str, object]] = {}
    for element in elements_of(replayed.captures):
        first.setdefault(str(element["messageId"]), element)
    for name, element in first.items():
        for field in ("type", "userId", "anonymousId", "event"):
            assert rows[name].get(field) == (element.get(field) or None), (field, element)


def test_cloudevents_of_three_modes_are_stored_once_each(replayed: Replayed) -> None:
    rows = [row for row in replayed.events if row.get("event") == "com.example.message.decided"]
    sent = {
        str(one["id"]) if isinstance(one, dict) else ""
        for capture in replayed.captures
        if capture.client == "cloudevents-node"
        for one in (
            capture.request.json
            if isinstance(capture.request.json, list)
            else [capture.request.json]
        )
    }
    assert len(rows) == len(sent) + 1
    assert {row["userId"] for row in rows} == {"user-1"}
    assert {row["originalTimestamp"] for row in rows} == {"2026-11-22T03:00:00.000Z"}
    exts = {row["context"]["cloudevent"]["myext"] for row in rows}  # type: ignore[index]
    assert exts == {"x", "x y"}


def test_openfeature_clients_are_answered(replayed: Replayed) -> None:
    # No flag of theirs is a placement of ours, so that only asking for all of them finds any.
    assert set(replayed.later) <= {200, 304, 404}
    assert 200 in replayed.later
