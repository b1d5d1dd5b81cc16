"""The import contracts hold in a copy of the package, and break at each planted import."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import REPOSITORY

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of source and contracts, in which faults may be planted."""
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    shutil.copytree(
        REPOSITORY / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def plant(copy: Path, importer: str, imported: str) -> None:
    """Add one file to the package `importer` that imports the package `imported`."""
    for package in (importer, imported):
        folder = copy / "src" / "wegweiser" / package
        if not folder.with_suffix(".py").exists():
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()
    planted = copy / "src" / "wegweiser" / importer / "planted.py"
    planted.write_text(f"import wegweiser.{imported}\n", encoding="utf-8")


def contracts(copy: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts over the copy, not over the installed package."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_floors_hold(copy: Path) -> None:
    answer = contracts(copy)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("importer", "imported", "contract"),
    [
        ("resolve", "decide", "Floors"),
        ("terms", "query", "Floors"),
        ("measure", "flow", "Floors"),
        ("demo", "adapters", "Floors"),
        ("flow", "adapters", "Only the workspace knows the adapters"),
        ("web", "profile", "The doors talk to workspace, terms and query only"),
        ("cli", "adapters", "The doors talk to workspace, terms and query only"),
    ],
)
def test_a_planted_import_breaks_them(
    copy: Path, importer: str, imported: str, contract: str
) -> None:
    plant(copy, importer, imported)
    answer = contracts(copy)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    broken = [line for line in answer.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), answer.stdout
    assert f"wegweiser.{importer}.planted -> wegweiser.{imported}" in answer.stdout


def test_a_door_may_use_the_workspace(copy: Path) -> None:
    plant(copy, "web", "workspace")
    answer = contracts(copy)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_a_package_without_a_floor_is_refused(copy: Path) -> None:
    plant(copy, "newcomer", "terms")
    assert contracts(copy).returncode == 1
