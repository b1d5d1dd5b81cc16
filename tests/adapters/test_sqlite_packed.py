"""Rows packed into one statement arrive exactly as they were."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wegweiser.adapters import sqlite_packed
from wegweiser.adapters.sqlite_packed import (
    KEY_BYTES_LIMIT,
    PACK_ROWS,
    SHORT_KEY_BYTES,
    in_order,
    put_rows,
)

rows = some.dictionaries(some.binary(max_size=40), some.binary(max_size=60), max_size=50)


def stored(found: dict[bytes, bytes], again: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Put two sets of rows one after the other; give what the table holds then."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE cells (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
        )
        put_rows(connection, "cells", found)
        put_rows(connection, "cells", again)
        return dict(connection.execute("SELECT key, value FROM cells"))


@given(rows, rows)
def test_what_is_put_is_read_and_the_last_word_counts(
    found: dict[bytes, bytes], again: dict[bytes, bytes]
) -> None:
    assert stored(found, again) == {**found, **again}


def test_long_keys_and_large_values_go_alone() -> None:
    found = {b"k" * KEY_BYTES_LIMIT: b"1", b"a": b"v" * (1 << 24), b"b": b""}
    assert stored(found, {}) == found


@pytest.mark.parametrize("end_bytes", [8, 3_000])
def test_more_rows_than_go_into_one_statement(end_bytes: int) -> None:
    found = {
        b"%d" % (number * 7919 % 100_003) + bytes(end_bytes): bytes(number % 300)
        for number in range(2 * PACK_ROWS + 1)
    }
    assert stored(found, {}) == found


@given(some.lists(some.binary(min_size=1, max_size=300), unique=True, max_size=40))
def test_keys_are_sorted_up_to_zeros_at_their_ends(keys: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_packed, "PACK_ROWS", 3)
        found = in_order(keys)
    assert sorted(found) == sorted(keys)
    shown = [key.rstrip(b"\0") for key in found]
    assert max(map(len, keys), default=0) > SHORT_KEY_BYTES or shown == sorted(shown)
