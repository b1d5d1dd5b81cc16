"""Who is who, laid out for questions: read from the store once, and again when that is due."""

import gc
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter

import pyarrow as pa

from wegweiser.flow.owner_book import read_owners
from wegweiser.flow.tables import META
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.query.relation import ACCOUNTS, LEAVES, MEMBERSHIPS
from wegweiser.resolve.account_book import AccountBook
from wegweiser.resolve.account_side import told
from wegweiser.resolve.births import Births
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.owners import Owned
from wegweiser.resolve.rows import load_births, load_judgements
from wegweiser.resolve.windows import Window
from wegweiser.terms.identity import Leaf, value_of
from wegweiser.terms.instant import DAY_MS

# Reading takes longer the more there is, some seconds for a million persons, and figures come in
# dozens. A new leaf stands for itself in the meantime; only what was merged lately is told as it
# was.
LEAVES_PER_MS = 50
LONGEST_MS = 600_000
MANY = 100_000
_GROUP = "group_id:"


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
                self._tables = identity_tables(self._store)
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


def identity_tables(store: OperationalStore) -> dict[str, pa.Table]:
    """List which person each leaf counts for, the accounts, and who belongs to which."""
    book = _AccountsOnly(store)
    rows = read_owners(store)
    owned = dict(read_directory(store).everybody() if rows is None else rows)
    groups = [{"group_id": name, "account_id": name} for name in book.accounts()]
    return {
        "leaves": _leaves_table(owned),
        "accounts": ACCOUNTS.rows(groups),
        "memberships": MEMBERSHIPS.rows(list(_memberships(owned, book))),
    }


class _AccountsOnly(AccountBook):
    """The accounts of a store, without the persons in them."""

    def __init__(self, store: OperationalStore):
        self._born = Births()
        judgements = load_judgements(store)
        super().__init__(self._born, lambda: judgements)
        self.load(store)
        # Last: whoever reads beside a writer then knows every account that is mentioned.
        load_births(store, self._born, _GROUP)

    def accounts(self) -> list[str]:
        """Give the group id of every account; of ids that are one account, the oldest."""
        return [one for one in map(value_of, self._born) if self.stands_for(one)]


def _leaves_table(owned: Mapping[str, Owned]) -> pa.Table:
    """Lay out in columns: there may be millions, and a row of each would fill the memory."""
    leaves: dict[Leaf, str] = {}
    for person_id, one in owned.items():
        leaves.update(dict.fromkeys((*one.leaves, *one.apart), person_id))
    # What has no events counts for whom it is listed under; a shared device is its own first.
    for listed in (attrgetter("names"), attrgetter("kept")):
        for person_id, one in owned.items():
            for name in listed(one):
                leaves.setdefault(name, person_id)
    names = sorted(leaves)
    owners = [leaves[name] for name in names]
    shares = Counter(owners)
    alone = [shares[one] == 1 for one in owners]
    return pa.table([names, owners, alone], schema=LEAVES.schema)


def _memberships(owned: Mapping[str, Owned], book: AccountBook) -> Iterator[dict[str, object]]:
    stating = book.roster.leaves
    for person_id in sorted(owned):
        leaves = stating & set(owned[person_id].leaves)
        for window in told(book.windows(leaves)) if leaves else ():
            yield _membership(person_id, window)


def _membership(person_id: str, window: Window) -> dict[str, object]:
    ends = None if window.until is None else (window.until + 1) * DAY_MS * 1000
    return {
        "person_id": person_id,
        "account_id": window.group_id,
        "role": window.role,
        "status": window.status,
        "valid_from": window.since * DAY_MS * 1000,
        "valid_to": ends,
    }
