"""The commands `wegweiser segment` on a folder without a server."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.workspace.workspace import Workspace

SEGMENT = "{kind: segment, key: team, name: Teams, when: 'person.traits.plan == \"team\"'}"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder with three people in one segment, one of whom allows e-mail."""
    root = tmp_path / "data"
    with Workspace.open(root, make=True) as workspace:
        workspace.apply({"segments.yaml": SEGMENT})
        for number in range(3):
            email = {"consent": {"categoryPreferences": {"email": number == 0}}}
            workspace.identify(f"u-{number}", {"plan": "team"}, context=email)
        workspace.identify("u-9", {"plan": "solo"})
    return str(root)


def said(*words: str) -> str:
    """Run a command that must succeed; gives its output."""
    result = CliRunner().invoke(app, ["segment", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_commands_tell_size_members_and_preview(folder: str) -> None:
    at = ("--data", folder, "--json")
    [listed] = json.loads(said("list", *at))["segments"]
    assert (listed["key"], listed["size"], listed["counted"]) == ("team", 3, True)
    assert json.loads(said("show", "team", *at))["history"][-1]["size"] == 3
    page = json.loads(said("members", "team", "--limit", "2", *at))
    assert (len(page["members"]), page["next"] != "") == (2, True)
    found = json.loads(said("preview", 'person.traits.plan == "solo"', *at))
    assert (found["size"], found["of_all"]) == (1, 4)
    assert json.loads(said("recount", *at)) == {"differences": 0}


def test_a_preview_may_count_everybody_and_a_segment_is_removed(folder: str) -> None:
    at = ("--data", folder, "--json")
    found = json.loads(said("preview", 'p.traits.plan == "solo"', "--whole", *at))
    assert (found["exact"], found["entering_per_day"], found["leaving_per_day"]) == (True, 0, 0)
    assert json.loads(said("remove", "team", *at)) == {"removed": "team", "left": 3}
    assert json.loads(said("list", *at)) == {"segments": []}


def test_the_export_gives_members_with_the_consent_asked_for(folder: str) -> None:
    rows = [json.loads(line) for line in said("export", "team", "--data", folder).splitlines()]
    assert len(rows) == 3
    assert set(rows[0]) == {
        "personId",
        "enteredAt",
        "identifiers",
        "traits",
        "consent",
        "adConsent",
    }
    willing = said("export", "team", "--purpose", "email", "--data", folder).splitlines()
    assert [json.loads(line)["traits"] for line in willing] == [{"plan": "team"}]


def test_a_wrong_rule_or_key_ends_with_one_sentence(folder: str) -> None:
    for words in (("preview", "person.knwon"), ("show", "nothing")):
        result = CliRunner().invoke(app, ["segment", *words, "--data", folder])
        assert result.exit_code == 1
        assert result.stdout == ""
