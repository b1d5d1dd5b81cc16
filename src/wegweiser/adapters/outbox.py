"""Parcels in files handed over: emptied in their place when the person behind them is erased."""

import os
from collections.abc import Collection, Iterator, Sequence, Set
from pathlib import Path

import msgspec

from wegweiser.terms.json import Json, JsonObject


class _Line(msgspec.Struct):
    id: str
    type: str
    timestamp: str
    data: JsonObject


class _Manifest(msgspec.Struct):
    file: str
    parcels: tuple[str, ...]


def blank_parcels(outbox: Path, decision_ids: Sequence[str], names: Collection[str] = ()) -> int:
    """Empty the parcels of some decisions, or about some names, in all files below a folder.

    Names are identifiers ("type:value"), ids of persons too. Gives how many were emptied. A line
    keeps its id and its length, so that whoever reads the file goes on where they were and
    nothing is handed over twice. A file of many messages is taken away whole, with its manifest.
    """
    starts = tuple(f"msg_{decision_id}_" for decision_id in decision_ids)
    if not (starts or names) or not outbox.is_dir():
        return 0
    gone = frozenset(names)
    taken = sum(_taken_away(path, starts) for path in sorted(outbox.rglob("*.manifest.json")))
    return taken + sum(_blank_in(path, starts, gone) for path in sorted(outbox.rglob("*.ndjson")))


def _taken_away(manifest: Path, starts: tuple[str, ...]) -> int:
    """Take a file of many messages away in which one of these stands; gives how many."""
    told = msgspec.json.decode(manifest.read_bytes(), type=_Manifest)
    theirs = sum(parcel.startswith(starts) for parcel in told.parcels) if starts else 0
    if theirs:
        (manifest.parent / Path(told.file).name).unlink(missing_ok=True)
        manifest.unlink()
    return theirs


def _blank_in(path: Path, starts: tuple[str, ...], gone: Set[str]) -> int:
    count = place = 0
    with path.open("r+b") as file:
        for raw in file.readlines():
            line = raw.rstrip(b"\n")
            if b'"msg_' in line and (found := _read(line)) and _is_theirs(found, starts, gone):
                left = {"id": found.id, "type": found.type, "timestamp": found.timestamp}
                file.seek(place)
                file.write(msgspec.json.encode(left | {"data": {}}).ljust(len(line)))
                count += 1
            place += len(raw)
        if count:
            file.flush()
            os.fdatasync(file.fileno())
    return count


def _is_theirs(line: _Line, starts: tuple[str, ...], gone: Set[str]) -> bool:
    return line.id.startswith(starts) or not gone.isdisjoint(_names_in(line.data))


def _names_in(value: Json) -> Iterator[str]:
    """Yield whatever may name somebody: texts, and fields and values together, as identifiers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _names_in(part)
    elif isinstance(value, dict):
        yield f"{value.get('type')}:{value.get('value')}"
        for field, part in value.items():
            yield f"{field}:{part}" if isinstance(part, str) else field
            yield from _names_in(part)


def _read(line: bytes) -> _Line | None:
    try:
        return msgspec.json.decode(line, type=_Line)
    except msgspec.DecodeError:
        return None  # a last line that a crash left unfinished
