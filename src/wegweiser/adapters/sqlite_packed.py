"""Many rows in one statement, so that a writing thread rarely asks for the interpreter.

`executemany` gives the interpreter's lock back and takes it again for every row; beside a busy
event loop each of these turns can wait for milliseconds, and costs both threads processor time.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence

Row = tuple[bytes, bytes]

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


def put_rows(connection: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    """Insert or replace rows of a table (key, value), in few statements."""
    statement = _PUT.format(table=table)
    for packed, places in _packs(rows):
        connection.execute(statement, (packed, json.dumps(places)))
    # What does not fit into a place is rare and goes alone.
    connection.executemany(
        f'INSERT OR REPLACE INTO "{table}" VALUES (?, ?)', [row for row in rows if not _fits(row)]
    )


def _fits(row: Row) -> bool:
    return len(row[0]) < KEY_BYTES_LIMIT and len(row[1]) < VALUE_BYTES_LIMIT


def _packs(rows: Sequence[Row]) -> Iterator[tuple[bytes, list[int]]]:
    # SQLite takes a part of nothing for NULL; a pack with a first byte is never nothing.
    parts: list[bytes] = [_FIRST]
    places: list[int] = []
    size = len(_FIRST)
    for key, value in rows:
        if not _fits((key, value)):
            continue
        places.append((size << 36) | (len(key) << 24) | len(value))
        parts += (key, value)
        size += len(key) + len(value)
        if size >= PACK_BYTES:
            yield b"".join(parts), places
            parts, places, size = [_FIRST], [], len(_FIRST)
    if places:
        yield b"".join(parts), places
