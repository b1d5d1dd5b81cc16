"""A file that somebody sent: looked at, then loaded as `wegweiser load` does, and deleted."""

from contextlib import aclosing
from typing import IO, TYPE_CHECKING

import msgspec
import yaml

from wegweiser.collect.batch import batches
from wegweiser.collect.guess import guess_mapping
from wegweiser.collect.mapping import OF_ROWS, RowMapping, compile_mapping, mapping_variables
from wegweiser.collect.read import Reading
from wegweiser.decide.document import read_documents
from wegweiser.flow.mappings import MappingBook
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Tally
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.modest_file import modest
from wegweiser.workspace.row_reading import first_rows, mapped_parts
from wegweiser.workspace.uploads import WORK, Upload
from wegweiser.workspace.work import Progress, Stopped, Work

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

LOOKED_AT_ROWS = 20
WHOLE = 1_000
COUNTED = ("stored", "duplicate", "quarantined", "suppressed", "dropped")
GUESSED = "guessed"


class Outcome(msgspec.Struct, frozen=True):
    """What becomes of an event that a row makes; `code` is "" for one that would be stored.

    A row that makes none has no `event` and no `code`. `what` is an element that is set aside.
    """

    row: int
    code: str = ""
    message: str = ""
    event: Event | None = None
    what: Json = None


class Look(msgspec.Struct, frozen=True):
    """What the first rows of a file would become, under which mapping, in which source."""

    mapping: str
    source: str
    is_new: bool
    rows: int
    outcomes: tuple[Outcome, ...]


async def take_in(site: "Site", name: str, content: IO[bytes], by: str) -> Upload:
    """Keep a file to be looked at; raises InputRefused for what holds no rows, and keeps it not."""
    upload = await site.uploads.keep(name, content, by)
    try:
        path = site.uploads.path(upload.upload_id)
        upload.rows = await first_rows(path, LOOKED_AT_ROWS, _apart(site))
        if not upload.rows:
            raise InputRefused("empty_file", wrong("no_rows"), 422, "file")
    except BaseException:
        site.uploads.drop(upload.upload_id)
        raise
    return upload


def _apart(site: "Site") -> bool:
    return site.engines.folder is not None


def look_at(site: "Site", upload: Upload, mapping: str, whole: bool) -> Look:
    """Say what the first rows of a file become; an empty mapping is guessed from them.

    Unless it counts `whole`, some things may not be said by it (modest_file). Raises InputRefused
    for a mapping that cannot be used; nothing is stored.
    """
    rows = upload.rows
    if not mapping.strip():
        mapping = written(guess_mapping(GUESSED, "files", rows, site.settings.time_zone))
    compiled = compile_mapping(_document(mapping), OF_ROWS)
    is_new = _require_bulk(site, compiled.source)
    upload.mapping = mapping
    found = [
        one for number, row in enumerate(rows, 1) for one in _of(site, compiled, number, row, whole)
    ]
    return Look(mapping, compiled.source, is_new, len(rows), tuple(found))


def begin_load(site: "Site", upload: Upload, by: str, whole: bool) -> Work:
    """Begin to load a file with the mapping it was looked at with last; raises InputRefused."""
    document = _document(upload.mapping)
    mapping = compile_mapping(document, OF_ROWS)
    _require_bulk(site, mapping.source)
    site.uploads.path(upload.upload_id)
    given: JsonObject = {"upload": upload.upload_id, "mapping": document, "whole": whole}
    work = site.works.begin(WORK, upload.name, given, by)
    site.uploads.handed_over(upload.upload_id)
    detail: JsonObject = {
        "source": mapping.source,
        "mapping": mapping.key,
        "bytes": upload.size_bytes,
        "work_id": work.work_id,
    }
    site.audit.note("file.load", by, detail=detail)
    return work


async def load_upload(site: "Site", progress: Progress) -> JsonObject:
    """Load a file part by part; it is deleted at the end, whatever the end is."""
    work = progress.work
    upload_id = str(work.given["upload"])
    try:
        found = await _load(site, progress, upload_id)
    except Stopped:
        # Where only the server ends, the load goes on at the next start.
        if work.state != "running":
            site.uploads.drop(upload_id)
        raise
    except Exception:
        site.uploads.drop(upload_id)
        raise
    site.uploads.drop(upload_id)
    return found


async def _load(site: "Site", progress: Progress, upload_id: str) -> JsonObject:
    work = progress.work
    document = work.given["mapping"]
    assert isinstance(document, dict)
    rows = work.cursor.get("rows")
    tally = msgspec.convert(work.found, Tally)
    source = compile_mapping(document, OF_ROWS).source
    path = site.uploads.path(upload_id)
    done = rows if isinstance(rows, int) else 0
    async with aclosing(mapped_parts(path, document, done, _apart(site))) as parts:
        async for part in parts:
            elements, unmapped = part.elements, part.unmapped
            if work.given.get("whole") is not True:
                elements, aside = modest(site, elements)
                unmapped = [*unmapped, *aside]
            tally += await site.loader.take(source, elements, unmapped)
            share = int(WHOLE * part.share)
            await progress.step(share, WHOLE, {"rows": part.rows}, _counts(tally))
    return _counts(tally)


def _counts(tally: Tally) -> JsonObject:
    return {name: getattr(tally, name) for name in ("received", *COUNTED)}


def mappings_of_rows(site: "Site") -> list[str]:
    """Name the mappings that were applied for rows of files."""
    documents = MappingBook(site.engines.store).all()
    return [str(one["key"]) for one in documents if mapping_variables(one) == OF_ROWS]


def mapping_named(site: "Site", key: str) -> str:
    """Give an applied mapping as it is written; raises InputRefused."""
    document = MappingBook(site.engines.store).get(key)
    if document is None:
        raise InputRefused("no_mapping", wrong("no_mapping_called", key=repr(key)), 422, "mapping")
    return written({"kind": "mapping", **document})


def written(document: JsonObject) -> str:
    """Write a mapping for people to change."""
    text: str = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10_000)
    return text


def _document(text: str) -> JsonObject:
    found = read_documents([("mapping", text)]).of_kind("mapping")
    if len(found) != 1:
        told = wrong("one_mapping", count=len(found))
        raise InputRefused("bad_document", told, 422, "mapping")
    return found[0].fields


def _require_bulk(site: "Site", source: str) -> bool:
    """Tell whether a source is new; raises InputRefused for one that sends by itself."""
    found = site.callers.named(source)
    if found is not None and found.kind != "bulk":
        told = wrong("live_source", name=repr(source[:100]))
        raise InputRefused("live_source", told, 422, "mapping")
    return found is None


def _of(site: "Site", mapping: RowMapping, number: int, row: Json, whole: bool) -> list[Outcome]:
    """Say what becomes of one row."""
    batch = next(iter(batches([row], mapping)))
    elements, aside = (batch.elements, []) if whole else modest(site, batch.elements)
    unmapped = [*batch.unmapped, *aside]
    lost = [Outcome(number, "unmapped", one.message, what=one.row) for one in unmapped]
    if not elements:
        return lost or [Outcome(number)]
    return [*_read(number, site.loader.looked(mapping.source, elements)), *lost]


def _read(number: int, reading: Reading) -> list[Outcome]:
    record = reading.record
    refused = [Outcome(number, one.code, one.message, what=one.element) for one in record.refused]
    left_out = [
        *["suppressed"] * record.suppressed,
        *["dropped"] * record.dropped,
        *["rejected"] * record.rejected,
    ]
    stored = [Outcome(number, event=one) for one in record.events]
    return [*stored, *refused, *(Outcome(number, code) for code in left_out)]
