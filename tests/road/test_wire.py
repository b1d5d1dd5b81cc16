"""The collect API from outside: answers of every route, keys, and captured SDK requests."""

import base64
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.road.server import Server, answer, exported, new_source, serving

CALLS = ["track", "identify", "page", "screen", "group", "alias"]
SINGLE = [f"/v1/{name}" for name in [*CALLS, *"tipsga"]]
BATCH = ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"]
POSTED = [
    *SINGLE,
    *BATCH,
    *("/v1/m", "/cloudevents", "/v1/cloudevents"),
    *("/v1/decide", "/v1/outcomes"),
]
PIXELS = [*(f"/v1/pixel/{call}" for call in CALLS), "/pixel/v1/track", "/pixel/v1/page"]
FETCHED = [
    *("/v1/projects/k/settings", "/projects/k/settings", "/sourceConfig"),
    *("/analytics.js/v1/k/analytics.min.js", "/analytics-next/bundles/a.js"),
]
READ = ["/healthz", "/readyz", "/metrics"]
TRAITS = "/v1/spaces/default/collections/users/profiles/user_id:u-1/traits"
UNKNOWN = [
    "/v1/nothing",
    "/v1/",
    "/nothing",
    "/v1/track/more",
    "/beacon/",
    "/healthz2",
    "/api/persons",
    "/v1/pixel/nothing",
    "/v1/pixel/",
    "/pixel/v1/group",
    "/v1/projects/",
    "/v1/projects/k",
    "/projects/k/settings/more",
    "/sourceConfigs",
    "/cloudevents/more",
    "/analytics.js/v1/",
    "/analytics-next/bundles/",
    "/analytics-next/bundles/../standalone.js",
]
PREFLIGHT = (
    "authorization, content-type, x-write-key, x-api-key, x-retry-count, anonymousid, sentat, "
    "rsa-retry-attempt, rsa-retry-reason, rsa-since-first-attempt, rsa-since-last-attempt, "
    "if-none-match, last-event-id"
)
EXPOSED = "Retry-After, ETag, Request-Id, Wegweiser-Position"
EVENT = {"type": "track", "event": "Opened", "userId": "u-1"}
Keys = dict[str, str]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Make a source in a new folder."""
    folder = tmp_path_factory.mktemp("wire")
    return new_source(folder) | {"folder": str(folder)}


@pytest.fixture(scope="module")
def server(keys: Keys) -> Iterator[Server]:
    """Serve that folder for all tests of this file."""
    with serving(Path(keys["folder"])) as running:
        yield running


@pytest.fixture
def anyone(server: Server) -> Iterator[httpx.Client]:
    """Give a client without a key."""
    with httpx.Client(base_url=server.address, timeout=60, trust_env=False) as client:
        yield client


def healthy(server: Server) -> dict[str, int]:
    """Read the counts; their sum must be what was received."""
    counts = answer("doctor", "--data", str(server.folder))
    parts = ("stored", "duplicate", "quarantined", "suppressed", "dropped")
    assert counts["received"] == sum(int(str(counts[part])) for part in parts)
    assert counts["healthy"] is True
    return {name: int(str(counts[name])) for name in ("received", *parts)}


def assert_refused(response: httpx.Response, status: int) -> None:
    assert response.status_code == status, (response.request.url, response.text)
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["request-id"]
    if response.request.method != "HEAD":
        body = response.json()
        assert body["code"] == body["error"]["code"]
        assert body["message"] == body["error"]["message"]
        assert body["success"] is False


@pytest.mark.parametrize("path", POSTED)
def test_a_wrong_method_is_405_with_allow_and_cors(anyone: httpx.Client, path: str) -> None:
    for method, end in product(("GET", "HEAD", "PUT", "DELETE", "PATCH"), ("", "/")):
        response = anyone.request(method, path + end)
        assert_refused(response, 405)
        assert response.headers["allow"] == "POST, OPTIONS"
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["access-control-expose-headers"] == EXPOSED


@pytest.mark.parametrize("path", [*PIXELS, *FETCHED])
def test_what_is_fetched_takes_get_only(anyone: httpx.Client, path: str) -> None:
    for method, end in product(("POST", "PUT", "DELETE", "PATCH"), ("", "/")):
        response = anyone.request(method, path + end)
        assert_refused(response, 405)
        allowed = "GET, OPTIONS" if path in PIXELS else "GET, HEAD, OPTIONS"
        assert response.headers["allow"] == allowed
        assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", [*READ, TRAITS])
def test_reads_refuse_other_methods_and_send_no_cors(anyone: httpx.Client, path: str) -> None:
    for method, end in product(("POST", "PUT", "DELETE"), ("", "/")):
        response = anyone.request(method, path + end)
        assert_refused(response, 405)
        assert response.headers["allow"] == "GET, HEAD"
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_path_is_404(anyone: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "PUT", "HEAD"):
        assert_refused(anyone.request(method, path), 404)


def test_only_browser_routes_have_cors_on_unknown_paths(anyone: httpx.Client) -> None:
    assert anyone.post("/v1/nothing").headers["access-control-allow-origin"] == "*"
    for path in ("/api/persons", "/nothing"):
        response = anyone.options(path, headers={"origin": "https://www.example.org"})
        assert response.status_code == 404
        assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", [*POSTED, *PIXELS, *FETCHED, *READ, TRAITS, "/v1/nothing"])
def test_every_path_answers_a_preflight(anyone: httpx.Client, path: str) -> None:
    for end in ("", "/"):
        response = anyone.options(path + end, headers={"origin": "https://www.example.com"})
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["access-control-allow-headers"] == PREFLIGHT
        assert response.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["access-control-max-age"] == "7200"


@pytest.mark.parametrize("path", [*SINGLE, *BATCH])
def test_every_ingest_route_answers_200_with_its_position(
    server: Server, keys: Keys, path: str
) -> None:
    element = {"userId": "u-1", "previousId": "u-0", "groupId": "g-1", "event": "Opened"}
    body: object = {"batch": [EVENT]} if path in BATCH else element
    with server.client(keys["secret_key"]) as client:
        for end in ("", "/"):
            response = client.post(path + end, json=body)
            assert response.status_code == 200, response.text
            assert response.text.startswith('{"success": true')
            assert int(response.headers["wegweiser-position"]) > 0
            assert response.headers["request-id"]
            assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"", {}, 400, "bad_json"),
        (b"\xff", {}, 400, "bad_encoding"),
        (b"[]", {}, 400, "bad_shape"),
        (b'{"batch": {}}', {}, 400, "bad_shape"),
        (b"{}", {"content-encoding": "gzip"}, 400, "bad_gzip"),
        (b"{}", {"content-encoding": "br"}, 415, "unsupported"),
        (b"{" + b" " * 600_000 + b"}", {}, 413, "too_large"),
        (b" " * 5_000_000, {}, 413, "too_large"),
        (json.dumps({"batch": [EVENT] * 5_001}).encode(), {}, 413, "too_large"),
        (b'{"batch": []}', {"authorization": "Basic eDo="}, 401, "unknown_key"),
        (b'{"batch": [], "writeKey": "other"}', {}, 403, "key_mismatch"),
    ],
    ids=lambda value: value[:16].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_a_hopeless_body_is_refused(
    server: Server, keys: Keys, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    with server.client(keys["write_key"]) as client:
        request = client.build_request("POST", "/v1/batch", content=content, headers=headers)
        basic = httpx.BasicAuth(keys["write_key"], "")
        response = client.send(request, auth=None if "authorization" in headers else basic)
    assert_refused(response, status)
    assert response.json()["code"] == code
    assert response.headers["access-control-allow-origin"] == "*"


def test_each_place_of_the_key_is_enough(server: Server, keys: Keys, anyone: httpx.Client) -> None:
    key = keys["write_key"]
    basic = base64.b64encode(f"{key}:".encode()).decode()
    places: list[tuple[str, dict[str, str], dict[str, object]]] = [
        ("/v1/b", {"authorization": f"Basic {basic}"}, {}),
        ("/v1/b", {"x-write-key": key}, {"writeKey": "key1:***"}),
        ("/v1/b", {"authorization": f"Bearer {key}"}, {}),
        ("/v1/b", {"x-api-key": key}, {}),
        ("/v1/b", {"authorization": "Bearer somebody-elses-token"}, {"writeKey": f" {key} "}),
        (f"/beacon/v1/batch?writeKey={key}", {}, {}),
    ]
    for path, headers, root in places:
        response = anyone.post(path, headers=headers, json={"batch": [EVENT], **root})
        assert response.status_code == 200, (path, headers, response.text)
    element = anyone.post("/v1/b", json={"batch": [{**EVENT, "writeKey": key}]})
    assert element.status_code == 200, element.text
    assert_refused(anyone.post(f"/v1/b?writeKey={key}", json={"batch": [EVENT]}), 401)
    in_browser = {"x-write-key": keys["secret_key"], "origin": "https://www.example.com"}
    refused = anyone.post("/v1/b", headers=in_browser, json={"batch": [EVENT]})
    assert_refused(refused, 403)
    assert refused.json()["code"] == "secret_in_browser"


def test_an_element_of_another_source_is_rejected_alone(server: Server, keys: Keys) -> None:
    other = new_source(server.folder, "other")
    batch = [EVENT, {**EVENT, "messageId": "foreign", "writeKey": other["write_key"]}, EVENT]
    before = healthy(server)
    with server.client(keys["write_key"]) as client:
        body = client.post("/v1/batch", json={"batch": batch}).json()
    assert [(told["index"], told["code"]) for told in body["rejected"]] == [(1, "key_mismatch")]
    after = healthy(server)
    assert (after["stored"] - before["stored"], after["dropped"] - before["dropped"]) == (2, 1)
    assert "foreign" not in {row["messageId"] for row in exported(server.folder, "events")}


def test_operation_routes(anyone: httpx.Client) -> None:
    assert anyone.get("/healthz").json() == {"status": "ok"}
    assert anyone.get("/readyz").status_code == 200
    metrics = anyone.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "wegweiser_unaccounted_events 0.0" in metrics.text


def test_a_profile_is_read_with_the_secret_key_only(
    server: Server, keys: Keys, anyone: httpx.Client
) -> None:
    assert_refused(anyone.get(TRAITS), 401)
    with server.client(keys["write_key"]) as client:
        assert_refused(client.get(TRAITS), 401)
    with server.client(keys["secret_key"]) as client:
        client.post("/v1/identify", json={"userId": "u-1", "traits": {"plan": "team"}})
        for path in (TRAITS, TRAITS + "/", TRAITS.replace("user_id:u-1", "user_id%3Au-1")):
            assert client.get(path).json()["traits"]["plan"] == "team"
        assert_refused(client.get(TRAITS.replace("u-1", "nobody")), 404)


@pytest.mark.parametrize(
    "user_id",
    [
        "a/b",
        "a/",
        "a//b",
        "a%2Fb",
        "a+b",
        "a%2Bb",
        "50% b",
        "a:b",
        "a?b#c",
        "x/traits",
        "\N{COMPASS}",
    ],
)
def test_a_profile_is_read_by_an_id_with_any_signs(
    server: Server, keys: Keys, user_id: str
) -> None:
    path = TRAITS.replace("u-1", quote(user_id, safe=""))
    with server.client(keys["secret_key"]) as client:
        client.post("/v1/identify", json={"userId": user_id, "traits": {"own": user_id}})
        assert client.get(path).json()["traits"] == {"own": user_id}
