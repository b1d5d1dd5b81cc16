"""The operational store: ordered tables of keys and values with atomic commits."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec


class Change(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Put `value` under `key` of `table`, or delete the key when `value` is None."""

    table: str
    key: bytes
    value: bytes | None


class OperationalStore(Protocol):
    """Keys are compared as bytes; a table exists from its first put."""

    def get(self, table: str, keys: Sequence[bytes]) -> list[bytes | None]:
        """Give the value of each key, None where there is none."""

    def scan(
        self, table: str, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) with this prefix and key > after, in ascending key order.

        Sees one moment of the table, also while commits go on.
        """

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes in order durably, or none of them.

        Raises ComeAgain when space is short (nothing was changed).
        """

    def clear(self, tables: Sequence[str], changes: Sequence[Change] = ()) -> None:
        """Empty the tables and apply the changes in the same commit."""

    def scrub(self) -> None:
        """Leave nothing on storage of what was deleted or replaced before.

        Takes time in proportion to the whole store. Raises ComeAgain when space is short or a
        reader is in the way for long.
        """

    def close(self) -> None:
        """Release files; the store may be opened again."""
