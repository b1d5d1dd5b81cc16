"""Tombstones and suppressions: keyed hashes only, so that nothing of the erased comes back."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice

import msgspec

from wegweiser.collect.duplicate import mark_of_refused
from wegweiser.collect.screen import ElementRejected, ElementSuppressed, Screen
from wegweiser.flow.erasure_rules import ruled_without
from wegweiser.flow.erasure_subject import spelled
from wegweiser.flow.mentions import groups_in, is_about_account, names_in, without
from wegweiser.flow.tables import SUPPRESSIONS
from wegweiser.flow.tombstones import Fate, Suppression, Tombstones
from wegweiser.flow.unread import Unread
from wegweiser.log.erasure import blank_arrived, unsearchable
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.leaf import names_of_leaf
from wegweiser.terms.decision import Subject
from wegweiser.terms.errors import EngineBroken
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.identity import Identifier, kind_of, value_of
from wegweiser.terms.record import Arrived, Collected, Judged, Record, Ruled
from wegweiser.terms.source import Caller, Trust

_MOST_REMEMBERED = 100_000
# What may be compared with the list for one body, so that no body holds up the others.
MOST_NAMES_PUBLIC = 3_000
MOST_NAMES_TRUSTED = 50_000
_decode = msgspec.json.Decoder(Suppression).decode


class Suppressions:
    """All tombstones and suppressions in memory; where there is none, nothing is paid for it.

    `read_secret` gives the secret of the hashes, which is kept outside the store; asked with
    True it makes one where there is none. `tombstones` keeps the list once more, beside the
    store, so that a store from an older backup is recognised.
    """

    def __init__(
        self,
        store: OperationalStore,
        read_secret: Callable[[bool], bytes | None],
        tombstones: Tombstones | None = None,
    ):
        self._store = store
        self._read_secret = read_secret
        self._tombstones = tombstones
        self._held = {key: _decode(value) for key, value in store.scan(SUPPRESSIONS)}
        self._restored: dict[bytes, Suppression] = {}
        self.lost = self._compare()
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

    def _compare(self) -> frozenset[bytes]:
        """Take over what the store has lost; gives the hashes of whom it was to have erased."""
        if self._tombstones is None:
            return frozenset()
        beside = {key: _decode(row) for key, row in self._tombstones.read().items()}
        newer = {
            key: one
            for key, one in beside.items()
            if key not in self._held or self._held[key].erased_at < one.erased_at
        }
        self._held |= newer
        unwritten = self._held.keys() - beside.keys()
        self._tombstones.write({key: msgspec.json.encode(self._held[key]) for key in unwritten})
        # Into the store only once they are erased again: a crash before that must not hide it.
        self._restored = newer
        return frozenset(key for key, one in newer.items() if one.erased_at)

    def found_again(self) -> None:
        """Note that what the store had lost is erased once more."""
        rows = [
            Change(SUPPRESSIONS, key, msgspec.json.encode(one))
            for key, one in self._restored.items()
        ]
        if rows:
            self._store.commit(rows)
        self.lost, self._restored = frozenset(), {}

    @property
    def kinds(self) -> frozenset[str]:
        """The types of all identifiers on the list."""
        return self._kinds

    def digest(self, name: Identifier) -> bytes:
        """Give the keyed hash (32 bytes) of an identifier in its one spelling."""
        return self._keyed(f"{kind_of(name)}\0{value_of(name)}")

    def mask(self, name: Identifier) -> bytes:
        """Give another keyed hash of an identifier, for lists that name nobody."""
        return self._keyed(f"mask\0{kind_of(name)}\0{value_of(name)}")

    def _keyed(self, text: str) -> bytes:
        if self._secret is None:
            self._secret = self._read_secret(True)
        assert self._secret is not None
        return hmac.digest(self._secret, text.encode(), hashlib.sha256)

    def rows(
        self, names: Iterable[Identifier], at: int, request_id: str, suppress: bool = True
    ) -> list[Change]:
        """Give the tombstones of identifiers; call `keep`, commit them, then call `hold`.

        `at` is 0 where nothing is erased, only suppressed. Who is suppressed already stays so.
        """
        return [self._row(name, at, request_id, suppress) for name in sorted(names)]

    def _row(self, name: Identifier, at: int, request_id: str, suppress: bool) -> Change:
        key = self.digest(name)
        old = self._held.get(key)
        new = Suppression(kind_of(name), at, request_id, suppress=suppress)
        if old is not None:
            new = msgspec.structs.replace(
                new,
                erased_at=max(at, old.erased_at),
                suppress=suppress or (old.suppressed and old.request_id != request_id),
                generation=old.generation,
                restarted_at=None if at else old.restarted_at,
            )
        return Change(SUPPRESSIONS, key, msgspec.json.encode(new))

    def keep(self, rows: Iterable[Change]) -> None:
        """Write rows beside the store, before they are committed."""
        if self._tombstones is not None:
            self._tombstones.write({row.key: row.value for row in rows if row.value is not None})

    def hold(self, rows: Iterable[Change]) -> None:
        """Keep out whom committed rows name, from now on."""
        self._held |= _decoded(rows)
        self._found.clear()
        self._kinds = frozenset(one.kind for one in self._held.values())

    def put(self, rows: Sequence[Change]) -> None:
        """Keep, commit and hold rows that belong to nothing else."""
        self.keep(rows)
        self._store.commit(rows)
        self.hold(rows)

    def lift(self, name: Identifier, at: int, reason: str) -> Suppression | None:
        """Let somebody in again from now on; None when there is no such suppression."""
        key = self.digest(name) if self._held else b""
        old = self._held.get(key)
        if old is None or not old.suppressed:
            return None
        new = msgspec.structs.replace(old, lifted_at=at, reason=reason)
        self.put([Change(SUPPRESSIONS, key, msgspec.json.encode(new))])
        return new

    def _restart(self, names: Iterable[Identifier], at: int) -> None:
        """Note that clean persons begin at a time (ms)."""
        rows = []
        for name in names:
            old = self._held[self.digest(name)]
            new = msgspec.structs.replace(old, generation=old.generation + 1, restarted_at=at)
            rows.append(Change(SUPPRESSIONS, self.digest(name), msgspec.json.encode(new)))
        self.put(rows)

    def all(self) -> list[Suppression]:
        """Give all suppressions, oldest first; whom they are about, nobody can tell."""
        return [one for _, one in self.listed()]

    def listed(self) -> list[tuple[bytes, Suppression]]:
        """Give all of them with their hashes, oldest first."""
        return sorted(self._held.items(), key=lambda held: (held[1].erased_at, held[1].kind))

    def of(self, name: Identifier) -> Suppression | None:
        """Find the suppression of an identifier, also one that was lifted."""
        if name not in self._found:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[name] = self._held.get(self.digest(name))
        return self._found[name]

    def keeps_out(self, name: Identifier, at: int) -> bool:
        """Tell whether what happened at a time (ms) with an identifier stays out."""
        return self._fate(name, at) != "clean"

    def _fate(self, name: Identifier, at: int, bulk: bool = False, timeless: bool = False) -> Fate:
        found = self.of(name) if self._held else None
        return "clean" if found is None else found.fate(at, bulk, timeless)

    def screener(self, caller: Caller, received_at: int) -> Screen | None:
        """Give the screen for a request; None while nobody is on the list."""
        return partial(self._screen, caller) if self._held else None

    def _screen(self, caller: Caller, event: Event) -> Event:
        bulk = caller.kind == "bulk"
        timeless = event.claim is None and event.sent_at is None
        names, groups = names_in(event), groups_in(event)
        for name in names:
            self._refuse(self._fate(name, event.at, bulk, timeless), caller, event)
        accounts: set[Identifier] = set()
        for name in groups:
            fate = self._fate(name, event.at, bulk, timeless)
            if fate != "clean":
                accounts.add(name)
                if is_about_account(event):
                    self._refuse(fate, caller, event)
        self._begin_clean(names | (groups - accounts), event.at)
        return without(event, accounts) if accounts else event

    def _refuse(self, fate: Fate, caller: Caller, event: Event) -> None:
        """Keep an event out; whoever holds a public key sees a success, as for anybody."""
        if fate == "suppressed" or (fate == "erased" and caller.public):
            raise ElementSuppressed(event.message_id)
        if fate == "erased":
            raise ElementRejected("erased")

    def _begin_clean(self, names: Iterable[Identifier], at: int) -> None:
        fresh = [
            name
            for name in names
            if (found := self.of(name)) is not None
            and found.erased_at
            and found.restarted_at is None
        ]
        if fresh:
            self._restart(fresh, at)

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
        return any(self.keeps_out(part, at) for part in names_of_leaf(leaf))

    def sifted(self, record: Record) -> Record:
        """Take out of a record what no screen could read and yet names somebody on the list."""
        if not self._held or self.unread is None:
            return record
        if isinstance(record, Arrived):
            names = self.unread.names_in_arrived(record, self._kinds)
            return blank_arrived(record) if self._names_any(names, record) else record
        if isinstance(record, Judged):
            said = record.judgement
            gone = {name for name in said.named if self.keeps_out(name, said.at)}
            return Judged(judgement=said.without(gone))
        if isinstance(record, Ruled):
            return ruled_without(record, lambda name: self.keeps_out(name, record.at))
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
        found = (self.of(name) for name in names)
        return any(one is not None and one.keeps_out_unread(record.received_at) for one in found)


def _decoded(rows: Iterable[Change]) -> dict[bytes, Suppression]:
    return {row.key: _decode(row.value) for row in rows if row.value is not None}
