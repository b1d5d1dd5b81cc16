"""The list of those who were erased: keyed hashes only, so that nothing of them comes in again."""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from itertools import islice

import msgspec

from wegweiser.collect.duplicate import mark_of_refused
from wegweiser.collect.screen import ElementSuppressed, Screen
from wegweiser.flow.erasure_subject import spelled
from wegweiser.flow.mentions import groups_in, is_about_account, names_in, without
from wegweiser.flow.tables import SUPPRESSIONS
from wegweiser.flow.unread import Unread
from wegweiser.log.erasure import blank_arrived, unsearchable
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.leaf import CLAIM, parts_of_claim
from wegweiser.terms.decision import Subject
from wegweiser.terms.errors import EngineBroken
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.identity import Identifier, kind_of
from wegweiser.terms.record import Arrived, Collected, Record
from wegweiser.terms.source import Caller, Trust

_MOST_REMEMBERED = 100_000
# What may be compared with the list for one body, so that no body holds up the others.
MOST_NAMES_PUBLIC = 3_000
MOST_NAMES_TRUSTED = 50_000


class Suppression(msgspec.Struct, frozen=True, omit_defaults=True):
    """One identifier on the list, known by its keyed hash only; times in ms.

    Once lifted, what happened before the erasure stays out all the same.
    """

    kind: str
    erased_at: int
    request_id: str
    lifted_at: int | None = None
    reason: str = ""


class Suppressions:
    """All suppressions in memory; where there is none, nothing is paid for it.

    `read_secret` gives the secret of the hashes, which is kept outside the store; asked with
    True it makes one where there is none.
    """

    def __init__(self, store: OperationalStore, read_secret: Callable[[bool], bytes | None]):
        self._store = store
        self._read_secret = read_secret
        self._held = {
            key: msgspec.json.decode(value, type=Suppression)
            for key, value in store.scan(SUPPRESSIONS)
        }
        self._secret = read_secret(False)
        if self._held and self._secret is None:
            raise EngineBroken(
                "The secret of the suppression list is missing (erasure.key in the data folder). "
                "Without it people who were erased would come back. Restore the file."
            )
        self._found: dict[Identifier, Suppression | None] = {}
        # What can look into what no screen could read; known once the mappings are.
        self.unread: Unread | None = None
        self._kinds = frozenset(one.kind for one in self._held.values())

    def digest(self, name: Identifier) -> bytes:
        """Give the keyed hash (32 bytes) of an identifier in its one spelling."""
        if self._secret is None:
            self._secret = self._read_secret(True)
        assert self._secret is not None
        return hmac.digest(self._secret, name.encode(), hashlib.sha256)

    def rows(self, names: Iterable[Identifier], at: int, request_id: str) -> list[Change]:
        """Give the rows that put identifiers on the list; commit them, then call `hold`."""
        return [
            Change(
                SUPPRESSIONS,
                self.digest(name),
                msgspec.json.encode(Suppression(kind_of(name), at, request_id)),
            )
            for name in sorted(names)
        ]

    def hold(self, rows: Iterable[Change]) -> None:
        """Keep out whom committed rows name, from now on."""
        for row in rows:
            assert row.value is not None
            self._held[row.key] = msgspec.json.decode(row.value, type=Suppression)
        self._found.clear()
        self._kinds = frozenset(one.kind for one in self._held.values())

    def lift(self, name: Identifier, at: int, reason: str) -> Suppression | None:
        """Let somebody in again from now on; None when there is no such suppression."""
        key = self.digest(name) if self._held else b""
        old = self._held.get(key)
        if old is None or old.lifted_at is not None:
            return None
        new = msgspec.structs.replace(old, lifted_at=at, reason=reason)
        row = Change(SUPPRESSIONS, key, msgspec.json.encode(new))
        self._store.commit([row])
        self.hold([row])
        return new

    def all(self) -> list[Suppression]:
        """Give all suppressions, oldest first; whom they are about, nobody can tell."""
        return sorted(self._held.values(), key=lambda one: (one.erased_at, one.kind))

    def of(self, name: Identifier) -> Suppression | None:
        """Find the suppression of an identifier, also one that was lifted."""
        if name not in self._found:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[name] = self._held.get(self.digest(name))
        return self._found[name]

    def keeps_out(self, name: Identifier, at: int) -> bool:
        """Tell whether what happened at a time (ms) with an identifier stays out."""
        if not self._held:
            return False
        found = self.of(name)
        return found is not None and (found.lifted_at is None or at <= found.erased_at)

    def screener(self, caller: Caller, received_at: int) -> Screen | None:
        """Give the screen for a request; None while nobody is on the list."""
        return self._screen if self._held else None

    def _screen(self, event: Event) -> Event:
        if any(self.keeps_out(name, event.at) for name in names_in(event)):
            raise ElementSuppressed(event.message_id)
        accounts = {name for name in groups_in(event) if self.keeps_out(name, event.at)}
        if accounts and is_about_account(event):
            raise ElementSuppressed(event.message_id)
        return without(event, accounts) if accounts else event

    def keeps_out_subject(self, subject: Subject, at: int) -> bool:
        """Tell whether nothing may be decided for a subject."""
        stated = (subject.person, subject.device, subject.account)
        return bool(self._held) and any(
            self.keeps_out(spelled(name), at) for name in stated if name
        )

    def keeps_out_leaf(self, leaf: str, at: int) -> bool:
        """Tell whether an outcome that names a leaf stays out."""
        if not leaf or not self._held:
            return False
        parts = parts_of_claim(leaf) if leaf.startswith(CLAIM) else (leaf,)
        return any(self.keeps_out(part, at) for part in parts if part is not None)

    def sifted(self, record: Record) -> Record:
        """Take out of a record what no screen could read and yet names somebody on the list."""
        if not self._held or self.unread is None:
            return record
        if isinstance(record, Arrived):
            names = self.unread.names_in_arrived(record, self._kinds)
            return blank_arrived(record) if self._names_any(names, record) else record
        if not isinstance(record, Collected) or not record.refused:
            return record
        return self._without_refused(record, self.unread)

    def _without_refused(self, record: Collected, unread: Unread) -> Collected:
        room = MOST_NAMES_TRUSTED if record.trust >= Trust.SERVER else MOST_NAMES_PUBLIC
        kept: list[Refused] = []
        marks: list[bytes] = []
        for one in record.refused:
            names = list(islice(unread.names_in_refused(one, self._kinds), room + 1))
            if len(names) > room:
                kept.append(unsearchable(one))
            elif self._names_any(set(names), record):
                marks.append(mark_of_refused(record.source_id, one))
            else:
                kept.append(one)
            room = max(0, room - len(names))
        if len(kept) == len(record.refused) and kept == [*record.refused]:
            return record
        return msgspec.structs.replace(
            record,
            refused=tuple(kept),
            suppressed=record.suppressed + len(marks),
            suppressed_marks=(*record.suppressed_marks, *filter(None, marks)),
        )

    def _names_any(self, names: Iterable[Identifier], record: Collected | Arrived) -> bool:
        return any(self.keeps_out(name, record.received_at) for name in names)
