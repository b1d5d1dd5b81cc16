"""One row of the audit: who did what when, chained to the row before."""

import hashlib

import msgspec

from wegweiser.terms.json import JsonObject


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


def first_fault(rows: list[AuditRow], head: str | None = None) -> int | None:
    """Give the number at which rows were changed or taken away, None where all is whole.

    `head` is the chain value that the newest row must have, None where it is not known.
    """
    before, expected = "", 1
    for row in rows:
        if row.number != expected or chained(row, before).chain != row.chain:
            return expected
        before, expected = row.chain, expected + 1
    return None if head is None or head == before else expected
