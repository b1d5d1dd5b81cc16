"""Commands on a folder: find, accounts next-step, step-said and activity, segment around."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.web.test_next_step import BUNDLE
from wegweiser.cli.main import app
from wegweiser.workspace.workspace import Workspace

SEGMENT = """
---
{kind: segment, key: named, when: 'has(person.traits.name)'}
---
{kind: segment, key: all, when: 'person.engagement >= 0.0'}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with one account of two people, who allow everything."""
    root: Path = tmp_path_factory.mktemp("search") / "data"
    consent = {"consent": {"categoryPreferences": {"profiling": True, "email": True}}}
    with Workspace.open(root, make=True) as workspace:
        workspace.apply({"bundle.yaml": BUNDLE + SEGMENT})
        workspace.identify("u-1", {"name": "Ada Lovelace"}, context=consent)
        workspace.identify("u-2", {}, context=consent)
        for name in ("u-1", "u-2"):
            workspace.group(name, "acme", {"name": "Acme Werke"})
    return str(root)


def said(folder: str, *words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--data", folder, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_find_forgives_mistakes(folder: str) -> None:
    [person] = said(folder, "find", "Lovelcae")["found"]
    assert person["type"] == "person_id"
    assert {one["id"] for one in said(folder, "find", "werke")["found"]} == {"acme"}
    assert said(folder, "find", "nobodyatall")["found"] == []


def test_a_next_step_is_decided_shown_and_answered_once(folder: str) -> None:
    assert said(folder, "accounts", "next-step", "acme", "--show")["step"] is None
    step = said(folder, "accounts", "next-step", "acme")["step"]
    assert (step["message"], step["said"]) == ("call-them", None)
    assert said(folder, "accounts", "next-step", "acme", "--show")["step"] == step
    answered = said(folder, "accounts", "step-said", step["decision_id"], "done")["step"]
    assert answered == {**step, "said": "done"}
    again = ["accounts", "step-said", step["decision_id"], "not_suitable", "--data", folder]
    assert CliRunner().invoke(app, again).exit_code == 1
    people = said(folder, "accounts", "activity", "acme", "--weeks", "2")["people"]
    assert {len(one["events"]) for one in people} == {2}
    # Both weeks: one may have ended since they did something.
    assert all(sum(one["events"]) > 0 for one in people)


def test_a_segment_is_told_with_consent_and_overlap(folder: str) -> None:
    told = said(folder, "segment", "around", "named")
    assert (told["size"], told["consent"]["email"]["share"]) == (1, 1.0)
    rows = {one["key"]: one["in"] for one in told["overlap"]}
    assert rows["named"]["all"]["share"] == 1.0
    assert rows["all"]["named"]["share"] == 0.5
