"""Bodies and elements from outside: packing, refusals, repairs, time, traits (wire, section 4)."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.road.server import Server, answer, exported, new_source, serving

EVENT = {"type": "track", "event": "Opened", "userId": "u-1"}
FORM = "application/x-www-form-urlencoded"
Keys = dict[str, str]
Row = dict[str, object]
REFUSED: dict[str, Row] = {
    "bad_type": {**EVENT, "type": "Track"},
    "bad_event_name": {**EVENT, "event": " "},
    "no_identity": {"type": "track", "event": "Opened", "userId": ""},
    "bad_id": {**EVENT, "userId": 1.5},
    "bad_message_id": {**EVENT, "messageId": 7},
    "bad_shape": {**EVENT, "properties": [1]},
    "no_identifier": {**EVENT, "userId": "undefined"},
    "too_deep": {**EVENT, "properties": {"x": json.loads("[" * 40 + "]" * 40)}},
    "too_many_keys": {**EVENT, "properties": {f"k{number}": 1 for number in range(1_000)}},
    "key_too_long": {**EVENT, "properties": {"k" * 256: 1}},
    "event_too_large": {**EVENT, "properties": {"x": "x" * 40_000}},
    "number_too_long": {**EVENT, "properties": {"x": "DIGITS"}},
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Make a source in a new folder."""
    folder = tmp_path_factory.mktemp("elements")
    return new_source(folder) | {"folder": str(folder)}


@pytest.fixture(scope="module")
def server(keys: Keys) -> Iterator[Server]:
    """Serve that folder."""
    with serving(Path(keys["folder"])) as running:
        yield running


@pytest.fixture
def client(server: Server, keys: Keys) -> Iterator[httpx.Client]:
    """Give a client with the public key."""
    with server.client(keys["write_key"]) as found:
        yield found


def named(name: str, **more: object) -> Row:
    return {**EVENT, "messageId": name, **more}


def stored(server: Server) -> dict[object, Row]:
    return {row["messageId"]: row for row in exported(server.folder, "events")}


def posted(client: httpx.Client, *elements: Row, **root: object) -> Row:
    response = client.post("/v1/batch", json={"batch": list(elements), **root})
    assert response.status_code == 200, response.text
    body = response.json()
    assert isinstance(body, dict)
    return body


def test_gzip_is_told_by_its_bytes_and_bodies_may_come_in_pieces(
    server: Server, client: httpx.Client
) -> None:
    body = json.dumps({"batch": [named("packed")]}).encode()
    packed = gzip.compress(body)
    ways: list[tuple[object, dict[str, str]]] = [
        (packed, {"content-encoding": "gzip", "content-type": "application/json"}),
        (packed, {}),
        (packed, {"content-type": FORM}),
        (body, {"content-encoding": "identity", "content-type": "text/plain"}),
        (body, {"content-type": FORM}),
        (iter([body[:9], body[9:]]), {}),
        (iter([packed[:5], packed[5:9], packed[9:]]), {"content-encoding": "gzip"}),
    ]
    duplicates = []
    for content, headers in ways:
        response = client.post("/v1/batch", content=content, headers=headers)  # type: ignore[arg-type]
        assert response.status_code == 200, (headers, response.text)
        duplicates.append(response.json().get("duplicates", 0))
    assert duplicates == [0] + [1] * (len(ways) - 1)
    twice = client.post("/v1/batch", content=gzip.compress(packed))
    assert (twice.status_code, twice.json()["code"]) == (400, "bad_gzip")


def test_each_refusal_between_good_ones_costs_nobody_but_itself(
    server: Server, client: httpx.Client
) -> None:
    elements: list[Row] = []
    for code, element in REFUSED.items():
        elements += [named(f"before-{code}"), {"messageId": f"bad-{code}", **element}]
    elements.append(named("last"))
    before = len(exported(server.folder, "quarantine"))
    body = json.dumps({"batch": elements}).replace('"DIGITS"', "9" * 4_301)
    response = client.post("/v1/batch", content=body)
    assert response.status_code == 200, response.text
    told = response.json()["quarantined"]
    assert [(one["index"], one["code"]) for one in told] == [
        (2 * place + 1, code) for place, code in enumerate(REFUSED)
    ]
    rows = stored(server)
    assert {f"before-{code}" for code in REFUSED} | {"last"} <= set(rows)
    assert not {f"bad-{code}" for code in REFUSED} & set(rows)
    kept = exported(server.folder, "quarantine")[before:]
    assert [row["code"] for row in kept] == list(REFUSED)
    assert all(row["message"] and row["element"] for row in kept)
    assert [row["messageId"] for row in kept if row["code"] not in ("bad_message_id", "too_deep")]


def test_alone_a_refused_element_is_told_so_and_kept_too(
    server: Server, client: httpx.Client
) -> None:
    before = len(exported(server.folder, "quarantine"))
    statuses = {"event_too_large": 413, "no_identifier": 200}
    for code, element in REFUSED.items():
        body = json.dumps(element).replace('"DIGITS"', "9" * 4_301)
        response = client.post("/v1/track", content=body)
        assert response.status_code == statuses.get(code, 400), (code, response.text)
        if response.status_code != 200:
            assert response.json()["code"] == response.json()["error"]["code"] == code
    assert len(exported(server.folder, "quarantine")) == before + len(REFUSED)


def test_what_python_sends_is_repaired_and_stored(server: Server, client: httpx.Client) -> None:
    values = {
        "not_finite": "[NaN, Infinity, -Infinity, 1e400]",
        "nul": '"a\\u0000b"',
        "surrogate": '"cut \\ud83d"',
        "big_int": "9" * 30,
    }
    elements = [
        f'{{"type": "track", "event": "Opened", "userId": "u-1", "messageId": "fix-{code}",'
        f' "properties": {{"x": {text}}}}}'
        for code, text in values.items()
    ]
    response = client.post("/v1/batch", content=f'{{"batch": [{",".join(elements)}]}}')
    assert response.json() == {
        "success": True,
        "repaired": [{"index": index, "codes": [code]} for index, code in enumerate(values)],
    }
    rows = stored(server)
    found = [rows[f"fix-{code}"]["properties"]["x"] for code in values]  # type: ignore[index]
    assert found == [[None] * 4, "a\ufffdb", "cut \ufffd", "9" * 30]


def test_the_root_speaks_for_elements_that_do_not(server: Server, client: httpx.Client) -> None:
    posted(
        client,
        named("root-1"),
        named("root-2", context={"app": {"name": "B"}}, integrations={"Mail": True}),
        context={"locale": "de", "app": {"name": "A", "build": 1}},
        integrations={"All": False},
        timestamp="2020-01-01T00:00:00Z",
        channel="server",
    )
    rows = stored(server)
    first, second = rows["root-1"], rows["root-2"]
    assert first["context"] | {"ip": 0} == {  # type: ignore[operator]
        "locale": "de",
        "app": {"name": "A", "build": 1},
        "ip": 0,
    }
    assert second["context"]["app"] == {"name": "B"}  # type: ignore[index]
    assert second["context"]["locale"] == "de"  # type: ignore[index]
    assert (first["integrations"], second["integrations"]) == (
        {"All": False},
        {"All": False, "Mail": True},
    )
    for row in (first, second):
        assert "originalTimestamp" not in row
        assert row["timestamp"] == row["receivedAt"]
        assert "channel" not in row


def instant(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def test_event_time_follows_the_claims(server: Server, client: httpx.Client) -> None:
    now = datetime.now(UTC)
    ahead = now + timedelta(days=3)
    hour_ago = now - timedelta(hours=1)
    sent: dict[str, tuple[Row, timedelta]] = {
        "ahead": (
            {
                "timestamp": (ahead - timedelta(seconds=90)).isoformat(),
                "sentAt": ahead.isoformat(),
            },
            timedelta(seconds=-90),
        ),
        "original": ({"originalTimestamp": hour_ago.isoformat()}, timedelta(hours=-1)),
        "both": (
            {
                "timestamp": hour_ago.isoformat(),
                "originalTimestamp": ahead.isoformat(),
                "sentAt": ahead.isoformat(),
            },
            timedelta(hours=-1),
        ),
        "milliseconds": (
            {"timestamp": int(hour_ago.timestamp() * 1_000)},
            timedelta(hours=-1),
        ),
        "no-zone": (
            {"timestamp": hour_ago.replace(tzinfo=None).isoformat(" ", "seconds")},
            timedelta(hours=-1),
        ),
        "2031": ({"timestamp": "2031-01-01T00:00:00Z"}, timedelta(minutes=5)),
        "1970": ({"timestamp": "1970-01-01T00:00:00Z"}, timedelta()),
        "unreadable": ({"timestamp": "yesterday"}, timedelta()),
        "sent-before": (
            {"timestamp": now.isoformat(), "sentAt": hour_ago.isoformat()},
            timedelta(),
        ),
        "sent-unreadable": (
            {"timestamp": hour_ago.isoformat(), "sentAt": "soon"},
            timedelta(),
        ),
    }
    posted(client, *(named(f"time-{name}", **claims) for name, (claims, _) in sent.items()))
    header = {"SentAt": ahead.isoformat()}
    by_header = named("time-header", timestamp=(ahead - timedelta(seconds=7)).isoformat())
    assert client.post("/v1/track", json=by_header, headers=header).status_code == 200
    expected = {name: shift for name, (_, shift) in sent.items()}
    expected["header"] = timedelta(seconds=-7)
    rows = stored(server)
    for name, shift in expected.items():
        row = rows[f"time-{name}"]
        found = instant(row["timestamp"]) - instant(row["receivedAt"])
        # Claims without `sentAt` stand as they are, whatever the way to us took.
        late = instant(row["receivedAt"]) - now
        assert abs(found - shift) <= late + timedelta(seconds=2), (name, found)
    assert instant(rows["time-both"]["originalTimestamp"]) < now
    assert instant(rows["time-ahead"]["sentAt"]) > now + timedelta(days=2)


def test_traits_are_written_by_identify_and_group_only(
    server: Server, client: httpx.Client, keys: Keys
) -> None:
    believed = {"traits": {"plan": "free", "city": "Ulm"}}
    posted(
        client,
        {"type": "identify", "userId": "t-1", "context": believed},
        {"type": "identify", "userId": "t-2", "context": believed, "traits": {"plan": "team"}},
        {"type": "track", "event": "x", "userId": "t-1", "context": {"traits": {"plan": "other"}}},
        {"type": "page", "userId": "t-1", "traits": {"plan": "other"}},
    )
    told = [
        answer("profile", f"user_id:t-{number}", "--data", str(server.folder))["traits"]
        for number in (1, 2)
    ]
    assert told == [{"plan": "free", "city": "Ulm"}, {"plan": "team", "city": "Ulm"}]


def test_ids_that_are_empty_are_absent_and_numbers_are_their_text(
    server: Server, client: httpx.Client
) -> None:
    posted(
        client,
        named("empty", userId="", anonymousId="a-empty"),
        named("number", userId=4242),
        named("text", userId="4242"),
        {"type": "group", "messageId": "group", "userId": 4242, "groupId": 77},
    )
    rows = stored(server)
    assert rows["empty"].get("userId") in (None, "")
    assert rows["empty"]["anonymousId"] == "a-empty"
    assert rows["number"]["userId"] == rows["text"]["userId"] == "4242"
    assert rows["number"]["personId"] == rows["text"]["personId"]
    assert (rows["group"]["groupId"], rows["group"]["accountIds"]) == ("77", ["77"])


def test_an_identity_out_of_a_link_joins_nobody_on_the_next_pages_either(
    server: Server, client: httpx.Client, keys: Keys
) -> None:
    with server.client(keys["secret_key"]) as trusted:
        posted(trusted, {"type": "identify", "userId": "victim", "traits": {"plan": "team"}})
    person = answer("profile", "user_id:victim", "--data", str(server.folder))
    visitor = {"userId": "victim", "anonymousId": "curious"}
    linked = {"page": {"search": "?ajs_uid=victim", "path": "/"}}
    posted(
        client,
        {"type": "identify", "messageId": "linked", **visitor, "context": linked},
        {"type": "page", **visitor, "context": linked},
        {"type": "page", **visitor, "context": {"page": {"search": "", "path": "/next"}}},
        {"type": "track", "event": "Opened", **visitor},
    )
    after = answer("profile", "user_id:victim", "--data", str(server.folder))
    assert (after["identifiers"], after["counters"]) == (person["identifiers"], person["counters"])
    device = answer("profile", "anonymous_id:curious", "--data", str(server.folder))
    assert device["personId"] != person["personId"]
    assert device["counters"] == {"Identified": 1, "Opened": 1, "Page Viewed": 2}
    assert stored(server)["linked"]["personId"] == device["personId"]
    posted(client, {"type": "identify", **visitor})
    found = answer("profile", "anonymous_id:curious", "--data", str(server.folder))
    assert found["personId"] == person["personId"]


def test_an_alias_to_oneself_changes_nobody(server: Server, client: httpx.Client) -> None:
    posted(client, named("before-alias", userId="self"))
    person = answer("profile", "user_id:self", "--data", str(server.folder))
    alias = {"type": "alias", "messageId": "alias", "userId": "self", "previousId": "self"}
    posted(client, alias)
    after = answer("profile", "user_id:self", "--data", str(server.folder))
    assert (after["personId"], after["identifiers"]) == (person["personId"], person["identifiers"])
    assert stored(server)["alias"]["previousId"] == "self"
