"""What SDKs fetch before they send, from outside: settings to the letter, scripts, no way out."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.road.server import Server, new_source, serving

SECTION_3 = """
{"integrations": {"Segment.io": {"apiKey": "KEY", "apiHost": "HOST/v1", "protocol": "http",
    "addBundledMetadata": true, "unbundledIntegrations": [], "maybeBundledConfigIds": {}}},
 "metrics": {"sampleRate": 0, "host": "HOST/v1"},
 "plan": {}, "edgeFunction": {}, "remotePlugins": [], "enabledMiddleware": {},
 "middlewareSettings": {"routingRules": []}, "legacyVideoPluginsEnabled": false}
"""
EXPOSED = "Retry-After, ETag, Request-Id, Wegweiser-Position"
STANDALONE = "/* the operator's own analytics.js */"
Keys = dict[str, str]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Make a source in a new folder whose operator brought files of analytics.js."""
    folder = tmp_path_factory.mktemp("documents")
    scripts = folder / "scripts"
    (scripts / "below").mkdir(parents=True)
    (scripts / "standalone.js").write_text(STANDALONE)
    (scripts / "chunk.bundle.0a1b.js").write_text("chunk")
    (scripts / "chunk.bundle.0a1b.js.map").write_text("{}")
    (scripts / "notes.txt").write_text("private")
    (scripts / "below" / "deep.js").write_text("deep")
    (folder / "outside.js").write_text("outside")
    os.symlink(folder / "outside.js", scripts / "link.js")
    keys = new_source(folder / "data") | {"folder": str(folder / "data")}
    settings = {"analytics_js_dir": str(scripts)}
    (folder / "data" / "settings.json").write_text(json.dumps(settings))
    return keys


@pytest.fixture(scope="module")
def server(keys: Keys) -> Iterator[Server]:
    """Serve that folder."""
    with serving(Path(keys["folder"])) as running:
        yield running


@pytest.fixture
def browser(server: Server) -> Iterator[httpx.Client]:
    """Give a client without a key that comes from a page."""
    headers = {"origin": "https://www.example.com", "host": "evil.example.com"}
    with httpx.Client(base_url=server.address, headers=headers, trust_env=False) as client:
        yield client


def written(keys: Keys, server: Server, key: str = "") -> str:
    host = server.address.removeprefix("http://")
    return SECTION_3.replace("KEY", key or keys["write_key"]).replace("HOST", host)


@pytest.mark.parametrize("path", ["/v1/projects/{}/settings", "/projects/{}/settings"])
def test_the_settings_are_those_of_the_specification(
    server: Server, keys: Keys, browser: httpx.Client, path: str
) -> None:
    for end in ("", "/"):
        found = browser.get(path.format(keys["write_key"]) + end)
        assert found.status_code == 200
        assert found.json() == json.loads(written(keys, server))
        assert list(found.json()) == list(json.loads(SECTION_3))
        assert found.headers["cache-control"] == "public, max-age=300"
        assert found.headers["content-type"] == "application/json; charset=utf-8"
        assert found.headers["access-control-allow-origin"] == "*"
        assert found.headers["access-control-expose-headers"] == EXPOSED
        assert found.headers["request-id"]
    head = browser.head(path.format(keys["write_key"]))
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("key", ["unknown", "wgw_pk_unknown", "%2e%2e", "a%20b", "***"])
def test_an_unknown_key_has_no_settings(browser: httpx.Client, key: str) -> None:
    found = browser.get(f"/v1/projects/{key}/settings")
    assert (found.status_code, found.json()["code"]) == (404, "not_found")
    assert found.json()["success"] is False
    assert found.headers["access-control-allow-origin"] == "*"


def test_a_secret_key_belongs_into_no_address(browser: httpx.Client, keys: Keys) -> None:
    for path in (
        f"/v1/projects/{keys['secret_key']}/settings",
        f"/sourceConfig?writeKey={keys['secret_key']}",
    ):
        found = browser.get(path)
        assert (found.status_code, found.json()["code"]) == (403, "forbidden")


def test_rudderstack_gets_its_configuration(browser: httpx.Client, keys: Keys) -> None:
    key = keys["write_key"]
    for path, auth in (
        (f"/sourceConfig/?p=npm&v=3.34.1&writeKey={key}&lockIntegrationsVersion=true", (key, "")),
        (f"/sourceConfig?writeKey={key}", None),
        ("/sourceConfig", (key, "")),
    ):
        found = browser.get(path, auth=auth)
        assert found.status_code == 200, found.text
        assert found.headers["access-control-allow-origin"] == "*"
        source = found.json()["source"]
        assert (source["writeKey"], source["name"], source["enabled"]) == (key, "site", True)
        assert source["id"]
        assert source["destinations"] == []
        off = {"enabled": False}
        assert source["config"] == {"statsCollection": {"errors": off, "metrics": off}}
        assert found.json()["updatedAt"].endswith("Z")


def test_rudderstack_without_a_key_or_with_two_is_refused(
    browser: httpx.Client, keys: Keys
) -> None:
    assert browser.get("/sourceConfig/").status_code == 401
    assert browser.get("/sourceConfig/?writeKey=unknown").status_code == 401
    two = browser.get("/sourceConfig/?writeKey=other", auth=(keys["write_key"], ""))
    assert (two.status_code, two.json()["code"]) == (403, "key_mismatch")


def test_the_operators_own_scripts_are_served(browser: httpx.Client, keys: Keys) -> None:
    for end in ("", "/"):
        found = browser.get(f"/analytics.js/v1/{keys['write_key']}/analytics.min.js{end}")
        assert (found.status_code, found.text) == (200, STANDALONE)
        assert found.headers["content-type"] == "text/javascript; charset=utf-8"
        assert found.headers["access-control-allow-origin"] == "*"
    for key in ("unknown", "wgw_pk_unknown"):
        nothing = browser.get(f"/analytics.js/v1/{key}/analytics.min.js")
        assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    chunk = browser.get("/analytics-next/bundles/chunk.bundle.0a1b.js")
    assert (chunk.status_code, chunk.text) == (200, "chunk")
    assert chunk.headers["x-content-type-options"] == "nosniff"
    assert browser.get("/analytics-next/bundles/chunk.bundle.0a1b.js.map").text == "{}"


def test_a_name_that_no_disk_can_hold_is_not_found(browser: httpx.Client) -> None:
    found = browser.get(f"/analytics-next/bundles/{'a' * 300}.js")
    assert (found.status_code, found.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "name",
    [
        *("absent.js", "notes.txt", "link.js", "below", "..", ".", "%2e%2e%2foutside.js"),
        *(
            "..%2foutside.js",
            "below%2fdeep.js",
            "below/deep.js",
            "standalone.js%00",
            "%5c..%5cx.js",
        ),
    ],
)
def test_nothing_else_of_the_disk_is(server: Server, name: str) -> None:
    address = server.address.removeprefix("http://").split(":")
    with httpx.Client(base_url=server.address, trust_env=False) as client:
        raw = httpx.URL(
            scheme="http",
            host=address[0],
            port=int(address[1]),
            raw_path=f"/analytics-next/bundles/{name}".encode(),
        )
        found = client.get(raw)
    assert found.status_code in (400, 404), found.text
    assert found.json()["success"] is False


def test_metrics_of_sdks_are_read_and_thrown_away(browser: httpx.Client) -> None:
    for end in ("", "/"):
        for content in (b'{"series": [{"type": "Counter", "metric": "x"}]}', b"", b"\xff{"):
            found = browser.post(f"/v1/m{end}", content=content)
            assert (found.status_code, found.json()) == (200, {"success": True})
            assert found.headers["access-control-allow-origin"] == "*"


def test_a_public_address_stands_in_the_settings(tmp_path: Path) -> None:
    key = new_source(tmp_path)["write_key"]
    settings = {"public_url": "https://www.example.com/data"}
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    with serving(tmp_path) as server:
        found = httpx.get(f"{server.address}/v1/projects/{key}/settings", trust_env=False).json()
    told = found["integrations"]["Segment.io"]
    assert (told["protocol"], told["apiHost"]) == ("https", "www.example.com/data/v1")
    assert found["metrics"]["host"] == "www.example.com/data/v1"
