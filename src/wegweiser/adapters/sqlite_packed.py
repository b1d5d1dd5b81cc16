"""Many rows in one statement, so that a writing thread rarely asks for the interpreter.

`executemany` gives the interpreter's lock back and takes it again for every row; beside a busy
event loop each of these turns can wait for milliseconds, and costs both threads processor time.
What is done with the lock held is cut short, since the event loop waits for its end.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Sizes = NDArray[np.int64]

# One whole number of 63 bits says where a row lies: 27 bits of place, 12 of key, 24 of value.
KEY_BYTES_LIMIT = 1 << 12
VALUE_BYTES_LIMIT = 1 << 24
# So much is put together without a break, and given to a statement.
PACK_BYTES = 1 << 19
PACK_ROWS = 2_000
# Keys up to this length are sorted as one array.
SHORT_KEY_BYTES = 256
_FIRST = b"\0"
_PUT = """
INSERT INTO "{table}" (key, value)
SELECT substr(?1, (value >> 36) + 1, (value >> 24) & 4095),
       substr(?1, (value >> 36) + 1 + ((value >> 24) & 4095), value & 16777215)
FROM json_each(?2) WHERE true
ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""


def put_rows(connection: sqlite3.Connection, table: str, rows: Mapping[bytes, bytes]) -> None:
    """Insert or replace rows of a table (key, value), in few statements."""
    keys = in_order(list(rows))
    for first in range(0, len(keys), PACK_ROWS):
        part = keys[first : first + PACK_ROWS]
        _put_part(connection, table, part, [rows[key] for key in part])


def in_order(keys: Sequence[bytes]) -> list[bytes]:
    """Sort keys for the sake of their pages; those that differ by zeros at the end go anyhow.

    >>> in_order([b"b", b"c", b"a"])
    [b'a', b'b', b'c']
    """
    longest = max(map(len, keys), default=0)
    if len(keys) <= PACK_ROWS or longest > SHORT_KEY_BYTES:
        return sorted(keys)
    # To sort a list holds the interpreter all the while, to sort an array of bytes does not.
    parts = [
        np.array(keys[first : first + PACK_ROWS], f"S{longest}")
        for first in range(0, len(keys), PACK_ROWS)
    ]
    return [keys[at] for at in np.argsort(np.concatenate(parts)).tolist()]


def _put_part(
    connection: sqlite3.Connection, table: str, keys: Sequence[bytes], values: Sequence[bytes]
) -> None:
    # Few calls on whole columns: what is done for each row is paid while others wait, and a
    # tuple for each row would be looked at by every garbage collection until its end.
    key_sizes = np.fromiter(map(len, keys), np.int64, len(keys))
    value_sizes = np.fromiter(map(len, values), np.int64, len(keys))
    if key_sizes.max() < KEY_BYTES_LIMIT and value_sizes.max() < VALUE_BYTES_LIMIT:
        statement = _PUT.format(table=table)
        for packed, places in _packs(keys, values, key_sizes, value_sizes):
            connection.execute(statement, (packed, places))
    else:
        _put_long(connection, table, dict(zip(keys, values, strict=True)))


def _put_long(connection: sqlite3.Connection, table: str, rows: Mapping[bytes, bytes]) -> None:
    # What does not fit into a place is rare and goes alone.
    put_rows(connection, table, {key: rows[key] for key in rows if _fits(key, rows[key])})
    connection.executemany(
        f'INSERT OR REPLACE INTO "{table}" VALUES (?, ?)',
        [row for row in rows.items() if not _fits(*row)],
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
