"""Rows packed into one statement arrive exactly as they were."""

import sqlite3
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as some

from wegweiser.adapters.sqlite_packed import KEY_BYTES_LIMIT, put_rows

rows = some.dictionaries(some.binary(max_size=40), some.binary(max_size=60), max_size=50)


def stored(found: dict[bytes, bytes], again: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Put two sets of rows one after the other; give what the table holds then."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE cells (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
        )
        put_rows(connection, "cells", [*found], [*found.values()])
        put_rows(connection, "cells", [*again], [*again.values()])
        return dict(connection.execute("SELECT key, value FROM cells"))


@given(rows, rows)
def test_what_is_put_is_read_and_the_last_word_counts(
    found: dict[bytes, bytes], again: dict[bytes, bytes]
) -> None:
    assert stored(found, again) == {**found, **again}


def test_long_keys_and_large_values_go_alone() -> None:
    found = {b"k" * KEY_BYTES_LIMIT: b"1", b"a": b"v" * (1 << 24), b"b": b""}
    assert stored(found, {}) == found
