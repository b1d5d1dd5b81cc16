"""The routes of the website tag: its script, anonymous counts that last, the server's cookie."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import httpx
import pytest

from tests.web.serving import Running, empty_site
from wegweiser.cli.main import app
from wegweiser.web.tag.script import tag_hash, tag_integrity, tag_script
from wegweiser.web.tag.shrink import shrunk
from wegweiser.workspace import operations
from wegweiser.workspace.workspace import Workspace


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    server = Running(empty_site)
    yield server
    server.close()


@pytest.fixture(scope="module")
def key(running: Running) -> str:
    async def made() -> str:
        return running.site.callers.create("website").write_key

    return running.wait(made())


def test_the_script_is_kept_for_an_hour_and_known_by_its_hash(running: Running) -> None:
    answer = running.client.get("/wegweiser.js")
    assert answer.status_code == 200
    assert answer.content == tag_script()
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["access-control-allow-origin"] == "*"
    again = {"if-none-match": answer.headers["etag"]}
    assert running.client.get("/wegweiser.js", headers=again).status_code == 304
    kept = running.client.get(f"/tag/{tag_hash()}/wegweiser.js")
    assert kept.content == tag_script()
    assert "immutable" in kept.headers["cache-control"]
    assert running.client.get("/tag/0000/wegweiser.js").status_code == 404
    assert running.client.post("/wegweiser.js").status_code == 405
    assert tag_integrity().startswith("sha384-")


@pytest.mark.parametrize(
    ("accepted", "unpacked"),
    [
        ("", bytes),
        ("br;q=0.9, gzip", brotli.decompress),
        ("gzip, deflate", gzip.decompress),
        ("brew", bytes),
    ],
)
def test_a_client_gets_the_tag_in_a_coding_that_it_takes(
    running: Running, accepted: str, unpacked: Callable[[bytes], bytes]
) -> None:
    asked = {"accept-encoding": accepted}
    with running.client.stream("GET", "/wegweiser.js", headers=asked) as answer:
        assert unpacked(b"".join(answer.iter_raw())) == tag_script()


def test_counts_are_summed_per_hour(running: Running, key: str) -> None:
    seen = {"writeKey": key, "path": "/prices?mail=me", "referrer_host": "Example.ORG"}
    for _ in range(3):
        answer = running.client.post("/v1/count", json=seen)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    running.client.post("/v1/count", json={**seen, "event": "Demo Booked"})
    rows = running.wait(operations.run(running.site, "counts", {}))
    assert [(row["path"], row["referrer_host"], row["event"], row["count"]) for row in rows] == [
        ("/prices", "example.org", "", 3),
        ("/prices", "example.org", "Demo Booked", 1),
    ]
    assert all(row["hour"].endswith(":00:00.000Z") for row in rows)


@pytest.mark.parametrize("body", [[], {}, {"path": "prices"}, {"path": 7}])
def test_a_count_that_says_nothing_is_refused(running: Running, key: str, body: object) -> None:
    sent = {"writeKey": key, **body} if isinstance(body, dict) else body
    answer = running.client.post("/v1/count", json=sent)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("bad_shape", "bad_value")
    assert running.client.post("/v1/count", json={"path": "/"}).status_code == 401


def test_counts_last(tmp_path: Path) -> None:
    async def count(workspace: Workspace) -> None:
        await workspace.site.counts.add("src", {"path": "/"})

    for _ in range(2):
        with Workspace.open(tmp_path / "data") as workspace:
            workspace.wait(count(workspace))
    with Workspace.open(tmp_path / "data") as workspace:
        workspace.run("rebuild", {})
        rows = workspace.run("counts", {})
        assert isinstance(rows, list)
        assert sum(row["count"] for row in rows) == 2  # type: ignore[index,call-overload,misc]


def test_the_command_is_there() -> None:
    assert "counts" in {command.name for command in app.registered_commands}


def test_the_cookie_is_for_pages_of_this_origin(running: Running, key: str) -> None:
    def asked(site: str, **more: object) -> httpx.Response:
        body = {"writeKey": key, "anonymousId": "a-1", **more}
        return running.client.post("/v1/cookie", json=body, headers={"sec-fetch-site": site})

    for site in ("cross-site", "same-site", "none", ""):
        refused = asked(site)
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers
    given = asked("same-origin", days=30, domain="example.com")
    assert given.status_code == 200
    assert given.headers["set-cookie"] == (
        "wgw_aid=a-1; Path=/; Max-Age=2592000; Domain=example.com; SameSite=Lax"
    )
    assert asked("same-origin", anonymousId="a;b").status_code == 400
    assert asked("same-origin", domain="a; Secure").status_code == 400


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("const one = 1; const two = one + 1; alert(two);", "let z=1,y=z+1;alert(y)"),
        ("const f = ({ a, b: c }) => a + c;", "let z=({a:z,b:y})=>z+y"),
        ("const f = (name) => { name.name = { name }; };", "let z=z=>{z.name={name:z}}"),
        ("try { a(); } catch (error) { b(error); }", "try{a()}catch(z){b(z)}"),
        ("const f = (a) => b.catch(a); // no /* comment", "let z=z=>b.catch(z)"),
        ("a(function (name, b) { return this[name] + b; });", "a(function(y,z){return this[y]+z})"),
        ("x = '// no comment' + /[/'\"]/.test(y);", "x='// no comment'+/[/'\"]/.test(y)"),
        ("let a = b + +c - -d;", "let z=b+ +c- -d"),
    ],
)
def test_a_script_made_small_says_the_same(script: str, expected: str) -> None:
    assert shrunk(script) == expected
