"""What every archive must keep: a test case for adapters to inherit."""

from datetime import date

import pyarrow as pa

from wegweiser.ports.archive import Archive


def rows(*names: str, day: int = 1, position: int = 1) -> pa.Table:
    """Make rows that an archive takes."""
    return pa.table(
        {
            "leaf": pa.array(names, pa.string()),
            "position": pa.array([position] * len(names), pa.int64()),
            "received_day": pa.array([date(2026, 1, day)] * len(names), pa.date32()),
        }
    )


class ArchiveContract:
    """Inherit and give a fixture `archive`; `again` opens the same archive a second time."""

    def again(self, archive: Archive) -> Archive:
        """Open the archive anew, as after a restart."""
        return archive

    def test_nothing_was_appended(self, archive: Archive) -> None:
        assert archive.position("events") == 0
        assert archive.files("events") == []
        assert archive.read("events") is None

    def test_rows_and_position_go_together(self, archive: Archive) -> None:
        archive.append("events", rows("a", "b"), 5)
        archive.append("events", rows("c", day=2), 9)
        assert archive.position("events") == 9
        assert leaves(archive) == ["a", "b", "c"]

    def test_tables_are_apart(self, archive: Archive) -> None:
        archive.append("events", rows("a"), 5)
        archive.append("decisions", rows("b"), 3)
        assert (archive.position("events"), archive.position("decisions")) == (5, 3)

    def test_an_append_again_changes_nothing(self, archive: Archive) -> None:
        archive.append("events", rows("a"), 5)
        archive.append("events", rows("a"), 5)
        archive.append("events", rows("z"), 4)
        assert leaves(archive) == ["a"]
        assert archive.position("events") == 5

    def test_an_append_again_after_a_restart_changes_nothing(self, archive: Archive) -> None:
        archive.append("events", rows("a"), 5)
        reopened = self.again(archive)
        reopened.append("events", rows("a"), 5)
        assert leaves(reopened) == ["a"]
        reopened.append("events", rows("b"), 6)
        assert leaves(archive) == ["a", "b"]

    def test_no_rows_still_move_the_position(self, archive: Archive) -> None:
        archive.append("events", rows(), 5)
        assert archive.position("events") == 5
        archive.append("events", rows("a"), 7)
        archive.append("events", rows(), 8)
        assert archive.position("events") == 8
        assert leaves(archive) == ["a"]

    def test_a_new_column_is_null_in_old_rows(self, archive: Archive) -> None:
        archive.append("events", rows("a"), 1)
        archive.append("events", rows("b").append_column("extra", pa.array([1])), 2)
        stored = archive.read("events")
        assert stored is not None
        found = {row["leaf"]: row["extra"] for row in stored.to_pylist()}
        assert found == {"a": None, "b": 1}

    def test_rows_of_positions_are_replaced(self, archive: Archive) -> None:
        archive.append("events", rows("a", "b", position=1), 1)
        archive.append("events", rows("c", position=2, day=2), 2)
        archive.append("events", rows("d", position=3, day=2), 3)
        archive.replace("events", [1, 2], rows("b", position=1))
        assert leaves(archive) == ["b", "d"]
        assert leaves(self.again(archive)) == ["b", "d"]
        assert self.again(archive).position("events") == 3

    def test_nothing_is_left_where_nothing_is_put(self, archive: Archive) -> None:
        archive.append("events", rows("a", position=1), 1)
        archive.append("events", rows("b", position=2), 2)
        archive.replace("events", [1], rows())
        assert leaves(archive) == ["b"]
        archive.append("events", rows("c", position=3), 3)
        assert leaves(archive) == ["b", "c"]

    def test_a_new_table_has_nothing_to_replace(self, archive: Archive) -> None:
        archive.replace("events", [1], rows())
        assert archive.read("events") is None

    def test_merging_changes_nothing_but_files(self, archive: Archive) -> None:
        for position in range(1, 6):
            archive.append("events", rows(f"n{position}", position=position), position)
        archive.append("events", rows("today", day=2, position=6), 6)
        while archive.compact("events"):
            assert len(leaves(archive)) == 6
        assert leaves(self.again(archive)) == ["n1", "n2", "n3", "n4", "n5", "today"]
        assert self.again(archive).position("events") == 6
        archive.replace("events", [3], rows())
        assert leaves(archive) == ["n1", "n2", "n4", "n5", "today"]

    def test_a_new_table_has_nothing_to_merge(self, archive: Archive) -> None:
        assert archive.compact("events") == 0

    def test_clear_forgets_rows_and_positions(self, archive: Archive) -> None:
        archive.append("events", rows("a"), 5)
        archive.clear()
        assert archive.position("events") == 0
        assert archive.read("events") is None
        archive.append("events", rows("b"), 2)
        assert leaves(archive) == ["b"]


def leaves(archive: Archive) -> list[str]:
    """Give the leaves stored, sorted."""
    stored = archive.read("events")
    assert stored is not None
    return sorted(stored["leaf"].to_pylist())
