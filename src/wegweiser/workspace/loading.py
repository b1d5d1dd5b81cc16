"""Loading a file through a mapping: in batches, resumable, twice without effect."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from wegweiser.adapters.files import write_json
from wegweiser.adapters.rows import RowFile
from wegweiser.collect.batch import Batch, batches
from wegweiser.collect.mapping import OF_ROWS, RowMapping, compile_mapping
from wegweiser.decide.document import read_documents
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Tally
from wegweiser.workspace.folder import Folder

Take = Callable[[JsonObject], Json]
Progress = Callable[[float, Tally], None]


class Mark(msgspec.Struct, frozen=True):
    """How far an interrupted load came: rows done, and what became of them."""

    rows: int = 0
    tally: Tally = Tally()


def read_mapping(path: Path) -> RowMapping:
    """Read the one mapping of a YAML file."""
    if not path.exists():
        raise InputRefused("not_found", f"There is no mapping file {path}.", 404)
    documents = read_documents([(str(path), path.read_text(encoding="utf-8"))])
    found = documents.of_kind("mapping")
    if len(found) != 1:
        raise InputRefused("bad_document", f"{path} must hold one mapping, not {len(found)}.", 422)
    return compile_mapping(found[0].fields, OF_ROWS, str(path), found[0].line)


def read_rows(file: Path) -> list[Json]:
    """Read all rows of a small file; raises InputRefused for a line that is broken."""
    if not file.is_file():
        raise InputRefused("not_found", f"There is no file {file}.", 404)
    rows = list(RowFile(file).rows())
    for place, row in enumerate(rows, 1):
        if isinstance(row, dict) and "_error" in row:
            raise InputRefused("bad_row", f"Row {place} of {file}: {row['_error']}", 422)
    return rows


def row_batches(file: Path, most: int) -> Iterator[list[Json]]:
    """Read a file in parts of so many rows; a broken line is a row with the field `_error`."""
    if not file.is_file():
        raise InputRefused("not_found", f"There is no file {file}.", 404)
    rows = iter(RowFile(file).rows())
    while part := list(islice(rows, most)):
        yield part


def load_file(root: Path, file: Path, mapping_file: Path, take: Take, progress: Progress) -> Tally:
    """Load a file; an interrupted load goes on where it stopped.

    `take` runs the operation "load" with elements and gives the counts of these elements.
    """
    if not file.is_file():
        raise InputRefused("not_found", f"There is no file {file}.", 404)
    mapping = read_mapping(mapping_file)
    marked = Folder(root).loads / f"{_digest(file, mapping_file)}.json"
    mark = msgspec.json.decode(marked.read_bytes(), type=Mark) if marked.exists() else Mark()
    rows = RowFile(file)
    done, tally = 0, mark.tally
    for batch in batches(rows.rows(), mapping):
        done += batch.rows
        if done <= mark.rows:
            continue
        tally += _taken(take, mapping.source, batch)
        write_json(marked, msgspec.to_builtins(Mark(done, tally)))
        progress(rows.share_read, tally)
    marked.unlink(missing_ok=True)
    return tally


def _taken(take: Take, source: str, batch: Batch) -> Tally:
    counts = take(
        {
            "source": source,
            "kind": "bulk",
            "elements": [*batch.elements],
            "unmapped": [msgspec.to_builtins(one) for one in batch.unmapped],
        }
    )
    return msgspec.convert(counts, Tally)


def _digest(file: Path, mapping_file: Path) -> str:
    digest = hashlib.sha256(mapping_file.read_bytes())
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:32]
