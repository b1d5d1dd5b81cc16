"""Who is who, laid out for questions: read from the store once, and again when that is due."""

import gc
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pyarrow as pa

from wegweiser.flow.tables import META
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.query.relation import ACCOUNTS, LEAVES, MEMBERSHIPS
from wegweiser.resolve.account_side import MemberShare
from wegweiser.resolve.directory import Directory
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS

# Reading takes longer the more there is: a hundred seconds and more for a million persons, and
# figures come in dozens. A new leaf stands for itself in the meantime; only what was merged
# lately is told as it was.
LEAVES_PER_MS = 5
LONGEST_MS = 600_000
MANY = 100_000


class KnownIdentity:
    """The tables of identity; those of many leaves may be up to ten minutes behind the store."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._tables: Mapping[str, pa.Table] = {}
        self._state: bytes | None = None
        self._read_at = 0

    def tables(self, now_ms: int) -> Mapping[str, pa.Table]:
        """Give `leaves`, `accounts` and `memberships`."""
        [state] = self._store.get(META, [b"state"])
        if not self._tables or (state != self._state and not self._is_fresh(now_ms)):
            with _uncollected():
                self._tables = identity_tables(read_directory(self._store))
            if self._tables["leaves"].num_rows > MANY:
                gc.collect()  # gigabytes that are in no use any more
            self._state, self._read_at = state, now_ms
        return self._tables

    def _is_fresh(self, now_ms: int) -> bool:
        patience_ms = min(LONGEST_MS, self._tables["leaves"].num_rows // LEAVES_PER_MS)
        return self._read_at <= now_ms < self._read_at + int(patience_ms)

    def forget(self) -> None:
        """Let go of everything, such as when somebody was erased."""
        self._tables, self._state = {}, None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking for garbage among millions of things that are all in use."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_directory(store: OperationalStore) -> Directory:
    """Read who is who as it was committed."""
    directory = Directory(store)
    directory.load()
    return directory


def identity_tables(directory: Directory) -> dict[str, pa.Table]:
    """List which person each leaf counts for, the accounts, and who belongs to which."""
    leaves: dict[Leaf, str] = {}
    for leaf, person_id in directory.owners():
        leaves.setdefault(leaf, person_id)
    groups = list(directory.accounts())
    return {
        "leaves": _leaves_table(leaves),
        "accounts": ACCOUNTS.rows([{"group_id": name, "account_id": name} for name in groups]),
        "memberships": MEMBERSHIPS.rows(
            [_membership(name, part) for name in groups for part in directory.members_of(name)]
        ),
    }


def _leaves_table(leaves: Mapping[Leaf, str]) -> pa.Table:
    """Lay out in columns: there may be millions, and a row of each would fill the memory."""
    names = sorted(leaves)
    owners = [leaves[name] for name in names]
    shares = Counter(owners)
    alone = [shares[one] == 1 for one in owners]
    return pa.table([names, owners, alone], schema=LEAVES.schema)


def _membership(group_id: str, part: MemberShare) -> dict[str, object]:
    ends = None if part.until is None else (part.until + 1) * DAY_MS * 1000
    return {
        "person_id": part.person_id,
        "account_id": group_id,
        "role": part.role,
        "status": part.status,
        "valid_from": part.since * DAY_MS * 1000,
        "valid_to": ends,
    }
