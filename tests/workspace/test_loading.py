"""Loading files: interrupted loads go on, repeated loads store nothing."""

from pathlib import Path

import pytest

from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Tally
from wegweiser.workspace.loading import load_file
from wegweiser.workspace.workspace import Workspace

MAPPING = """
kind: mapping
key: visits
source: crm
event: {type: track, event: Called, userId: =row.user, messageId: '="call-" + row.number'}
"""


class Interrupted(Exception):
    """Stands for a cut connection or a stopped process."""


def no_progress(share: float, tally: Tally) -> None:
    """Tell nobody."""


def files(folder: Path, rows: int) -> tuple[Path, Path]:
    table, mapping = folder / "calls.csv", folder / "map.yaml"
    lines = [f"u-{number % 9},{number}" for number in range(rows)]
    table.write_text("user,number\n" + "\n".join(lines) + "\n", encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    return table, mapping


def test_an_interrupted_load_goes_on_where_it_stopped(tmp_path: Path) -> None:
    table, mapping = files(tmp_path, 1_700)
    taken: list[int] = []
    with Workspace.open(tmp_path / "data") as workspace:

        def take(arguments: JsonObject) -> Json:
            elements = arguments["elements"]
            assert isinstance(elements, list)
            taken.append(len(elements))
            if len(taken) == 3:
                raise Interrupted
            return workspace.run("load", arguments)

        load = (tmp_path / "data", table, mapping, take, no_progress)
        with pytest.raises(Interrupted):
            load_file(*load)
        tally = load_file(*load)
        assert (tally.received, tally.stored, tally.duplicate) == (1_700, 1_700, 0)
        assert taken == [500, 500, 500, 500, 200]
        again = load_file(*load)
        assert (again.stored, again.duplicate) == (0, 1_700)


def test_a_row_that_cannot_be_mapped_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    table, mapping = files(tmp_path, 3)
    table.write_text(table.read_text() + ",9\n", encoding="utf-8")
    with Workspace.open(tmp_path / "data") as workspace:

        def take(arguments: JsonObject) -> Json:
            return workspace.run("load", arguments)

        tally = load_file(tmp_path / "data", table, mapping, take, no_progress)
        again = load_file(tmp_path / "data", table, mapping, take, no_progress)
        kept = [row.decode() for row in workspace.export("quarantine")]
        counts = workspace.run("doctor", {})
    assert (tally.stored, tally.quarantined, tally.unaccounted) == (3, 1, 0)
    assert (again.stored, again.quarantined, again.duplicate) == (0, 0, 4)
    assert len(kept) == 1
    assert '"code":"unmapped"' in kept[0]
    assert isinstance(counts, dict)
    assert (counts["received"], counts["quarantined"], counts["healthy"]) == (8, 1, True)


def test_a_row_that_was_set_aside_comes_in_after_the_mapping_was_mended(tmp_path: Path) -> None:
    table, mapping = files(tmp_path, 2)
    table.write_text("person,number\nu-1,1\n", encoding="utf-8")
    with Workspace.open(tmp_path / "data") as workspace:

        def take(arguments: JsonObject) -> Json:
            return workspace.run("load", arguments)

        lost = load_file(tmp_path / "data", table, mapping, take, no_progress)
        mended = MAPPING.replace("=row.user", "=row.person")
        workspace.apply({"mended.yaml": mended})
        replayed = workspace.run("quarantine_replay", {"code": "unmapped"})
        mapping.write_text(mended, encoding="utf-8")
        again = load_file(tmp_path / "data", table, mapping, take, no_progress)
        kept = list(workspace.export("quarantine"))
    assert lost.quarantined == 1
    assert isinstance(replayed, dict)
    assert replayed["stored"] == 1
    assert (again.stored, again.duplicate) == (0, 1)
    assert kept == []


def test_a_broken_line_is_set_aside_even_where_rows_are_chosen(tmp_path: Path) -> None:
    table, mapping = files(tmp_path, 1)
    table.write_text('{"user": "u-1", "number": "1"}\n{"user": \n', encoding="utf-8")
    mapping.write_text(MAPPING + 'when: =row.number == "1"\n', encoding="utf-8")
    with Workspace.open(tmp_path / "data") as workspace:

        def take(arguments: JsonObject) -> Json:
            return workspace.run("load", arguments)

        tally = load_file(tmp_path / "data", table, mapping, take, no_progress)
    assert (tally.stored, tally.quarantined) == (1, 1)
