"""What remnants of erased events must still say: which identifiers of others are born there."""

from collections.abc import Callable

import msgspec

from wegweiser.flow.erasure_findings import Findings, named_by
from wegweiser.resolve.directory import Directory
from wegweiser.terms.identity import Identifier
from wegweiser.terms.record import Collected, Erased, Record


def complete(
    found: Findings,
    gone: frozenset[Identifier],
    directory: Directory,
    record_at: Callable[[int], Record | None],
) -> None:
    """Note the births of others on the remnants, and take births of the erased off older ones.

    Without this somebody else's id would be another one after a rebuild.
    """
    for position in {at for name in gone for at in found.remembered.get(name, ())}:
        record = found.records.get(position) or record_at(position)
        if record is not None:
            found.records[position] = record
    for position, record in found.records.items():
        if isinstance(record, Collected) and record.erased:
            left = tuple(_completed(one, position, found, gone, directory) for one in record.erased)
            found.records[position] = msgspec.structs.replace(record, erased=left)


def _completed(
    remnant: Erased,
    position: int,
    found: Findings,
    gone: frozenset[Identifier],
    directory: Directory,
) -> Erased:
    stated = found.stated.get((position, remnant.index))
    fresh = () if stated is None else named_by(stated)
    born = [name for name in fresh if directory.stored_at(name) == position]
    kept = dict.fromkeys(name for name in (*remnant.born, *born) if name not in gone)
    return msgspec.structs.replace(remnant, born=tuple(kept))
