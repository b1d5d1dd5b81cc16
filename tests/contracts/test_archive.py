"""Archives keep their contract; Delta also compacts and survives a crash between files."""

import errno
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.contracts.archive import ArchiveContract, leaves, rows
from wegweiser.adapters.delta import DeltaArchive
from wegweiser.adapters.delta_files import FILES_PER_DAY
from wegweiser.adapters.memory import MemoryArchive
from wegweiser.ports.archive import Archive
from wegweiser.terms.errors import InputRefused


class TestMemoryArchive(ArchiveContract):
    @pytest.fixture
    def archive(self) -> Archive:
        return MemoryArchive()


class TestDeltaArchive(ArchiveContract):
    @pytest.fixture
    def archive(self, tmp_path: Path) -> Archive:
        # Blanks and a percent sign: file names come back as URIs.
        return DeltaArchive(tmp_path / "my 100 % archive")

    def again(self, archive: Archive) -> Archive:
        assert isinstance(archive, DeltaArchive)
        return DeltaArchive(archive._folder)

    def test_files_exist_in_folders_by_day(self, archive: Archive) -> None:
        archive.append("events", rows("a", day=1), 1)
        archive.append("events", rows("b", day=2), 2)
        files = archive.files("events")
        assert all(Path(file).is_file() for file in files)
        assert {Path(file).parent.name for file in files} == {
            "received_day=2026-01-01",
            "received_day=2026-01-02",
        }

    def test_many_small_files_become_one_and_nothing_is_lost(self, archive: Archive) -> None:
        names = [f"n{number:02}" for number in range(FILES_PER_DAY + 2)]
        for position, name in enumerate(names, 1):
            archive.append("events", rows(name), position)
        assert len(archive.files("events")) <= 2
        assert leaves(self.again(archive)) == names
        assert archive.position("events") == len(names)

    def test_files_that_a_reader_holds_outlive_a_compaction(self, archive: Archive) -> None:
        for position in range(1, FILES_PER_DAY + 1):
            archive.append("events", rows(f"n{position}"), position)
        held = archive.files("events")
        archive.append("events", rows("last"), FILES_PER_DAY + 1)
        assert len(archive.files("events")) < len(held)
        assert all(Path(file).is_file() for file in held)

    def test_a_day_that_is_over_becomes_one_file_in_order(self, archive: Archive) -> None:
        for position, name in enumerate("dbca", 1):
            archive.append("events", rows(name, position=position), position)
        archive.append("events", rows("z", day=2, position=5), 5)
        assert archive.compact("events") == 4
        assert archive.compact("events") == 0
        [merged, newest] = archive.files("events")
        assert pq.ParquetFile(merged).read()["leaf"].to_pylist() == ["a", "b", "c", "d"]
        assert "2026-01-02" in newest

    def test_what_was_merged_and_replaced_is_in_no_file(self, archive: Archive) -> None:
        assert isinstance(archive, DeltaArchive)
        archive.append("events", rows("canary-ada", position=1), 1)
        archive.append("events", rows("bob", position=2), 2)
        archive.append("events", rows("cleo", day=2, position=3), 3)
        held = archive.files("events")
        assert archive.compact("events") == 2
        assert all(Path(file).is_file() for file in held)
        archive.replace("events", [1], rows())
        found = [path for path in archive._folder.rglob("*") if path.is_file()]
        for path in found:
            assert b"canary-ada" not in path.read_bytes(), path
            if path.suffix == ".parquet" and path.parent.name != "_delta_log":
                assert "canary-ada" not in str(pq.ParquetFile(path).read().to_pylist())
        assert leaves(archive) == ["bob", "cleo"]

    def test_replaced_rows_are_in_no_file(self, archive: Archive) -> None:
        assert isinstance(archive, DeltaArchive)
        archive.append("events", rows("canary-ada", "bob", position=1), 1)
        archive.append("events", rows("cleo", position=2), 2)
        stored = archive._open("events")
        assert stored is not None
        stored.create_checkpoint()
        archive.replace("events", [1], rows("bob", position=1))
        found = [path for path in archive._folder.rglob("*") if path.is_file()]
        assert len(found) > 4
        for path in found:
            assert b"canary-ada" not in path.read_bytes(), path
            if path.suffix == ".parquet" and path.parent.name != "_delta_log":
                assert "canary-ada" not in str(pq.read_table(path).to_pylist())
        assert leaves(archive) == ["bob", "cleo"]

    def test_a_crash_before_the_commit_leaves_no_rows(self, archive: Archive) -> None:
        archive.append("events", rows("a"), 1)
        [written] = archive.files("events")
        # What a crash leaves: a data file that no commit names.
        (Path(written).parent / "part-lost.snappy.parquet").write_bytes(Path(written).read_bytes())
        reopened = self.again(archive)
        assert leaves(reopened) == ["a"]
        reopened.append("events", rows("b"), 2)
        assert leaves(reopened) == ["a", "b"]

    def test_a_full_disk_leaves_no_pieces(
        self, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        archive.append("events", rows("a"), 1)
        kept = archive.files("events")
        tried: list[Path] = []

        def full(part: pa.Table, path: Path, **options: object) -> None:
            tried.append(path)
            path.write_bytes(b"PAR1")
            if len(tried) % 2 == 0:
                raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("wegweiser.adapters.delta_append.pq.write_table", full)
        two_days = pa.concat_tables([rows("b", day=1), rows("c", day=2)])
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                archive.append("events", two_days, 2)
        monkeypatch.undo()
        assert len(tried) == 6
        assert not any(path.exists() for path in tried)
        assert (archive.files("events"), archive.position("events")) == (kept, 1)
        archive.append("events", two_days, 2)
        assert leaves(self.again(archive)) == ["a", "b", "c"]

    def test_a_folder_that_would_be_misread_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputRefused, match="rename the folder"):
            DeltaArchive(tmp_path / "a%20b")

    def test_position_survives_a_checkpoint(self, archive: Archive) -> None:
        archive.append("events", rows("a"), 41)
        assert isinstance(archive, DeltaArchive)
        stored = archive._open("events")
        assert stored is not None
        stored.create_checkpoint()
        assert self.again(archive).position("events") == 41
