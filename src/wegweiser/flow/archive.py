"""The way from the log into the archive, each table exactly once, and from there to questions."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from wegweiser.flow.archive_events import event_rows, situation_held
from wegweiser.flow.archive_reading import LeafOf, Leaves, LoggedBody, read_record
from wegweiser.flow.archive_rows import Judged, decision_rows, exposure_rows, outcome_rows
from wegweiser.flow.candidate_rows import candidate_rows
from wegweiser.flow.portfolio_rows import drop_rows, rule_rows, slot_rows
from wegweiser.ports.archive import Archive
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.warehouse import Warehouse
from wegweiser.query.relation import ARCHIVED, IDENTITY, archived_name
from wegweiser.terms.record import Verdict

EVENTS_PER_CHUNK = 50_000
_POSITIONS_PER_CHUNK = 1_000
ReadVerdicts = Callable[[int], Mapping[int, Verdict]]


class ArchiveFollower:
    """Follows the log; where it stands is written in the archive itself, table by table."""

    def __init__(
        self, log: EventLog, archive: Archive, read_verdicts: ReadVerdicts, leaf_of: LeafOf
    ):
        self._log = log
        self._archive = archive
        self._read_verdicts = read_verdicts
        self._leaves = Leaves(leaf_of)

    def catch_up(self, upto: int) -> None:
        """Append everything up to a position of the log whose verdicts are known.

        A table that is ahead of another after a crash takes only what it lacks.
        """
        after = min(self._archive.position(table.name) for table in ARCHIVED)
        if after >= upto:
            return
        verdicts = self._read_verdicts(after)
        for chunk in _chunks(self._log, after, upto, verdicts):
            self._append(chunk)

    def compact(self) -> int:
        """Merge some small files of one table; gives how many, 0 when nothing is left to do."""
        merged = (self._archive.compact(table.name) for table in ARCHIVED)
        return next((files for files in merged if files), 0)

    def replace(self, positions: Sequence[int]) -> None:
        """Write rows anew whose log records were changed; what is not archived yet comes later.

        Nothing that the records said before is remembered.
        """
        self._leaves.forget()
        situation_held.cache_clear()
        for start in range(0, len(positions), _POSITIONS_PER_CHUNK):
            part = positions[start : start + _POSITIONS_PER_CHUNK]
            tables = self._tables(self._judged(part))
            for name, rows in tables.items():
                upto = self._archive.position(name)
                known = [position for position in part if position <= upto]
                self._archive.replace(
                    name, known, rows.filter(pc.is_in(rows["position"], _numbers(known)))
                )

    def _judged(self, positions: Sequence[int]) -> list[Judged]:
        verdicts = self._read_verdicts(min(positions) - 1)
        found = (next(self._log.read(position - 1), None) for position in positions)
        return [
            Judged(one[0], read_record(one[1]), verdicts.get(one[0], Verdict(one[0])))
            for one in found
            if one is not None
        ]

    def _append(self, chunk: list[Judged]) -> None:
        upto = chunk[-1].position
        for name, rows in self._tables(chunk).items():
            self._archive.append(name, _above(rows, self._archive.position(name)), upto)

    def _tables(self, chunk: list[Judged]) -> dict[str, pa.Table]:
        return {
            "events": event_rows(chunk, self._leaves),
            "decisions": decision_rows(chunk),
            "exposures": exposure_rows(chunk),
            "outcomes": outcome_rows(chunk),
            "slots": slot_rows(chunk),
            "drops": drop_rows(chunk),
            "rules": rule_rows(chunk),
            "candidates": candidate_rows(chunk),
        }


def _chunks(
    log: EventLog, after: int, upto: int, verdicts: Mapping[int, Verdict]
) -> Iterator[list[Judged]]:
    chunk: list[Judged] = []
    events = 0
    for position, payload in log.read(after):
        if position > upto:
            break
        record = read_record(payload)
        chunk.append(Judged(position, record, verdicts.get(position, Verdict(position))))
        events += len(record.events) if isinstance(record, LoggedBody) else 1
        if events >= EVENTS_PER_CHUNK:
            yield chunk
            chunk, events = [], 0
    if chunk:
        yield chunk


def _numbers(positions: Sequence[int]) -> pa.Array:
    return pa.array(positions, pa.int64())


def _above(rows: pa.Table, position: int) -> pa.Table:
    return rows.filter(pc.greater(rows["position"], position))


def offer_archive(archive: Archive, warehouse: Warehouse) -> None:
    """Make the archive's tables readable in a warehouse; one that is new is empty."""
    for relation in ARCHIVED:
        name = archived_name(relation)
        files = archive.files(relation.name)
        if files:
            warehouse.offer_files(name, files, relation.schema)
        else:
            stored = archive.read(relation.name)
            warehouse.offer(name, relation.rows([]) if stored is None else stored)


def offer_identity(warehouse: Warehouse, tables: Mapping[str, pa.Table]) -> None:
    """Make who is who readable: `leaves`, `accounts`, `memberships`; absent ones are empty."""
    for relation in IDENTITY:
        warehouse.offer(relation.name, tables.get(relation.name, relation.rows([])))
