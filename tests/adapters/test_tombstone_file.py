"""The list of tombstones beside the store: the last word counts, a cut-off line costs nothing."""

from pathlib import Path

from wegweiser.adapters.tombstone_file import TombstoneFile


def test_the_last_word_about_a_hash_counts(tmp_path: Path) -> None:
    file = TombstoneFile(tmp_path / "erased.list")
    assert file.read() == {}
    file.write({})
    assert not (tmp_path / "erased.list").exists()
    file.write({b"\x01": b'{"a":1}', b"\x02": b'{"a":2}'})
    file.write({b"\x01": b'{"a":3}'})
    assert TombstoneFile(tmp_path / "erased.list").read() == {
        b"\x01": b'{"a":3}',
        b"\x02": b'{"a":2}',
    }


def test_a_line_that_a_crash_cut_off_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "erased.list"
    TombstoneFile(path).write({b"\x01": b'{"a":1}'})
    with path.open("ab") as file:
        file.write(b'{"hash":"02","ro')
    TombstoneFile(path).write({b"\x03": b'{"a":3}'})
    assert sorted(TombstoneFile(path).read()) == [b"\x01", b"\x03"]
    assert path.stat().st_mode & 0o077 == 0
