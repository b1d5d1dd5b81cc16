"""Rows of a file on disk: CSV, NDJSON, a JSON array, Parquet or XLSX, each also gzipped."""

import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

import msgspec
import pyarrow.parquet as pq

from wegweiser.adapters.sheet import sheet_rows
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject

Stream: TypeAlias = "io.BufferedReader[io.RawIOBase]"
_DELIMITERS = ",;\t|"
_SAMPLE_BYTES = 65_536
PARQUET_MAGIC = b"PAR1"
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
_QUOTED = re.compile(r'"[^"]*"')


class RowFile:
    """One file, read once from the start; `share_read` tells how far (0 to 1)."""

    def __init__(self, path: Path):
        self._path = path
        self._size = max(os.path.getsize(path), 1)
        self._tell: Callable[[], int] = lambda: 0

    @property
    def share_read(self) -> float:
        """The share of the file's bytes that have been read."""
        return min(self._tell() / self._size, 1.0)

    def rows(self) -> Iterator[Json]:
        """Yield each row as JSON; a broken line is yielded as {"_broken": text, "_error": why}.

        Empty cells of a CSV row are left out, since the format cannot tell empty from absent.
        Raises InputRefused for what cannot be unpacked or is none of these formats.
        """
        with self._path.open("rb") as raw:
            self._tell = lambda: self._size if raw.closed else raw.tell()
            head = raw.read(4)
            raw.seek(0)
            if head == PARQUET_MAGIC:
                yield from _parquet_rows(self._path)
            elif head == ZIP_MAGIC:
                yield from sheet_rows(self._path, raw)
            elif head[:2] == GZIP_MAGIC:
                yield from self._packed_rows(raw)
            else:
                with io.BufferedReader(cast("io.RawIOBase", raw)) as stream:
                    yield from _text_rows(self._path, stream)

    def _packed_rows(self, raw: BinaryIO) -> Iterator[Json]:
        plain = cast("io.RawIOBase", gzip.GzipFile(fileobj=raw))
        try:
            with io.BufferedReader(plain) as stream:
                inner = stream.peek(4)[:4]
                # These are read from their end: a packed one is unpacked as a whole.
                if inner == PARQUET_MAGIC:
                    yield from _parquet_rows(io.BytesIO(stream.read()))
                elif inner == ZIP_MAGIC:
                    yield from sheet_rows(self._path, io.BytesIO(stream.read()))
                else:
                    yield from _text_rows(self._path, stream)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            told = f"{self._path} cannot be unpacked: {error}."
            raise InputRefused("bad_gzip", told) from error


def _text_rows(path: Path, stream: Stream) -> Iterator[Json]:
    sample = stream.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES].removeprefix(b"\xef\xbb\xbf")
    first = sample.lstrip()[:1]
    if first == b"[":
        yield from _array_rows(path, stream)
    elif first == b"{":
        yield from _ndjson_rows(stream)
    else:
        yield from _csv_rows(path, stream, sample)


def _array_rows(path: Path, stream: BinaryIO) -> Iterator[Json]:
    try:
        rows = msgspec.json.decode(stream.read().removeprefix(b"\xef\xbb\xbf"), type=list[Json])
    except msgspec.DecodeError as error:
        raise InputRefused("bad_json", f"{path} is not a JSON array: {error}.") from error
    yield from rows


def _ndjson_rows(stream: BinaryIO) -> Iterator[Json]:
    for line in stream:
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not text:
            continue
        try:
            yield msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield {"_broken": text.decode("utf-8", "replace"), "_error": str(error)}


def _csv_rows(path: Path, stream: Stream, sample: bytes) -> Iterator[Json]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        reader = csv.DictReader(text, delimiter=_delimiter(sample), restkey="_more")
        for row in reader:
            cells: JsonObject = {name: cell for name, cell in row.items() if name and cell}
            yield cells
    except UnicodeDecodeError as error:
        raise InputRefused("bad_encoding", f"{path} is not UTF-8 text.") from error
    except csv.Error as error:
        raise InputRefused("bad_csv", f"{path} is not a CSV file: {error}.") from error
    finally:
        text.detach()


def _delimiter(sample: bytes) -> str:
    header = sample.decode("utf-8", "replace").splitlines()[0] if sample else ""
    return max(_DELIMITERS, key=_QUOTED.sub("", header).count)


def _parquet_rows(source: Path | io.BytesIO) -> Iterator[Json]:
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(batch_size=5_000):
            for row in batch.to_pylist():
                plain: Json = msgspec.json.decode(msgspec.json.encode(row))
                yield plain
