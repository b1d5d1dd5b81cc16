"""Rows on their way through a mapping, in batches small enough for one request."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.collect.limit import ELEMENTS_PER_BATCH as MOST_ELEMENTS
from wegweiser.collect.mapping import RowMapping, Unmappable
from wegweiser.terms.json import Json, JsonObject

ELEMENTS_PER_BATCH = 500


class Unmapped(msgspec.Struct, frozen=True):
    """A record that a mapping could not turn into events, with the reason.

    `message_id` names it for ever; `given` is what the mapping knew beside the record.
    """

    message: str
    row: Json
    mapping: str = ""
    message_id: str = ""
    given: JsonObject = {}


class Batch(msgspec.Struct):
    """The elements of some rows, and the rows that could not be mapped."""

    rows: int = 0
    elements: list[JsonObject] = []
    unmapped: list[Unmapped] = []

    @property
    def full(self) -> bool:
        """True when it holds enough for one request."""
        return self.count >= ELEMENTS_PER_BATCH

    @property
    def count(self) -> int:
        """How many elements of a request it makes."""
        return len(self.elements) + len(self.unmapped)


def batches(rows: Iterable[Json], mapping: RowMapping) -> Iterator[Batch]:
    """Map rows in order; equal rows that name no messages count apart.

    >>> from wegweiser.collect.mapping import compile_mapping
    >>> fields = {"type": "page", "userId": "=row.user"}
    >>> mapping = compile_mapping({"key": "m", "source": "s", "event": fields})
    >>> [(len(one.elements), one.rows) for one in batches([{"user": "u-1"}, {}], mapping)]
    [(1, 2)]
    """
    equal: Counter[bytes] = Counter()
    batch = Batch()
    for row in rows:
        occurrence = _occurrence(row, mapping, equal)
        elements, lost = _mapped(row, mapping, occurrence)
        if batch.rows and batch.count + len(elements) > MOST_ELEMENTS:
            yield batch
            batch = Batch()
        batch.rows += 1
        batch.elements += elements
        batch.unmapped += lost
        if batch.full:
            yield batch
            batch = Batch()
    if batch.rows:
        yield batch


def _mapped(
    row: Json, mapping: RowMapping, occurrence: int
) -> tuple[list[JsonObject], list[Unmapped]]:
    try:
        return _elements(row, mapping, occurrence), []
    except Unmappable as error:
        return [], [_unmapped(row, mapping, occurrence, str(error))]


def _elements(row: Json, mapping: RowMapping, occurrence: int) -> list[JsonObject]:
    if isinstance(row, dict) and "_broken" in row:
        raise Unmappable(f"the line cannot be read: {row.get('_error')}")
    return mapping.elements({"row": row}, occurrence)


def _unmapped(row: Json, mapping: RowMapping, occurrence: int, reason: str) -> Unmapped:
    given: JsonObject = {"occurrence": occurrence} if occurrence else {}
    name = mapping.unmapped_id({"row": row}, occurrence)
    return Unmapped(reason, row, mapping.key, name, given)


def _occurrence(row: Json, mapping: RowMapping, equal: Counter[bytes]) -> int:
    """Count the equal rows before this one, where the row does not name its messages."""
    if mapping.names_messages:
        return 0
    encoded = msgspec.json.encode(row, order="sorted")
    digest = hashlib.blake2b(encoded, digest_size=16).digest()
    equal[digest] += 1
    return equal[digest] - 1
