"""The list of tombstones in a file beside the store, so that a restored store can be checked."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from wegweiser.adapters.files import sync_folder

_OWNER_ONLY = 0o600


class TombstoneFile:
    """One JSON object a line, `{"hash": hex, "row": ...}`; lines are only ever added.

    A line that a crash cut off in the middle is passed over.
    """

    def __init__(self, path: Path):
        self._path = path

    def read(self) -> dict[bytes, bytes]:
        """Give the newest row (JSON) of each hash."""
        if not self._path.exists():
            return {}
        found: dict[bytes, bytes] = {}
        for line in self._path.read_bytes().splitlines():
            try:
                read = msgspec.json.decode(line, type=_Line)
                found[bytes.fromhex(read.hash)] = bytes(read.row)
            except (msgspec.DecodeError, ValueError):
                continue
        return found

    def write(self, found: Mapping[bytes, bytes]) -> None:
        """Add rows (JSON) by hash, synced."""
        if not found:
            return
        lines = [
            msgspec.json.encode(_Line(key.hex(), msgspec.Raw(row))) for key, row in found.items()
        ]
        fresh = not self._path.exists()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with open(os.open(self._path, flags, _OWNER_ONLY), "ab") as file:
            # The new line in front ends one that was cut off.
            file.write(b"\n" + b"\n".join(lines) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            sync_folder(self._path.parent)


class _Line(msgspec.Struct, frozen=True):
    hash: str
    row: msgspec.Raw
