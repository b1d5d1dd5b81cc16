"""Measures at every door: the command line with its files, HTTP by format or by Accept."""

import asyncio
import csv
import io
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from tests.web.test_key_table import serving
from wegweiser.cli.main import app
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.workspace import Workspace

VIEW: JsonObject = {
    "type": "page",
    "userId": "u-1",
    "messageId": "m-1",
    "name": "Page",
    "timestamp": "2025-03-01T09:00:00Z",
    "properties": {"path": "=1+1"},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with one page view, whose path is a trap for spreadsheets."""
    folder = tmp_path_factory.mktemp("measured") / "data"
    with Workspace.open(folder) as workspace:
        workspace.load([VIEW], source="site")
    return folder


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data", str(data)])


def test_the_command_speaks_german_and_says_how_fresh_it_is(data: Path) -> None:
    told = run(data, "measure", "web.visits", "--by", "path", "--lang", "de")
    assert told.exit_code == 0, told.output
    assert "Es gab 1 Besuch." in told.output
    assert "Enthalten ist alles bis" in told.output


def test_the_command_writes_a_table_and_files_at_once(data: Path) -> None:
    files = {"--chart": "visits.svg", "--xlsx": "visits.xlsx", "--parquet": "visits.parquet"}
    named = [part for option, name in files.items() for part in (option, str(data.parent / name))]
    written = run(data, "measure", "web.visits", "--by", "path", "--csv", *named)
    assert written.exit_code == 0, written.output
    table = list(csv.reader(io.StringIO(written.stdout)))
    assert table[0][:2] == ["path", "visitors"]
    assert table[1][0] == "'=1+1"
    begun = {name: (data.parent / name).read_bytes()[:4] for name in files.values()}
    assert begun == {
        "visits.svg": b"<svg",
        "visits.xlsx": b"PK\x03\x04",
        "visits.parquet": b"PAR1",
    }


def test_the_command_refuses_what_it_cannot_write(data: Path) -> None:
    assert run(data, "measure", "web.visits", "--chart", "visits.bmp").exit_code == 2
    assert run(data, "measure", "web.visits", "--lang", "fr").exit_code == 2


FORMATS = (
    ("GET", "?format=csv", {}, "text/csv; charset=utf-8"),
    ("GET", "", {"accept": "text/csv"}, "text/csv; charset=utf-8"),
    ("GET", "?format=svg&lang=de", {}, "image/svg+xml"),
    ("POST", "", {"accept": "application/vnd.apache.parquet"}, "application/vnd.apache.parquet"),
    ("GET", "", {}, "application/json; charset=utf-8"),
)


def test_http_gives_the_format_that_is_asked_for() -> None:
    async def play() -> dict[str, httpx.Response]:
        async with serving() as (site, client, headers):
            await site.loader.take("site", [VIEW])
            found = {}
            for method, query, stated, _ in FORMATS:
                path = f"/v1/measures/web.visits{query}"
                key = headers["export"] | stated
                body = b'{"options": {"by": "path"}}' if method == "POST" else b""
                name = f"{method} {query} {stated.get('accept', '')}"
                found[name] = await client.request(method, path, headers=key, content=body)
            for name, path in (("list", ""), ("bad", "/web.visits?format=pdf"), ("none", "/nope")):
                address = f"/v1/measures{path}"
                found[name] = await client.get(address, headers=headers["export"])
            return found

    answered = asyncio.run(play())
    for method, query, stated, media_type in FORMATS:
        one = answered[f"{method} {query} {stated.get('accept', '')}"]
        assert (one.status_code, one.headers["content-type"]) == (200, media_type)
    told = answered["GET  "].json()
    assert told["fresh_until"] <= told["as_of"]
    assert told["period"]["zone"] == "UTC"
    listed = answered["list"].json()["measures"]
    visits = next(one for one in listed if one["name"] == "web.visits")
    assert {"by", "from", "to", "zone", "compare"} <= {one["name"] for one in visits["options"]}
    assert answered["bad"].status_code == 422
    assert answered["none"].status_code == 404
