"""Who is in which segment, and who came and left when, laid out for questions."""

from collections.abc import Container

import msgspec
import pyarrow as pa

from wegweiser.flow.segment_around import GROUP, PERSON
from wegweiser.flow.segment_standing import Move, Standing
from wegweiser.flow.tables import SEGMENT_MEMBERS as KEPT_MEMBERS
from wegweiser.flow.tables import SEGMENT_MOVES as KEPT_MOVES
from wegweiser.flow.tables import SEGMENT_STAYS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.query.offered import SEGMENT_MEMBERS, SEGMENT_MOVES
from wegweiser.terms.identity import identifier, value_of

_KINDS = {PERSON: "person", GROUP: "account"}
_moves = msgspec.json.Decoder(list[Move]).decode
_standing = msgspec.json.Decoder(Standing).decode


def segment_members_table(store: OperationalStore) -> pa.Table:
    """List the members of all segments with the moment at which they entered."""
    rows = []
    for key, entered in store.scan(KEPT_MEMBERS):
        segment, _, subject = key.decode().partition("\0")
        kind, _, unit = subject.partition(":")
        if kind in _KINDS:
            at = int(entered) * 1000
            told = {"segment": segment, "unit_kind": _KINDS[kind], "unit_id": unit}
            rows.append({**told, "entered_at": at})
    return SEGMENT_MEMBERS.rows(rows)


def segment_moves_table(store: OperationalStore, persons: Container[str]) -> pa.Table:
    """List who entered and left which segment; somebody who was merged bears the name of now.

    `persons` are those of now: only of others it is read whom they were merged into.
    """
    columns: dict[str, list[object]] = {name: [] for name in SEGMENT_MOVES.schema.names}
    for key, value in store.scan(KEPT_MOVES):
        kind, _, unit = key.decode().partition(":")
        if kind not in _KINDS:
            continue
        if kind == PERSON and unit not in persons:
            unit = _name_of_now(store, unit)
        for move in _moves(value):
            columns["segment"].append(move.segment)
            columns["unit_kind"].append(_KINDS[kind])
            columns["unit_id"].append(unit)
            columns["entered"].append(move.entered)
            columns["moved_at"].append(move.at * 1000)
            columns["position"].append(move.position)
    return pa.table(columns, schema=SEGMENT_MOVES.schema)


def _name_of_now(store: OperationalStore, person_id: str) -> str:
    seen = {person_id}
    while True:
        stored = store.get(SEGMENT_STAYS, [identifier(PERSON, person_id).encode()])[0]
        into = "" if stored is None else value_of(_standing(stored).merged_into)
        if not into or into in seen:
            return person_id
        seen.add(into)
        person_id = into
