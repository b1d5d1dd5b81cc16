"""Trends and standing of a folder: loaded, asked, decided, kept, by the commands people type."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.workspace.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> str:
    Workspace.open(tmp_path / "data", make=True).close()
    return str(tmp_path / "data")


def command(*words: str) -> str:
    told = CliRunner().invoke(app, [*words])
    assert told.exit_code == 0, told.output
    return told.output


def test_series_from_outside_are_loaded_and_dated(folder: str, tmp_path: Path) -> None:
    file = tmp_path / "interest.csv"
    values = [20 + number % 3 for number in range(20)] + [45, 50, 52]
    days = [f"{2024 + number // 12}-{number % 12 + 1:02}-15" for number in range(23)]
    rows = [f"{day},heat pumps,{value}" for day, value in zip(days, values, strict=True)]
    file.write_text("\n".join(["date,series,value", *rows]), encoding="utf-8")
    loaded = json.loads(command("trends", "load", str(file), "--data", folder, "--json"))
    assert loaded["created"] == 23
    asked = ("measure", "trend.outside", "--per", "month", "--to", "2025-12-01")
    told = json.loads(command(*asked, "--data", folder, "--json"))
    [row] = [
        dict(zip(told["answer"]["columns"], one, strict=True)) for one in told["answer"]["rows"]
    ]
    assert (row["name"], row["status"], row["confidence"]) == ("heat pumps", "rising", "low")
    assert row["began"] == "2025-09-01"


def test_topics_are_decided_and_listed(folder: str) -> None:
    command("trends", "decide", "query", "boots", "follow", "--data", folder, "--why", "asked for")
    [kept] = json.loads(command("trends", "decisions", "--data", folder, "--json"))
    assert (kept["term"], kept["decision"], kept["why"]) == ("boots", "follow", "asked for")
    wrong = CliRunner().invoke(app, ["trends", "decide", "query", "x", "buy", "--data", folder])
    assert wrong.exit_code != 0
    assert "follow, wait, ignore" in wrong.output


def test_standing_is_told_in_both_languages_and_kept(folder: str) -> None:
    assert "noch nicht sichtbar" in command("maturity", "--data", folder, "--lang", "de", "--keep")
    [kept] = json.loads(command("maturity", "--data", folder, "--history", "--json"))
    assert kept["stage"] == 0
