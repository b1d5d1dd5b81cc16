"""Verdicts of a folder: asked, written down, and graded by what later data said."""

import json
from pathlib import Path

import msgspec
from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.measure.verdict.grade import graded
from wegweiser.terms.advice import KeptAdvice
from wegweiser.terms.result import Advice
from wegweiser.workspace.workspace import Workspace


def advice(at: int, said: Advice, low: float | None, high: float | None) -> KeptAdvice:
    return KeptAdvice(
        at=at,
        by="message",
        thing="news",
        advice=said,
        why="pays",
        options={"goal": "sale"},
        question="q",
        units=100,
        profit_low=low,
        profit_high=high,
    )


def test_a_keep_that_later_lost_money_is_reversed() -> None:
    kept = [advice(1, "keep", 1.0, 9.0), advice(2, "drop", -9.0, -1.0)]
    found = graded(kept)
    assert found.grades == ("reversed", "open")
    assert found.share_reversed == 1.0


def test_the_latest_word_counts() -> None:
    kept = [
        advice(1, "keep", 1.0, 9.0),
        advice(2, "cannot_tell_yet", -9.0, 1.0),
        advice(3, "keep", 2.0, 5.0),
    ]
    assert graded(kept).grades == ("stands", None, "open")
    assert graded(kept[:2]).grades == ("open", None)


def test_another_thing_says_nothing() -> None:
    other = msgspec.structs.replace(advice(2, "drop", -9.0, -1.0), thing="other")
    assert graded([advice(1, "keep", 1.0, 9.0), other]).grades == ("open", "open")


def test_verdicts_are_kept_and_listed(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    with Workspace.open(Path(folder), make=True) as workspace:
        found = workspace.run("verdict_keep", {"options": {"by": "channel"}})
        assert isinstance(found, dict)
        assert found["kept"] == 0
        assert found["status"] == "too_little_data"
    told = CliRunner().invoke(app, ["verdicts", "list", "--data", folder, "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == {
        "verdicts": [],
        "stood": 0,
        "reversed": 0,
        "open": 0,
        "share_reversed": None,
    }
