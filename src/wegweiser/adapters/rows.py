"""Rows of a file on disk: CSV, NDJSON, a JSON array or Parquet, each also gzipped."""

import csv
import gzip
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

import msgspec
import pyarrow.parquet as pq

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject

Stream: TypeAlias = "io.BufferedReader[io.RawIOBase]"
_DELIMITERS = ",;\t|"
_SAMPLE_BYTES = 65_536
PARQUET_MAGIC = b"PAR1"


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
        """
        with self._path.open("rb") as raw:
            self._tell = lambda: self._size if raw.closed else raw.tell()
            head = raw.read(4)
            raw.seek(0)
            if head == PARQUET_MAGIC:
                yield from _parquet_rows(self._path)
                return
            plain = gzip.GzipFile(fileobj=raw) if head[:2] == b"\x1f\x8b" else raw
            with io.BufferedReader(cast("io.RawIOBase", plain)) as stream:
                if stream.peek(4)[:4] == PARQUET_MAGIC:
                    # Parquet is read from its end: a packed one is unpacked as a whole.
                    yield from _parquet_rows(io.BytesIO(stream.read()))
                else:
                    yield from _text_rows(self._path, stream)


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
    return max(_DELIMITERS, key=header.count)


def _parquet_rows(source: Path | io.BytesIO) -> Iterator[Json]:
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(batch_size=5_000):
            for row in batch.to_pylist():
                plain: Json = msgspec.json.decode(msgspec.json.encode(row))
                yield plain
