"""Files of somebody read and mapped in a process of their own: the server only takes the parts."""

import asyncio
import multiprocessing
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

import msgspec

from wegweiser.collect.batch import Unmapped, batches
from wegweiser.collect.mapping import OF_ROWS, compile_mapping
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.worker import prepare

# What reads files is loaded in the process of its own: the server never needs it.
if TYPE_CHECKING:
    from wegweiser.adapters.rows import RowFile

# What a small file may hold when it is unpacked.
MOST_UNPACKED_BYTES = 512 * 1024 * 1024
MOST_LOOKED_AT_BYTES = 1024 * 1024
FIRST_PATIENCE_S = 60.0


class Part(msgspec.Struct, tag="part"):
    """Some rows as they come out of a file: mapped, or as they are where there is no mapping.

    `rows` counts all rows up to here, `share` tells how much of the file was read (0 to 1).
    """

    rows: int
    share: float
    elements: list[JsonObject] = []
    unmapped: list[Unmapped] = []
    plain: list[Json] = []


class Fault(msgspec.Struct, tag="fault"):
    """Why a file cannot be read."""

    code: str
    message: str
    status: int


async def first_rows(path: Path, most: int, apart: bool) -> list[Json]:
    """Read the first rows of a file; raises InputRefused for what is none or takes too long.

    `apart`: in a process of its own; a workspace in memory does with a thread.
    """
    rows: list[Json] = []
    try:
        async with asyncio.timeout(FIRST_PATIENCE_S):
            async for part in _parts(path, None, most, apart):
                rows += part.plain
    except TimeoutError as error:
        told = wrong("slow_file")
        raise InputRefused("slow_file", told, 422, "file") from error
    return rows


def mapped_parts(
    path: Path, mapping: JsonObject, skip_rows: int, apart: bool
) -> AsyncGenerator[Part]:
    """Read a file through a mapping, without the first rows; raises InputRefused as it goes.

    Whoever leaves before the end closes it.
    """
    return _parts(path, mapping, skip_rows, apart)


async def _parts(
    path: Path, mapping: JsonObject | None, number: int, apart: bool
) -> AsyncGenerator[Part]:
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    given = (str(path), mapping, number, sending)
    reader: BaseProcess | Thread
    if apart:
        reader = context.Process(target=_read_apart, args=given, daemon=True)
    else:
        reader = Thread(target=_read, args=given, daemon=True)
    try:
        await asyncio.to_thread(reader.start)
        if apart:
            sending.close()
        while (told := await asyncio.to_thread(_heard, receiving)) is not None:
            yield told
    finally:
        if isinstance(reader, BaseProcess):
            # Whoever waits for the pipe in a thread hears its end.
            reader.terminate()
        receiving.close()
        await asyncio.to_thread(reader.join)


def _heard(receiving: Connection) -> Part | None:
    """Take the next part; None at the end. Raises InputRefused for what cannot be read."""
    try:
        told = msgspec.json.decode(receiving.recv_bytes(), type=Part | Fault | None)
    except (EOFError, OSError) as error:
        raise InputRefused("bad_file", wrong("bad_file"), 422, "file") from error
    if isinstance(told, Fault):
        raise InputRefused(told.code, told.message, told.status, "file")
    return told


def _read_apart(path: str, mapping: JsonObject | None, number: int, sending: Connection) -> None:
    prepare()
    _read(path, mapping, number, sending)


def _read(path: str, mapping: JsonObject | None, number: int, sending: Connection) -> None:
    """Read a file and send its parts, until nobody hears them any more."""
    from pyarrow import ArrowException

    from wegweiser.adapters.rows import RowFile

    with suppress(BrokenPipeError), sending:
        try:
            _refuse_large(Path(path))
            file = RowFile(Path(path))
            parts = _plain(file, number) if mapping is None else _mapped(file, mapping, number)
            for part in parts:
                sending.send_bytes(msgspec.json.encode(part))
            sending.send_bytes(msgspec.json.encode(None))
        except InputRefused as error:
            # The reader knows the file by another name than we.
            told = error.message.replace(path, "The file")
            sending.send_bytes(msgspec.json.encode(Fault(error.code, told, error.status)))
        except BrokenPipeError:
            raise
        except (ArrowException, ValueError, OSError, KeyError) as error:
            told = f"The file cannot be read: {str(error)[:200].replace(path, 'the file')}"
            sending.send_bytes(msgspec.json.encode(Fault("bad_file", told, 422)))


def _plain(file: "RowFile", most: int) -> Iterator[Part]:
    """Send the first rows, as long as they are not large: they are kept while one looks at them."""
    rows: list[Json] = []
    room = MOST_LOOKED_AT_BYTES
    for row in islice(file.rows(), most):
        room -= len(msgspec.json.encode(row))
        if room < 0:
            break
        rows.append(row)
    if room < 0 and not rows:
        raise InputRefused("too_large", wrong("large_row"), 413)
    yield Part(len(rows), file.share_read, plain=rows)


def _mapped(file: "RowFile", mapping: JsonObject, skip_rows: int) -> Iterator[Part]:
    done = 0
    for batch in batches(file.rows(), compile_mapping(mapping, OF_ROWS)):
        done += batch.rows
        if done > skip_rows:
            yield Part(done, file.share_read, batch.elements, batch.unmapped)


def _refuse_large(path: Path) -> None:
    """Refuse what is packed, or larger than it looks."""
    from pyarrow import ArrowException

    from wegweiser.adapters.rows import GZIP_MAGIC

    with path.open("rb") as stream:
        head = stream.read(4)
    if head[:2] == GZIP_MAGIC:
        raise InputRefused("packed", wrong("packed_file"), 422)
    try:
        unpacked = _unpacked_bytes(path, head)
    except (BadZipFile, ArrowException, OSError) as error:
        raise InputRefused("bad_file", wrong("bad_file_since", why=str(error)), 422) from error
    if unpacked > MOST_UNPACKED_BYTES:
        most = MOST_UNPACKED_BYTES // 1024 // 1024
        told = wrong("large_file", most=most)
        raise InputRefused("too_large", told, 413)


def _unpacked_bytes(path: Path, head: bytes) -> int:
    import pyarrow.parquet as pq

    from wegweiser.adapters.rows import PARQUET_MAGIC, ZIP_MAGIC

    if head == ZIP_MAGIC:
        with ZipFile(path) as packed:
            return sum(one.file_size for one in packed.infolist())
    if head == PARQUET_MAGIC:
        with pq.ParquetFile(path) as file:
            groups = range(file.metadata.num_row_groups)
            return sum(int(file.metadata.row_group(one).total_byte_size) for one in groups)
    return path.stat().st_size
