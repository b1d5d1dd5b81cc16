"""Tables of profiles: the same rows in three formats, guarded, filtered, written whole or not."""

import asyncio
import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from tests.flow.sites import caller, post, running
from wegweiser.cli.main import app
from wegweiser.flow.bulk_export import PERSON_COLUMNS
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site
from wegweiser.workspace.workspace import Workspace

CONFIGURATION = "{kind: segment, key: team, when: 'person.traits.plan == \"team\"'}"
PEOPLE = (("u-1", "team", "=cmd|' /C calc'!A0"), ("u-2", "solo", "Ada"), ("+49", "team", 'a "b"\n'))


async def fill(site: Site) -> None:
    """Send three persons, one of them with consent, and an account."""
    key, _ = caller(site)
    for number, (user, plan, name) in enumerate(PEOPLE):
        element: JsonObject = {"type": "identify", "messageId": f"m-{number}", "userId": user}
        element["traits"] = {"plan": plan, "name": name}
        if number == 0:
            element["context"] = {"consent": {"categoryPreferences": {"email": True}}}
        assert (await post(site, key, "/v1/identify", element)).status == 200
    joined = {"messageId": "m-9", "userId": "u-1", "groupId": "acme", "traits": {"name": "@Acme"}}
    assert (await post(site, key, "/v1/group", joined)).status == 200


async def table(site: Site, **options: str) -> bytes:
    """Give a whole bulk export."""
    return b"".join([part async for part in operations.export(site, "profiles", options)])


def test_three_formats_hold_the_same_rows():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            await fill(site)
            lines = [json.loads(line) for line in (await table(site, format="jsonl")).splitlines()]
            assert [list(line) for line in lines] == [[*PERSON_COLUMNS]] * 3
            assert {line["user_id"] for line in lines} == {"u-1", "u-2", "+49"}
            text = (await table(site, format="csv")).decode()
            sheet = list(csv.DictReader(io.StringIO(text)))
            stored = io.BytesIO(await table(site, format="parquet"))
            frame = parquet.read_table(stored).to_pylist()
            for line, row, packed in zip(lines, sheet, frame, strict=True):
                assert row["person_id"] == packed["person_id"] == line["person_id"]
                traits = [json.loads(one) for one in (row["traits"], packed["traits"])]
                assert traits == [line["traits"]] * 2
                assert (row["known"], packed["known"]) == ("true", True)
                assert float(row["engagement"]) == packed["engagement"] == line["engagement"]

    asyncio.run(go())


def test_no_cell_of_a_sheet_is_a_formula():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            await fill(site)
            accounts = csv.DictReader(
                io.StringIO((await table(site, of="accounts", format="csv")).decode())
            )
            assert [row["name"] for row in accounts] == ["'@Acme"]
            people = csv.reader(io.StringIO((await table(site, format="csv")).decode()))
            cells = [cell for row in people for cell in row]
            assert "'+49" in cells
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]

    asyncio.run(go())


def test_a_segment_and_a_purpose_choose_the_rows():
    async def go() -> None:
        async with running(CONFIGURATION) as site:
            await fill(site)

            async def users(**options: str) -> set[str]:
                told = await table(site, format="jsonl", **options)
                return {json.loads(line)["user_id"] for line in told.splitlines()}

            assert await users(segment="team") == {"u-1", "+49"}
            assert await users(segment="team", purpose="email") == {"u-1"}
            for wrong in (
                {"segment": "nothing"},
                {"format": "xml"},
                {"of": "cats"},
                {"of": "accounts", "segment": "team"},
                {"colour": "red"},
                {"segment": "team", "purpose": "e-mial"},
            ):
                with pytest.raises(InputRefused):
                    await table(site, **wrong)

    asyncio.run(go())


def test_an_export_keeps_nobody_in_memory():
    async def go() -> None:
        async with running() as site:
            key, _ = caller(site)
            people: list[JsonObject] = [
                {"type": "track", "messageId": f"m-{n}", "userId": f"u-{n}", "event": "Seen"}
                for n in range(300)
            ]
            for start in range(0, 300, 100):
                body = {"batch": people[start : start + 100]}
                assert (await post(site, key, "/v1/batch", body)).status == 200
            await table(site)
            assert len(site.views._persons) == 0

    asyncio.run(go())


def test_the_command_writes_a_file_that_is_whole_and_private(tmp_path: Path):
    root, out = tmp_path / "data", tmp_path / "people.parquet"
    with Workspace.open(root) as workspace:
        workspace.identify("u-1", {"plan": "team"})
    run = CliRunner().invoke
    data = ["--data", str(root)]
    done = run(app, ["export", "profiles", *data, "--format", "parquet", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert parquet.read_table(out)["user_id"].to_pylist() == ["u-1"]
    assert out.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part"))
    wrong = run(
        app, ["export", "profiles", *data, "--segment", "none", "--out", str(tmp_path / "x")]
    )
    assert wrong.exit_code == 1
    assert not (tmp_path / "x").exists()
    found = run(app, ["changes", *data, "--after", "0", "--purpose", "functional", "--json"])
    changes = msgspec.json.decode(found.stdout)["changes"]
    assert [one["type"] for one in changes] == ["profile.changed"]
    persons = run(app, ["export", "persons", *data, "--format", "ndjson"])
    assert msgspec.json.decode(persons.stdout)["traits"] == {"plan": "team"}
    told = run(app, ["timeline", "user_id:u-1", *data, "--kinds", "trait", "--json"])
    assert [one["trait"] for one in msgspec.json.decode(told.stdout)["timeline"]] == ["plan"]
    shown = run(app, ["timeline", "user_id:u-1", *data])
    assert (shown.exit_code, "Identified" in shown.stdout) == (0, True)
    nobody = run(app, ["timeline", "user_id:nobody", *data])
    assert nobody.exit_code == 1


def test_an_export_writes_through_no_link_and_into_no_folder(tmp_path: Path):
    root, out, other = tmp_path / "data", tmp_path / "people.csv", tmp_path / "other"
    with Workspace.open(root) as workspace:
        workspace.identify("u-1", {"plan": "team"})
    other.write_text("mine")
    (tmp_path / "people.csv.part").symlink_to(other)
    asked = ["export", "profiles", "--data", str(root), "--format", "csv", "--out"]
    done = CliRunner().invoke(app, [*asked, str(out)])
    assert done.exit_code == 0, done.output
    assert (other.read_text(), "u-1" in out.read_text()) == ("mine", True)
    for wrong, told in ((tmp_path, "is a folder"), (tmp_path / "gone" / "x", "cannot be written")):
        refused = CliRunner().invoke(app, [*asked, str(wrong)])
        assert (refused.exit_code != 0, told in refused.output) == (True, True)
        assert "Traceback" not in refused.output
