"""Writes a file of many messages, and the manifest by which its receiver knows that it is whole."""

import csv
import hashlib
import io
from collections.abc import Sequence
from typing import Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from wegweiser.deliver.spreadsheet import harmless
from wegweiser.ports.channel import Parcel
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject

Form = Literal["csv", "parquet"]
COLUMNS = (
    *("parcel_id", "decision_id", "placement", "slot", "message", "variant", "channel"),
    *("person", "device", "account", "content"),
)


def rows_of(parcels: Sequence[Parcel]) -> list[dict[str, str]]:
    """Give one row of texts for each parcel; `content` is JSON."""
    return [_row(parcel) for parcel in parcels]


def file_of(parcels: Sequence[Parcel], form: Form) -> bytes:
    """Write all parcels as one file; equal parcels, equal bytes.

    In CSV no cell is one that a spreadsheet would take for a formula.
    """
    rows = rows_of(parcels)
    if form == "parquet":
        columns = {name: [row[name] for row in rows] for name in COLUMNS}
        sink = pa.BufferOutputStream()
        pq.write_table(pa.table(columns), sink)
        return bytes(sink.getvalue().to_pybytes())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(row[name]) for name in COLUMNS] for row in rows)
    return text.getvalue().encode()


def manifest_of(name: str, content: bytes, parcels: Sequence[Parcel], lease_until: int) -> bytes:
    """Write what a receiver checks before it takes a file: name, count, size, SHA-256, lease."""
    told: JsonObject = {
        "file": name,
        "count": len(parcels),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "acknowledgeUntil": format_instant(lease_until),
        "parcels": [parcel.parcel_id for parcel in parcels],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _row(parcel: Parcel) -> dict[str, str]:
    data = parcel.data
    subject = data.get("subject")
    asked = subject if isinstance(subject, dict) else {}
    return {
        "parcel_id": parcel.parcel_id,
        "decision_id": str(data["decisionId"]),
        **{name: str(data[name]) for name in ("placement", "slot", "message", "variant")},
        "channel": str(data["channel"]),
        **{name: str(asked.get(name, "")) for name in ("person", "device", "account")},
        "content": msgspec.json.encode(data.get("content")).decode(),
    }
