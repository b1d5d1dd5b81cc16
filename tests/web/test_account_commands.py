"""The commands `wegweiser accounts` on a folder, with the CRM file of the guide."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.workspace.workspace import Workspace

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder with the contacts of the example, and somebody with an address at their domain."""
    root = str(tmp_path / "data")
    with Workspace.open(Path(root), make=True) as workspace:
        workspace.apply({"accounts.yaml": (EXAMPLES / "accounts.yaml").read_text("utf-8")})
        workspace.identify("c-4", {"email": "dana@birkenhof.example"})
    loading = [str(EXAMPLES / "crm-contacts.csv"), "--mapping", str(EXAMPLES / "mapping-crm.yaml")]
    for stored in (6, 0):
        result = CliRunner().invoke(app, ["load", *loading, "--data", root, "--json"])
        assert json.loads(result.stdout.splitlines()[-1])["stored"] == stored, result.output
    return root


def said(folder: str, *words: str) -> Any:
    """Run a command that must succeed; gives its answer."""
    result = CliRunner().invoke(app, ["accounts", *words, "--data", folder, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def members(folder: str, *words: str) -> set[tuple[str, str, float, str, str | None]]:
    fields = ("role", "status", "confidence", "from", "to")
    rows = said(folder, "members", "birkenhof", *words)["members"]
    return {tuple(row[field] for field in fields) for row in rows}  # type: ignore[misc]


def test_a_crm_file_gives_members_with_roles_and_days(folder: str) -> None:
    assert [one["group_id"] for one in said(folder, "list")["accounts"]] == ["birkenhof", "seewerk"]
    assert members(folder) == {("buyer", "confirmed", 1.0, "2025-03-01", None)}
    assert ("user", "ended", 1.0, "2025-03-01", "2025-10-31") in members(folder, "--ended")
    # A row of a CRM is no sign of life.
    suite = said(folder, "show", "birkenhof")["buying_groups"]["offers"]["suite"]
    assert (suite["completeness"], suite["engaged"], suite["missing"]) == (0.666667, 0.0, ["user"])


def test_yes_no_and_undo(folder: str) -> None:
    [found] = said(folder, "suggestions")["suggestions"]
    assert (found["identifier"], found["confidence"]) == ("email:dana@birkenhof.example", 0.5)
    yes = said(folder, "confirm", "birkenhof", "user_id:c-4", "--role", "user")
    assert len(members(folder)) == 2
    assert said(folder, "suggestions", "birkenhof")["suggestions"] == []
    said(folder, "undo", yes["operation_id"])
    assert len(said(folder, "suggestions")["suggestions"]) == 1
    said(folder, "reject", "birkenhof", "user_id:c-4")
    assert said(folder, "suggestions")["suggestions"] == []
    said(folder, "add", "domain:birkenhof.example", "user_id:c-4", "--from", "2025-01-01")
    said(folder, "remove", "birkenhof", "user_id:c-4", "--to", "2025-06-30")
    assert ("", "ended", 1.0, "2025-01-01", "2025-06-30") in members(folder, "--ended")
    statuses = [one["status"] for one in said(folder, "statements")["statements"]]
    assert statuses == ["ended", "confirmed", "rejected", "undone", "confirmed"]


def test_sums_and_refusals(folder: str) -> None:
    sums = said(folder, "rollup", "birkenhof", "--include-suggested")["rollup"]
    assert (sums["members"], sums["active_30_days"]) == (2, 1)
    assert said(folder, "rollup", "birkenhof")["rollup"]["active_30_days"] == 0
    for words in (("show", "nobody"), ("rollup", "birkenhof", "--confidence", "3")):
        result = CliRunner().invoke(app, ["accounts", *words, "--data", folder])
        assert result.exit_code == 1
        assert result.stdout == ""
    table = CliRunner().invoke(app, ["accounts", "suggestions", "--data", folder])
    assert "dana@birkenhof" in table.stdout.replace("\n", "")
