"""Who is in which segment, and who came and left when, laid out for questions."""

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from wegweiser.flow.mappings import DocumentBook
from wegweiser.flow.segment_around import GROUP, PERSON
from wegweiser.flow.segment_standing import Standing
from wegweiser.flow.tables import SEGMENT_MEMBERS as KEPT_MEMBERS
from wegweiser.flow.tables import SEGMENT_MOVES as KEPT_MOVES
from wegweiser.flow.tables import SEGMENT_STAYS, SEGMENTS
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.query.offered import SEGMENT_MEMBERS, SEGMENT_MOVES
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import identifier, value_of
from wegweiser.terms.json import Json
from wegweiser.terms.wrong import wrong

_KINDS = {PERSON: "person", GROUP: "account"}


class _Moved(msgspec.Struct):
    """Of a kept move what questions read."""

    segment: str
    entered: bool
    at: int


_moves = msgspec.json.Decoder(list[_Moved]).decode
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


def segment_moves_table(
    store: OperationalStore, persons: Callable[[], pa.ChunkedArray]
) -> pa.Table:
    """List who entered and left which segment; somebody who was merged bears the name of now.

    `persons` gives those of now: only of others it is read whom they were merged into. It is asked
    only where anybody moved.
    """
    found = _Columns()
    for key, value in store.scan(KEPT_MOVES):
        kind, _, name = key.decode().partition(":")
        if kind in _KINDS:
            found.note(kind, name, _moves(value))
    if not found.names:
        return SEGMENT_MOVES.rows([])
    unnamed = [n for n, kind in zip(found.names, found.kinds, strict=True) if kind == PERSON]
    names_of_now = _names_of_now(store, unnamed, persons().unique())
    return found.table(names_of_now)


def require_known(keys: Json, moves: pa.Table, store: OperationalStore) -> None:
    """Raise InputRefused for a segment that is asked for and never was: a slip of the pen.

    Whom a segment held that is declared no more is still known from its moves.
    """
    wanted = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    if not wanted:
        return
    declared = {str(one["key"]) for one in DocumentBook(store, SEGMENTS).all()}
    left = pc.unique(moves["segment"]).to_pylist()
    for key in wanted:
        if key not in declared and key not in left:
            told = wrong("no_segment_called", key=repr(key))
            raise InputRefused("bad_option", told, 422, "segment")


class _Columns:
    """Moves by column, with each name once: there may be millions."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.kinds: list[str] = []
        self._codes: dict[str, int] = {}
        self._who, self._segments, self._places = array("i"), array("i"), array("i")
        self._entered, self._at = array("b"), array("q")

    def note(self, kind: str, name: str, moves: Collection[_Moved]) -> None:
        """Add the moves of somebody, which are in order."""
        self.names.append(name)
        self.kinds.append(kind)
        for place, move in enumerate(moves):
            self._who.append(len(self.names) - 1)
            self._segments.append(self._codes.setdefault(move.segment, len(self._codes)))
            self._places.append(place)
            self._entered.append(move.entered)
            self._at.append(move.at * 1000)

    def table(self, names_of_now: Mapping[str, str]) -> pa.Table:
        """Lay them out under the names of now, with those that they had at the time."""
        who = pa.array(self._who, pa.int32())
        kinds = pa.array([_KINDS[kind] for kind in self.kinds])
        called = pa.array(
            [
                names_of_now.get(name, name) if kind == PERSON else name
                for name, kind in zip(self.names, self.kinds, strict=True)
            ]
        )
        columns = (
            pa.array([*self._codes]).take(pa.array(self._segments, pa.int32())),
            kinds.take(who),
            called.take(who),
            pa.array(self.names).take(who),
            pa.array(self._entered, pa.int8()).cast(pa.bool_()),
            pa.array(self._at, pa.int64()),
            pa.array(self._places, pa.int32()),
        )
        schema = SEGMENT_MOVES.schema
        cast = [column.cast(field.type) for column, field in zip(columns, schema, strict=True)]
        return pa.table(cast, schema=schema)


def _names_of_now(
    store: OperationalStore, names: Collection[str], persons: pa.Array
) -> dict[str, str]:
    """Give for names that nobody bears any more whom they were merged into."""
    gone = _not_in(names, persons)
    into = {name: list(_merged_into(store, name)) for name in gone}
    borne = {one for names_after in into.values() for one in names_after}
    borne.difference_update(_not_in(borne, persons))
    return {
        name: next((one for one in after if one in borne), after[-1])
        for name, after in into.items()
        if after
    }


def _not_in(names: Collection[str], persons: pa.Array) -> list[str]:
    held = pa.array([*names], pa.string())
    known = pc.is_in(held, value_set=persons.cast(pa.string()))
    missing: list[str] = held.filter(pc.invert(known)).to_pylist()
    return missing


def _merged_into(store: OperationalStore, person_id: str) -> Iterator[str]:
    """Yield whom somebody was merged into, and whom that one, to the end."""
    seen = {person_id}
    while True:
        stored = store.get(SEGMENT_STAYS, [identifier(PERSON, person_id).encode()])[0]
        person_id = "" if stored is None else value_of(_standing(stored).merged_into)
        if not person_id or person_id in seen:
            return
        seen.add(person_id)
        yield person_id
