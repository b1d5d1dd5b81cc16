"""Of whom scores are learned: which leaf counts for whom on which days, and who is left out."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b

import pyarrow as pa

from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.profile import reading
from wegweiser.profile.consent import person_consent
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.person import LeafShare
from wegweiser.terms.reserved_traits import Of

PURPOSE = "profiling"
# Of more subjects these are enough to learn from; a hash of their ids chooses them.
MOST_SUBJECTS = 30_000
_FIRST_DAY, _NO_DAY = -(10**9), 10**9
_SCHEMA = pa.schema(
    [
        ("subject", pa.string()),
        ("leaf", pa.string()),
        ("from_day", pa.int64()),
        ("until_day", pa.int64()),
        ("scope", pa.string()),
    ]
)
Row = dict[str, object]


def subject_rows(directory: Directory, of: Of, denied: frozenset[str]) -> list[Row]:
    """Give the shares of leaves of persons, or of accounts through their members.

    Whoever refuses profiling is in neither.
    """
    if of == "person":
        names = [name for name in _chosen(directory.persons()) if name not in denied]
        return [row for name in names for row in _shares(name, directory.leaves_of(name), None)]
    return [
        row
        for name in _chosen(directory.accounts())
        for part in directory.members_of(name)
        if part.counts and part.person_id not in denied
        for row in _shares(name, part.shares, name)
    ]


def _chosen(names: Iterator[str]) -> list[str]:
    held = list(names)
    if len(held) > MOST_SUBJECTS:
        held.sort(key=lambda name: (blake2b(name.encode(), digest_size=8).digest(), name))
    return sorted(held[:MOST_SUBJECTS])


def _shares(subject: str, shares: tuple[LeafShare, ...], scope: str | None) -> Iterator[Row]:
    for share in shares:
        yield {
            "subject": subject,
            "leaf": share.leaf,
            "from_day": _FIRST_DAY if share.from_day is None else share.from_day,
            "until_day": _NO_DAY if share.until_day is None else share.until_day,
            "scope": scope,
        }


def subjects_table(rows: list[Row]) -> pa.Table:
    """Make the relation `subjects` for the warehouse."""
    columns: Mapping[str, list[object]] = {
        field.name: [row[field.name] for row in rows] for field in _SCHEMA
    }
    return pa.table(columns, schema=_SCHEMA)


def may_be_scored(views: ProfileCache, directory: Directory, person_id: str, now: int) -> bool:
    """Tell whether profiling is neither refused, in conflict, nor lapsed at a moment (ms)."""
    cells = views.cells_within(directory.leaves_of(person_id))
    joined_at = views.facts_of(person_id).joined_at
    return is_allowed(person_consent(reading.consents(cells), joined_at, views.purposes, now))


def is_allowed(consent: Mapping[str, str]) -> bool:
    """Tell whether a consent leaves profiling open: granted, or never asked.

    >>> is_allowed({}), is_allowed({"profiling": "granted"}), is_allowed({"profiling": "denied"})
    (True, True, False)
    """
    return consent.get(PURPOSE, "granted") == "granted"
