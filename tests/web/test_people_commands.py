"""The commands `wegweiser people` on a folder without a server."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.workspace.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> str:
    root = tmp_path / "data"
    with Workspace.open(root, make=True):
        pass
    return str(root)


def run(folder: str, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["people", *words, "--data", folder, "--json"])
    return result.exit_code, result.stdout


def test_somebody_is_let_in_given_a_role_and_removed(folder: str) -> None:
    code, told = run(folder, "add", "grace", "owner", "--email", "grace@example.com")
    assert code == 0
    assert "/welcome/" in json.loads(told)["link"]
    assert run(folder, "add", "ada", "analyst")[0] == 0
    code, told = run(folder, "role", "ada", "marketer")
    assert (json.loads(told)["role"], json.loads(told)["role_before"]) == ("marketer", "analyst")
    listed = json.loads(run(folder, "list")[1])
    assert {one["name"]: one["state"] for one in listed} == {"ada": "invited", "grace": "invited"}
    assert json.loads(run(folder, "sessions")[1]) == []
    assert run(folder, "remove", "ada")[0] == 0
    assert run(folder, "link", "ada")[0] != 0
    assert run(folder, "remove", "grace")[0] == 1
    assert run(folder, "role", "grace", "king")[0] == 1
