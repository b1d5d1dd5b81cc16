"""One row of the audit: who did what when, chained to the row before."""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from wegweiser.terms.json import JsonObject

# The row that tells which rows an erasure changed, with the SHA-256 of what is left of each.
REWORDED = "audit.reworded"
_ROWS = "rows"


class AuditRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was done; `at` in ms, `chain` is a SHA-256 (hex) over this row and the one before.

    `about` is masked: the type of an identifier and a part of its keyed hash. `detail` holds
    names of rules, keys, counts and the like, and nothing of a person.
    """

    number: int
    at: int
    who: str
    what: str
    about: str = ""
    detail: JsonObject = {}
    chain: str = ""


def chained(row: AuditRow, before: str) -> AuditRow:
    """Tie a row to the chain value of the row before ("" for the first).

    >>> first = chained(AuditRow(1, 0, "operator", "key.create"), "")
    >>> second = chained(AuditRow(2, 5, "operator", "key.revoke"), first.chain)
    >>> first_fault([first, second]), first_fault([second])
    (None, 1)
    """
    bare = msgspec.structs.replace(row, chain=before)
    digest = hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()
    return msgspec.structs.replace(row, chain=digest)


def first_fault(
    rows: list[AuditRow], head: str | None = None, behind: tuple[int, str] = (0, "")
) -> int | None:
    """Give the number at which rows were changed or taken away, None where all is whole.

    `head` is the chain value that the newest row must have, None where it is not known;
    `behind` are number and chain value of the row before the first. A row
    that an erasure changed keeps its chain value; it is whole as long as a later row tells what
    is left of it.
    """
    reworded = _reworded(rows)
    expected, before = behind[0] + 1, behind[1]
    for row in rows:
        whole = chained(row, before).chain == row.chain or reworded.get(row.number) == print_of(row)
        if row.number != expected or not whole:
            return expected
        before, expected = row.chain, expected + 1
    return None if head is None or head == before else expected


def print_of(row: AuditRow) -> str:
    """Give the SHA-256 (hex) of a row as it stands, its chain value included."""
    return hashlib.sha256(msgspec.json.encode(row, order="sorted")).hexdigest()


def told_of(rows: Iterable[AuditRow]) -> JsonObject:
    """Write what a row REWORDED says of rows that an erasure changed."""
    return {_ROWS: {str(row.number): print_of(row) for row in rows}}


def _reworded(rows: Iterable[AuditRow]) -> Mapping[int, str]:
    """Give the prints of changed rows by number; only a later row may speak of an earlier one."""
    found: dict[int, str] = {}
    for row in rows:
        told = row.detail.get(_ROWS) if row.what == REWORDED else None
        for number, left in told.items() if isinstance(told, dict) else ():
            if number.isdecimal() and int(number) < row.number:
                found[int(number)] = str(left)
    return found
