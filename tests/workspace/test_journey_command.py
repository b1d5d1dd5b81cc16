"""`wegweiser journey` on a folder: what is shown can be applied, what is learned is proposed."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from wegweiser.cli.journey import in_words
from wegweiser.cli.main import app

RUNNER = CliRunner()


def told(*words: str) -> str:
    """Run a command and give what it prints."""
    result = RUNNER.invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def test_what_is_shown_can_be_changed_and_applied(tmp_path: Path) -> None:
    data, file = str(tmp_path / "data"), tmp_path / "journey.yaml"
    file.write_text("{kind: journey, key: ours, visits_per_day: {explore: 0.2}}", encoding="utf-8")
    told("apply", str(file), "--data", data)
    shown = told("journey", "show", "--data", data)
    assert "explore: 0.2," in shown
    file.write_text(shown.replace("explore: 0.2,", "explore: 0.4,"), encoding="utf-8")
    applied = msgspec.json.decode(told("apply", str(file), "--data", data, "--json"))
    assert applied["changed"] == 1
    again = msgspec.json.decode(told("journey", "show", "--data", data, "--json"))
    assert again["journey"]["visits_per_day"]["explore"] == 0.4


def test_learning_without_people_says_too_little_data(tmp_path: Path) -> None:
    data, file = str(tmp_path / "data"), tmp_path / "journey.yaml"
    file.write_text("{kind: journey, key: ours}", encoding="utf-8")
    told("apply", str(file), "--data", data)
    out = tmp_path / "proposal.yaml"
    said = told("journey", "learn", "--data", data, "--out", str(out))
    assert "Too little data: 0 of 500 persons" in said
    assert not out.exists()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("better", "better than the table that counts and than points, by 0.25 per session"),
        ("no_better", "no better than the table that counts"),
        ("points_better", "Points that decay foretell held-out persons better than both tables"),
    ],
)
def test_who_foretells_best_is_said_in_words(status: str, words: str) -> None:
    said = in_words({"status": status, "lead": 0.25, "subjects": 600, "fewest": 500}, None)
    assert words in said
    assert ("Leave the tables as they are" in said) == (status == "points_better")
    assert ("Nothing counts until applied" in said) == (status == "better")
