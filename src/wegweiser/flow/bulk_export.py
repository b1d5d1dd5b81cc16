"""Profiles as tables for other programs: CSV, JSON lines, Parquet, in as little memory as a row."""

import csv
import io
from typing import Literal, Protocol, get_args

import msgspec

from wegweiser.deliver.spreadsheet import harmless
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.terms.wrong import wrong

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
ROWS_PER_GROUP = 1_000

Kind = Literal["text", "number", "whole", "flag", "json"]
Columns = dict[str, Kind]
PERSON_COLUMNS: Columns = {
    "person_id": "text",
    "known": "flag",
    "user_id": "text",
    "email": "text",
    "phone": "text",
    "identifiers": "json",
    "traits": "json",
    "accounts": "json",
    "segments": "json",
    "consent": "json",
    "stage": "text",
    "stage_probabilities": "json",
    "interests": "json",
    "engagement": "number",
    "counters": "json",
    "sessions": "whole",
    "first_seen_at": "text",
    "last_seen_at": "text",
    "created_at": "text",
    "updated_at": "text",
}
ACCOUNT_COLUMNS: Columns = {
    "account_id": "text",
    "group_id": "text",
    "name": "text",
    "identifiers": "json",
    "traits": "json",
    "members": "json",
    "completeness": "json",
    "stage": "text",
    "stage_probabilities": "json",
    "interests": "json",
    "engagement": "number",
    "counters": "json",
    "first_seen_at": "text",
    "last_seen_at": "text",
    "created_at": "text",
    "updated_at": "text",
}


def person_row(person: PersonProfile) -> JsonObject:
    """Write a person as one row of `PERSON_COLUMNS`."""
    plain: JsonObject = msgspec.to_builtins(person)
    first = {one.type: one.value for one in reversed(person.identifiers)}
    return {
        "person_id": person.person_id,
        "known": person.known,
        "user_id": first.get("user_id"),
        "email": first.get("email"),
        "phone": first.get("phone"),
        **{name: plain[name] for name in ("accounts", "segments", "consent", "sessions")},
        **_shared(plain),
    }


def account_row(group_id: str, account: AccountProfile) -> JsonObject:
    """Write an account as one row of `ACCOUNT_COLUMNS`."""
    plain: JsonObject = msgspec.to_builtins(account)
    name = account.traits.get("name")
    return {
        "account_id": account.account_id,
        "group_id": group_id,
        "name": name if isinstance(name, str) else None,
        "members": plain["members"],
        "completeness": plain["completeness"],
        **_shared(plain),
    }


def _shared(plain: JsonObject) -> JsonObject:
    stage = plain["stage"]
    told = stage if isinstance(stage, dict) else {}
    return {
        **{name: plain[name] for name in ("identifiers", "traits", "interests", "counters")},
        "engagement": plain["engagement"],
        "stage": told.get("stage"),
        "stage_probabilities": told.get("probabilities"),
        "first_seen_at": plain["firstSeenAt"],
        "last_seen_at": plain["lastSeenAt"],
        "created_at": plain["createdAt"] or None,
        "updated_at": plain["updatedAt"] or None,
    }


class TableWriter(Protocol):
    """Writes one table row by row."""

    def add(self, row: JsonObject) -> bytes:
        """Take a row; gives what can be handed on by now, perhaps nothing."""

    def end(self) -> bytes:
        """Finish the table; gives the rest."""


def writer_of(form: str, columns: Columns) -> TableWriter:
    """Make the writer of a format; raises InputRefused for one that does not exist.

    >>> writer = writer_of("csv", {"name": "text", "count": "whole"})
    >>> writer.add({"name": "=1+1", "count": 2}) + writer.end()
    b"name,count\\r\\n'=1+1,2\\r\\n"
    """
    match form:
        case "csv":
            return _Csv(columns)
        case "jsonl":
            return _Lines(columns)
        case "parquet":
            return _Parquet(columns)
    told = wrong("no_format", form=repr(form), known=", ".join(FORMATS))
    raise InputRefused("bad_format", told, 422, "format")


class _Lines:
    def __init__(self, columns: Columns):
        self._columns = columns

    def add(self, row: JsonObject) -> bytes:
        return msgspec.json.encode({name: row[name] for name in self._columns}) + b"\n"

    def end(self) -> bytes:
        return b""


class _Csv:
    def __init__(self, columns: Columns):
        self._columns = columns
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text)
        self._writer.writerow(columns)

    def add(self, row: JsonObject) -> bytes:
        self._writer.writerow([_cell(row[name], kind) for name, kind in self._columns.items()])
        return self.end()

    def end(self) -> bytes:
        told = self._text.getvalue().encode()
        self._text.seek(0)
        self._text.truncate()
        return told


def _cell(value: Json, kind: Kind) -> str | int | float | None:
    if value is None:
        return None
    if kind == "json":
        return msgspec.json.encode(value).decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value  # type: ignore[return-value]


class _Sink(io.RawIOBase):
    """Takes what a writer writes until it is fetched."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._written = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]
        """Take bytes."""
        self._held += data
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        """Give how much was written in all."""
        return self._written

    def taken(self) -> bytes:
        """Hand over what came since the last time."""
        held, self._held = bytes(self._held), bytearray()
        return held


class _Parquet:
    def __init__(self, columns: Columns):
        # Loaded only where somebody asks for it: it is large.
        import pyarrow as pa
        from pyarrow import parquet

        types = {
            "text": pa.string(),
            "json": pa.string(),
            "number": pa.float64(),
            "whole": pa.int64(),
            "flag": pa.bool_(),
        }
        self._columns = columns
        self._schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
        self._sink = _Sink()
        file = pa.PythonFile(self._sink, mode="w")
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._group: list[JsonObject] = []

    def add(self, row: JsonObject) -> bytes:
        self._group.append({name: _value(row[name], kind) for name, kind in self._columns.items()})
        return self._written() if len(self._group) == ROWS_PER_GROUP else b""

    def _written(self) -> bytes:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist(self._group, self._schema))
        self._group = []
        return self._sink.taken()

    def end(self) -> bytes:
        told = self._written() if self._group else b""
        self._writer.close()
        return told + self._sink.taken()


def _value(value: Json, kind: Kind) -> Json:
    if value is None or kind != "json":
        return float(value) if kind == "number" and isinstance(value, int) else value
    return msgspec.json.encode(value).decode()
