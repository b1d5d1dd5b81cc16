"""Measures over the archive: catch up, offer the views, ask, answer."""

from collections.abc import Mapping, Sequence

import msgspec
import pyarrow as pa

from wegweiser.flow.archive import ArchiveFollower, offer_archive, offer_identity
from wegweiser.flow.simulate import Simulator, Wish
from wegweiser.flow.tables import VERDICTS, number_key
from wegweiser.measure.off_policy_answer import Told
from wegweiser.measure.registry import find
from wegweiser.measure.views import with_views
from wegweiser.ports.archive import Archive
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.ports.warehouse import Warehouse
from wegweiser.query.period import read_period
from wegweiser.query.relation import ACCOUNTS, LEAVES, MEMBERSHIPS
from wegweiser.resolve.account_side import MemberShare
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.statement import read_event
from wegweiser.terms.event import Event
from wegweiser.terms.identity import identifier
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.record import Verdict
from wegweiser.terms.result import Answer
from wegweiser.terms.source import Trust


class Reporter:
    """Keeps the archive complete and answers measures from it; reads log and store only."""

    def __init__(
        self, log: EventLog, store: OperationalStore, archive: Archive, warehouse: Warehouse
    ):
        self._store = store
        self._archive = archive
        self._warehouse = warehouse
        self._follower = ArchiveFollower(log, archive, self._verdicts, _leaf_of)

    def catch_up(self, upto: int) -> None:
        """Append everything up to this log position to the archive."""
        self._follower.catch_up(upto)

    def rebuild(self, upto: int) -> None:
        """Make the archive anew from the log."""
        self._archive.clear()
        self._follower.catch_up(upto)

    def replace(self, positions: Sequence[int]) -> None:
        """Write rows of the archive anew whose log records were changed."""
        self._follower.replace(positions)

    def measure(self, name: str, options: Mapping[str, str], as_of: int, upto: int) -> Answer:
        """Answer one measure over everything up to this position.

        Besides its own options every measure takes `from`, `to` (that day is not in the period)
        and `zone`.
        """
        measure = find(name)
        given = dict(options)
        start, end = given.pop("from", ""), given.pop("to", "")
        period = read_period(start, end, as_of, given.pop("zone", "UTC"))
        asked = measure.ask(given, period, as_of)
        self.catch_up(upto)
        offer_archive(self._archive, self._warehouse)
        offer_identity(self._warehouse, identity_tables(self._directory()))
        question = measure.question(asked)
        table = self._warehouse.ask(with_views(question.sql), question.parameters)
        return measure.answer(table, question, asked)

    def simulate(self, wish: Wish) -> Told:
        """Hold a draft against committed decisions of the past."""
        return Simulator(self._store).simulate(wish)

    def _directory(self) -> Directory:
        directory = Directory(self._store)
        directory.load()
        return directory

    def _verdicts(self, after: int) -> dict[int, Verdict]:
        return {
            int.from_bytes(key, "big"): msgspec.json.decode(value, type=Verdict)
            for key, value in self._store.scan(VERDICTS, after=number_key(after))
        }


def identity_tables(directory: Directory) -> dict[str, pa.Table]:
    """List which person each leaf counts for, the accounts, and who belongs to which."""
    persons = list(directory.persons())
    leaves = {
        share.leaf: directory.person_of(share.leaf)
        for name in persons
        for share in directory.leaves_of(name)
    }
    for name in persons:
        for known in directory.identifiers_of(name):
            leaves.setdefault(identifier(known.type, known.value), name)
    groups = list(directory.accounts())
    return {
        "leaves": LEAVES.rows(
            [{"leaf": leaf, "person_id": leaves[leaf]} for leaf in sorted(leaves)]
        ),
        "accounts": ACCOUNTS.rows([{"group_id": name, "account_id": name} for name in groups]),
        "memberships": MEMBERSHIPS.rows(
            [_membership(name, part) for name in groups for part in directory.members_of(name)]
        ),
    }


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


def _leaf_of(event: Event, trust: Trust) -> str:
    return read_event(event, trust, "", 0).leaf
