"""Imported series: kept value by value, and laid out for measures."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec
import pyarrow as pa

from wegweiser.flow.mappings import Put
from wegweiser.flow.tables import SERIES
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.query.offered import SERIES as RELATION
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import format_day
from wegweiser.terms.series import SeriesValue

_SEPARATOR = b"\x00"


class SeriesFile(msgspec.Struct, frozen=True):
    """One imported file: its values, its days, and its series with their roles."""

    file: str
    values: int
    first_day: str
    last_day: str
    series: dict[str, str]


class SeriesBook:
    """Series by file, role, name and day; the same again changes nothing."""

    def __init__(self, store: OperationalStore):
        self._store = store

    def load(self, values: Sequence[SeriesValue]) -> Put:
        """Keep values; one that is known by file, role, name and day is replaced if it changed."""
        kept = {_key(one): one for one in values}
        before = dict(zip(kept, self._store.get(SERIES, list(kept)), strict=True))
        changed = {
            key: one
            for key, one in kept.items()
            # What stays keeps the moment at which it became known, so that old reports stay.
            if (old := before[key]) is None or _read(old).value != one.value
        }
        self._store.commit(
            [Change(SERIES, key, msgspec.json.encode(one)) for key, one in changed.items()]
        )
        created = sum(before[key] is None for key in changed)
        return Put(created, len(changed) - created, len(kept) - len(changed))

    def files(self) -> list[SeriesFile]:
        """List imported files by name."""
        grouped: dict[str, list[SeriesValue]] = defaultdict(list)
        for one in read_kept_series(self._store):
            grouped[one.file].append(one)
        return [_file(name, grouped[name]) for name in sorted(grouped)]

    def remove(self, file: str) -> int:
        """Take a file away; gives its values. Raises NotFound."""
        keys = [key for key, _ in self._store.scan(SERIES, file.encode() + _SEPARATOR)]
        if not keys:
            raise NotFound(f"There is no file of series {file!r}.")
        self._store.commit([Change(SERIES, key, None) for key in keys])
        return len(keys)


def read_kept_series(store: OperationalStore) -> Iterator[SeriesValue]:
    """Yield all kept values, by file."""
    for _, value in store.scan(SERIES):
        yield _read(value)


def series_table(store: OperationalStore) -> pa.Table:
    """Lay out imported series for questions."""
    return RELATION.rows(
        [
            {name: getattr(one, name) for name in one.__struct_fields__}
            | {"received_at": one.received_at * 1000}
            for one in read_kept_series(store)
        ]
    )


def _read(value: bytes) -> SeriesValue:
    return msgspec.json.decode(value, type=SeriesValue)


def _key(one: SeriesValue) -> bytes:
    day = str(one.day)
    return _SEPARATOR.join(part.encode() for part in (one.file, one.role, one.name, day))


def _file(name: str, values: Sequence[SeriesValue]) -> SeriesFile:
    days = [one.day for one in values]
    return SeriesFile(
        name,
        len(values),
        format_day(min(days)),
        format_day(max(days)),
        {one.name: one.role for one in values},
    )
