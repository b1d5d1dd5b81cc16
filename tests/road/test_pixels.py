"""Pixels from outside: always a picture, and everything of it found again."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.road.server import Server, answer, exported, new_source, serving

CALLS = {
    "track": {"event": "Mail Opened"},
    "identify": {"traits": {"plan": "team"}},
    "page": {"name": "Start"},
    "screen": {"name": "Home"},
    "group": {"groupId": "acme"},
    "alias": {"previousId": "u-0"},
}
Keys = dict[str, str]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Make a source in a new folder."""
    folder = tmp_path_factory.mktemp("pixels")
    return new_source(folder) | {"folder": str(folder)}


@pytest.fixture(scope="module")
def server(keys: Keys) -> Iterator[Server]:
    """Serve that folder."""
    with serving(Path(keys["folder"])) as running:
        yield running


@pytest.fixture
def mail(server: Server) -> Iterator[httpx.Client]:
    """Give a client that shows pictures."""
    with httpx.Client(base_url=server.address, trust_env=False, timeout=60) as client:
        yield client


def counts(server: Server) -> tuple[int, int, int]:
    found = answer("doctor", "--data", str(server.folder))
    assert found["healthy"] is True
    return tuple(int(str(found[name])) for name in ("received", "stored", "quarantined"))  # type: ignore[return-value]


def assert_picture(found: httpx.Response) -> None:
    assert found.status_code == 200, found.text
    assert found.headers["content-type"] == "image/gif"
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["request-id"]
    assert len(found.content) == 43
    assert found.content.startswith(b"GIF89a")


def rows(server: Server) -> dict[object, dict[str, object]]:
    return {row["messageId"]: row for row in exported(server.folder, "events")}


def test_each_call_is_stored_from_base64_of_either_alphabet(
    server: Server, keys: Keys, mail: httpx.Client
) -> None:
    sent = {}
    for call, more in CALLS.items():
        for number, pack in enumerate((b64encode, urlsafe_b64encode)):
            element = {"messageId": f"{call}-{number}", "userId": "ü>?-1", **more}
            sent[element["messageId"]] = element | {"type": call}
            body = {**element, "writeKey": keys["write_key"]}
            data = pack(json.dumps(body).encode()).decode().rstrip("=" if number else "")
            found = mail.get(f"/v1/pixel/{call}" + "/" * number, params={"data": data})
            assert_picture(found)
            assert int(found.headers["wegweiser-position"]) > 0
    stored = rows(server)
    for name, element in sent.items():
        assert {field: stored[name][field] for field in element} == element


def test_dotted_names_and_a_key_in_the_query_are_enough(
    server: Server, keys: Keys, mail: httpx.Client
) -> None:
    query = {
        "writeKey": keys["write_key"],
        "messageId": "dotted",
        "anonymousId": "a-1",
        "event": "Mail Opened",
        "properties.subject": "Neues & mehr",
        "context.campaign.name": "spring",
    }
    assert_picture(mail.get("/pixel/v1/track", params=query))
    del query["event"]
    assert_picture(mail.get("/v1/pixel/page", params={**query, "messageId": "dotted-page"}))
    stored = rows(server)
    assert stored["dotted"]["event"] == "Mail Opened"
    assert stored["dotted"]["properties"] == {"subject": "Neues & mehr"}
    assert stored["dotted"]["context"]["campaign"] == {"name": "spring"}  # type: ignore[index]
    assert stored["dotted-page"]["type"] == "page"


def test_bad_content_is_a_picture_too_counted_and_set_aside(
    server: Server, keys: Keys, mail: httpx.Client
) -> None:
    before = counts(server)
    key = keys["write_key"]
    bad = [
        ("/v1/pixel/track", {"data": b64encode(b'{"event": "x"}').decode()}, "no_identity"),
        ("/v1/pixel/track", {"anonymousId": "a-1"}, "bad_event_name"),
        ("/v1/pixel/page", {"data": "%%%"}, "bad_json"),
        ("/v1/pixel/page", {"data": b64encode(b"[1]").decode()}, "bad_shape"),
        ("/v1/pixel/page", {"data": b64encode(b"\xff").decode()}, "bad_encoding"),
        ("/v1/pixel/page", {".".join("a" * 60): "1", "userId": "u-1"}, "too_deep"),
    ]
    for path, query, _ in bad:
        assert_picture(mail.get(path, params={**query, "writeKey": key}))
    after = counts(server)
    assert tuple(now - then for now, then in zip(after, before, strict=True)) == (6, 0, 6)
    set_aside = exported(server.folder, "quarantine")[-len(bad) :]
    assert [row["code"] for row in set_aside] == [code for _, _, code in bad]


def test_unknown_or_contradicting_keys_give_a_picture_and_store_nothing(
    server: Server, keys: Keys, mail: httpx.Client
) -> None:
    before = counts(server)
    event = {"anonymousId": "a-1", "event": "x"}
    unknown: list[dict[str, str]] = [{}, {"writeKey": "unknown"}, {"writeKey": keys["secret_key"]}]
    for query in unknown:
        assert_picture(mail.get("/v1/pixel/track", params={**event, **query}))
    basic = (keys["write_key"], "")
    assert_picture(mail.get("/v1/pixel/track?writeKey=other&userId=u&event=x", auth=basic))
    secret = b64encode(json.dumps({**event, "writeKey": keys["secret_key"]}).encode()).decode()
    assert_picture(mail.get("/v1/pixel/track", params={"data": secret}))
    assert counts(server) == before
    assert_picture(mail.get("/v1/pixel/track?anonymousId=a-1&event=x", auth=basic))
    assert counts(server)[1] == before[1] + 1


def test_the_same_pixel_again_is_a_repeat(server: Server, keys: Keys, mail: httpx.Client) -> None:
    query = {"writeKey": keys["write_key"], "messageId": "again", "userId": "u-1", "event": "x"}
    before = counts(server)
    for _ in range(3):
        assert_picture(mail.get("/v1/pixel/track", params=query))
    after = counts(server)
    assert (after[0] - before[0], after[1] - before[1]) == (3, 1)
