"""`wegweiser identity` on a folder: why, a preview, the word and its undo; rules tried dry."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wegweiser.cli.main import app

RUNNER = CliRunner()
USER, VISITOR = "user_id:u-1", "anonymous_id:a-1"
MAPPING = """
kind: mapping
key: people
source: crm
event: {type: identify, messageId: =row.id, userId: =row.user, anonymousId: =row.device}
"""


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A folder in which a user is one with a device, and another user stands alone."""
    mapping, rows = tmp_path / "mapping.yaml", tmp_path / "rows.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    rows.write_text("id,user,device\nm-1,u-1,a-1\nm-2,u-2,a-2\n", encoding="utf-8")
    folder = str(tmp_path / "data")
    told("apply", str(mapping), "--data", folder)
    told("load", str(rows), "--mapping", str(mapping), "--data", folder)
    return folder


def told(*words: str, code: int = 0) -> str:
    """Run a command and give what it prints."""
    result = RUNNER.invoke(app, list(words))
    assert result.exit_code == code, result.output
    return str(result.output)


def test_why_cut_and_undo(data: str) -> None:
    why = told("identity", "why", USER, VISITOR, "--data", data)
    assert why.startswith("One person:")
    assert "crm (server)" in why
    seen = told("identity", "cut", USER, VISITOR, "--preview", "--data", data)
    before, after = seen.split("After: 1 persons")
    # The device has no events of its own, so that it is nobody alone.
    assert (VISITOR in before, VISITOR in after) == (True, False)
    assert "op_" not in seen
    said = told(
        "identity", "cut", USER, VISITOR, "--by", "ada", "--reason", "Kiosk", "--data", data
    )
    operation = next(word.rstrip(";") for word in said.split() if word.startswith("op_"))
    apart = told("identity", "why", USER, VISITOR, "--data", data)
    assert apart.startswith("Not one person:")
    assert "refused (cut)" in apart
    assert "ada  cut  Kiosk" in told("identity", "operations", "--data", data)
    told("identity", "undo", operation, "--data", data)
    assert told("identity", "why", USER, VISITOR, "--data", data) == why
    assert "already" in told("identity", "undo", operation, "--data", data, code=1)


def test_messages_the_queue_and_what_cannot_be_said(data: str) -> None:
    story = json.loads(told("identity", "message", "m-1", "--json", "--data", data))
    assert (story["fate"], story["trail"][0]["leaf"]) == ("stored", USER)
    assert told("identity", "queue", "--data", data) == ""
    assert "unique_conflict" in told(
        "identity", "link", USER, "user_id:u-2", "--data", data, code=1
    )
    told("identity", "restore", USER, "--data", data, code=2)
    shown = json.loads(told("identity", "show", USER, "--json", "--data", data))
    assert {one["id"] for one in shown["identifiers"]} == {"u-1", "a-1"}


def test_types_are_listed_and_classified(data: str, tmp_path: Path) -> None:
    assert told("identity", "types", "--data", data) == ""
    mapping, rows = tmp_path / "cards.yaml", tmp_path / "cards.csv"
    card = "[{id: =row.card, type: loyalty_card, collection: users, encoding: none}]"
    who = "type: identify, messageId: =row.id, userId: =row.user"
    event = f"{{{who}, context: {{externalIds: {card}}}}}"
    mapping.write_text(f"{{kind: mapping, key: cards, source: till, event: {event}}}")
    rows.write_text("id,user,card\nc-1,u-1,7\nc-2,u-1,8\nc-3,u-2,9\n", encoding="utf-8")
    told("apply", str(mapping), "--data", data)
    told("load", str(rows), "--mapping", str(mapping), "--data", data)
    listed = told("identity", "types", "--data", data)
    assert listed.startswith("loyalty_card: unclassified, weak, 3 values, 1.5 per person")
    assert "from till" in listed
    words = ("identity", "classify", "loyalty_card", "strong", "--data", data)
    assert "dry run" in told(*words, code=1).lower()
    told(*words, "--preview")
    told(*words)
    assert "loyalty_card: classified, strong" in told("identity", "types", "--data", data)


def test_rules_are_tried_before_they_count(data: str, tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("{kind: identity_rules, key: house, strong_most: 4}", encoding="utf-8")
    assert "not tried dry" in told(
        "identity", "rules", "publish", str(file), "--data", data, code=1
    )
    tried = json.loads(
        told("identity", "rules", "dry-run", str(file), "--all", "--json", "--data", data)
    )
    assert (tried["persons_before"], tried["persons_after"], tried["merges"]) == (2, 2, 0)
    published = json.loads(
        told("identity", "rules", "publish", str(file), "--json", "--data", data)
    )
    assert published["version"] == tried["version"]
    told("apply", str(file), "--data", data)
    shown = json.loads(told("identity", "rules", "show", "--json", "--data", data))
    assert shown["version"] == shown["draft"]["version"] == tried["version"]
