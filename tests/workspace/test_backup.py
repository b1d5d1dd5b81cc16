"""A copy has its name only when it is whole: what was cut off in the middle is no workspace."""

import sqlite3
from pathlib import Path

import pytest

from wegweiser.settings import Settings
from wegweiser.workspace.backup import back_up
from wegweiser.workspace.engines import embedded


def test_a_copy_that_was_cut_off_is_none(tmp_path: Path) -> None:
    root, target = tmp_path / "data", tmp_path / "copies" / "first"
    root.mkdir()
    embedded(root, Settings()).close()
    broken = root / "log" / "9.log.db"
    broken.write_bytes(b"no database " * 100)
    with pytest.raises(sqlite3.DatabaseError):
        back_up(root, target)
    assert not target.exists()
    broken.unlink()
    target.mkdir()
    assert back_up(root, target) > 0
    assert [one.name for one in target.parent.iterdir()] == ["first"]
    assert {"state.db", "log"} <= {one.name for one in target.iterdir()}
    assert target.stat().st_mode & 0o077 == 0
