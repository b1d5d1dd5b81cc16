"""Many rows in one statement, so that a writing thread rarely asks for the interpreter.

`executemany` gives the interpreter's lock back and takes it again for every row; beside a busy
event loop each of these turns can wait for milliseconds, and costs both threads processor time.
"""

import sqlite3
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Sizes = NDArray[np.int64]

# One whole number of 63 bits says where a row lies: 27 bits of place, 12 of key, 24 of value.
KEY_BYTES_LIMIT = 1 << 12
VALUE_BYTES_LIMIT = 1 << 24
PACK_BYTES = 1 << 25
_FIRST = b"\0"
_PUT = """
INSERT INTO "{table}" (key, value)
SELECT substr(?1, (value >> 36) + 1, (value >> 24) & 4095),
       substr(?1, (value >> 36) + 1 + ((value >> 24) & 4095), value & 16777215)
FROM json_each(?2) WHERE true
ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""


def put_rows(
    connection: sqlite3.Connection, table: str, keys: Sequence[bytes], values: Sequence[bytes]
) -> None:
    """Insert or replace rows of a table (key, value), in few statements."""
    if not keys:
        return
    # Few calls on whole columns: what is done for each row is paid while others wait, and a
    # tuple for each row would be looked at by every garbage collection until its end.
    key_sizes = np.fromiter(map(len, keys), np.int64, len(keys))
    value_sizes = np.fromiter(map(len, values), np.int64, len(keys))
    if key_sizes.max() < KEY_BYTES_LIMIT and value_sizes.max() < VALUE_BYTES_LIMIT:
        statement = _PUT.format(table=table)
        for packed, places in _packs(keys, values, key_sizes, value_sizes):
            connection.execute(statement, (packed, places))
    else:
        _put_long(connection, table, keys, values)


def _put_long(
    connection: sqlite3.Connection, table: str, keys: Sequence[bytes], values: Sequence[bytes]
) -> None:
    # What does not fit into a place is rare and goes alone.
    rows = list(zip(keys, values, strict=True))
    short = [row for row in rows if _fits(*row)]
    put_rows(connection, table, [key for key, _ in short], [value for _, value in short])
    connection.executemany(
        f'INSERT OR REPLACE INTO "{table}" VALUES (?, ?)', [row for row in rows if not _fits(*row)]
    )


def _fits(key: bytes, value: bytes) -> bool:
    return len(key) < KEY_BYTES_LIMIT and len(value) < VALUE_BYTES_LIMIT


def _packs(
    keys: Sequence[bytes], values: Sequence[bytes], key_sizes: Sizes, value_sizes: Sizes
) -> Iterator[tuple[bytes, str]]:
    """Yield the bytes of many rows, and where each row lies in them as a JSON array."""
    sizes = key_sizes + value_sizes
    ends = np.cumsum(sizes)
    first = 0
    while first < len(keys):
        start = ends[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(ends, start + PACK_BYTES, "right")))
        part = slice(first, last)
        # SQLite takes a part of nothing for NULL; a pack with a first byte is never nothing.
        begins = ends[part] - sizes[part] - start + len(_FIRST)
        places = (begins << 36) | (key_sizes[part] << 24) | value_sizes[part]
        pieces = [_FIRST] * (1 + 2 * (last - first))
        pieces[1::2], pieces[2::2] = keys[part], values[part]
        yield b"".join(pieces), msgspec.json.encode(places.tolist()).decode()
        first = last
