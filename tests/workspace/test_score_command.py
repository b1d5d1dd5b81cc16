"""Scores and arms of a folder, through the worker process and the commands."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.workspace import Workspace

SCORES = """
{kind: goal, key: won, when: 'event == "Deal Won"', window_days: 14}
---
{kind: score, key: quiet, predicts: dormancy, days: 14}
---
{kind: score, key: wins, predicts: goal, goal: won}
"""


def said(folder: str, *words: str) -> Any:
    """Run a command that must succeed; gives its answer."""
    result = CliRunner().invoke(app, [*words, "--data", folder, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def visits(now: int) -> list[JsonObject]:
    """Two hundred people over 120 days; the busy ones come every five days, others stop coming."""
    found: list[JsonObject] = []
    for person in range(200):
        stops = 120 if person % 2 else (person * 7) % 100
        for day in range(person % 5, 120, 5):
            if day <= stops:
                at = format_instant(now - (120 - day) * DAY_MS)
                found.append(
                    {"type": "page", "userId": f"u-{person}", "name": "Home", "timestamp": at,
                     "messageId": f"m-{person}-{day}"}
                )  # fmt: skip
    return found


def test_scores_from_declaration_to_explanation(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    with Workspace.open(Path(folder), make=True) as workspace:
        workspace.apply({"scores.yaml": SCORES})
        workspace.load(visits(workspace.site.clock.now_ms()))
        trained = rows(workspace.run("score_train", {}))
        assert {row["key"]: row["status"] for row in trained} == {
            "quiet": "ok",
            "wins": "too_little_data",
        }
        assert trained[1]["missing"] == "0 of 50 cases to learn from in which it came true"
        plan = workspace.measure("experiment.sample_size", base="0.02", share="0.05").results[0]
        assert plan.estimate == pytest.approx(813_631, abs=1)
        assert workspace.measure("lift.arms").results[0].reason == "no_source"
    shown = said(folder, "score", "show", "quiet")
    assert shown["model"] == 1
    assert len(shown["quality"]["deciles"]) == 10
    assert shown["models"][0]["sha256"] == trained[0]["sha256"]
    explained = said(folder, "score", "explain", "quiet", "user_id:u-1")
    assert explained["score"]["value"] < 0.5
    assert explained["contributions"]
    assert [row["key"] for row in rows(said(folder, "score", "list"))] == ["quiet", "wins"]
    unknown = CliRunner().invoke(app, ["score", "show", "nothing", "--data", folder])
    assert unknown.exit_code == 1
    assert "There is no score" in unknown.output


def rows(answer: Any) -> list[Any]:
    """Give the scores of an answer."""
    found: list[Any] = answer["scores"]
    return found
