"""A data folder is closed to other users, also one that was open before."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from wegweiser.workspace.workspace import Workspace


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Begin as a shell does that hides nothing."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(root: Path) -> list[str]:
    found = [root, *root.rglob("*")]
    return [str(path) for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_a_folder_that_all_could_read_is_closed(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir(mode=0o755)
    (root / "settings.json").write_text("{}")
    assert open_to_others(root)
    with Workspace.open(root) as workspace:
        workspace.track("u-1", "Demo Booked")
        assert (root / "state.db-wal").exists()
        assert open_to_others(root) == []


def test_files_of_an_earlier_version_are_closed(tmp_path: Path) -> None:
    root = tmp_path / "data"
    with Workspace.open(root) as workspace:
        workspace.track("u-1", "Demo Booked")
    for path in (root, root / "log", root / "archive", root / "state.db"):
        path.chmod(0o755)
    with Workspace.open(root):
        assert open_to_others(root) == []


def test_a_folder_that_all_users_share_stays_theirs(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with Workspace.open(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
        assert open_to_others(tmp_path / "log") == []
        assert stat.S_IMODE((tmp_path / "state.db").stat().st_mode) == 0o600
