"""Parcels in files handed over: emptied in their place when the person behind them is erased."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from wegweiser.terms.json import JsonObject


class _Line(msgspec.Struct):
    id: str
    type: str
    timestamp: str
    data: JsonObject


def blank_parcels(outbox: Path, decision_ids: Sequence[str]) -> int:
    """Empty the parcels of some decisions in all files below a folder; gives how many.

    A line keeps its id and its length, so that whoever reads the file goes on where they were
    and nothing is handed over twice.
    """
    starts = tuple(f"msg_{decision_id}_" for decision_id in decision_ids)
    if not starts or not outbox.is_dir():
        return 0
    return sum(_blank_in(path, starts) for path in sorted(outbox.rglob("*.ndjson")))


def _blank_in(path: Path, starts: tuple[str, ...]) -> int:
    count = place = 0
    with path.open("r+b") as file:
        for raw in file.readlines():
            line = raw.rstrip(b"\n")
            if b'"msg_' in line and (found := _read(line)) and found.id.startswith(starts):
                left = {"id": found.id, "type": found.type, "timestamp": found.timestamp}
                file.seek(place)
                file.write(msgspec.json.encode(left | {"data": {}}).ljust(len(line)))
                count += 1
            place += len(raw)
        if count:
            file.flush()
            os.fdatasync(file.fileno())
    return count


def _read(line: bytes) -> _Line | None:
    try:
        return msgspec.json.decode(line, type=_Line)
    except msgspec.DecodeError:
        return None  # a last line that a crash left unfinished
