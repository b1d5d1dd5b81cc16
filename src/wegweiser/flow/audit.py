"""The audit: an append-only table of who did what when, so chained that a removal shows."""

from collections.abc import Callable, Iterator

import msgspec

from wegweiser.flow.erasure_subject import spelled
from wegweiser.flow.tables import AUDIT, SETTINGS, number_key
from wegweiser.flow.typed_names import TypedNames
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.audit import REWORDED, AuditRow, chained, first_fault, told_of
from wegweiser.terms.identity import Identifier, kind_of
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject

OPERATOR = "operator"
_HEAD = b"audit_head"
_SHOWN_DIGITS = 16
# What a text about an action may be long; nobody's file ends up in the audit.
_LONGEST = 200


class Audit:
    """Appends rows; nothing takes one away, and only an erasure changes one, in sight of all.

    `digest` gives the keyed hash (bytes) of an identifier, whose key lies outside the store.
    """

    def __init__(
        self, store: OperationalStore, clock: Clock, digest: Callable[[Identifier], bytes]
    ):
        self._store = store
        self._clock = clock
        self._digest = digest
        self._number, self._chain = _read_head(store)
        self._verified = (0, "")
        self._verified_at = 0

    def note(
        self, what: str, who: str = OPERATOR, about: str = "", detail: JsonObject | None = None
    ) -> AuditRow:
        """Append a row, durably.

        `what` is a word such as "key.create"; `about` an identifier ("email:..."), which is
        masked; `detail` must hold nothing of a person.
        """
        row = AuditRow(
            self._number + 1,
            self._clock.now_ms(),
            who[:_LONGEST],
            what,
            self.masked(about) if about else "",
            detail or {},
        )
        whole = chained(row, self._chain)
        head = msgspec.json.encode((whole.number, whole.chain))
        key = number_key(whole.number)
        self._store.commit(
            [Change(AUDIT, key, msgspec.json.encode(whole)), Change(SETTINGS, _HEAD, head)]
        )
        self._number, self._chain = whole.number, whole.chain
        return whole

    def reword(self, typed: TypedNames, request_id: str, only_count: bool = False) -> int:
        """Take names that somebody typed out of the details of rows, and note that it was done.

        Gives how many there were. The chain stays whole: see `first_fault`.
        """
        left, count = [], 0
        for key, value in self._store.scan(AUDIT):
            if typed.may_hold(value):
                row = msgspec.json.decode(value, type=AuditRow)
                detail, found = typed.without_in(row.detail)
                if found and isinstance(detail, dict):
                    left.append((key, msgspec.structs.replace(row, detail=detail)))
                    count += found
        if left and not only_count:
            # First what tells of it: a row that was changed before nobody said so is a fault.
            told = told_of(row for _, row in left)
            self.note(REWORDED, "wegweiser", detail={**told, "request_id": request_id})
            self._store.commit([Change(AUDIT, key, msgspec.json.encode(row)) for key, row in left])
        return count

    def masked(self, name: Identifier) -> str:
        """Mask an identifier: who holds the key can tell whom it is about, nobody else can.

        However it is spelled, its mask is the same.
        """
        name = spelled(name) or name
        kind = kind_of(name)
        if not kind or kind == name:
            return self._digest(f"text:{name}").hex()[:_SHOWN_DIGITS]
        return f"{kind}:{self._digest(name).hex()[:_SHOWN_DIGITS]}"

    def rows(self) -> Iterator[AuditRow]:
        """Yield all rows, oldest first."""
        for _, value in self._store.scan(AUDIT):
            yield msgspec.json.decode(value, type=AuditRow)

    def found(
        self, what: str = "", who: str = "", about: str = "", since: int = 0, limit: int = 1_000
    ) -> list[AuditRow]:
        """Give the newest rows that fit, newest first; `about` is an identifier or a mask."""
        masks = {about, self.masked(about)} if about else set()
        fitting = [
            row
            for row in self.rows()
            if row.at >= since
            and row.what.startswith(what)
            and who in row.who
            and (not masks or row.about in masks)
        ]
        return fitting[::-1][:limit]

    def first_fault(self, anew: bool = True) -> int | None:
        """Give the number of the first row that was changed or taken away, None where all hold.

        Not `anew`: rows that were found whole since the start are not looked at again.
        """
        anew = anew or not self._verified_at
        behind = (0, "") if anew else self._verified
        new = self._store.scan(AUDIT, after=number_key(behind[0]) if behind[0] else b"")
        rows = [msgspec.json.decode(value, type=AuditRow) for _, value in new]
        fault = first_fault(rows, self._chain, behind)
        if fault is None:
            self._verified = self.head
            self._verified_at = self._clock.now_ms() if anew else self._verified_at
        return fault

    @property
    def verified_at(self) -> int:
        """When all rows were last found whole from the first one on, in ms; 0 for never."""
        return self._verified_at

    def holds(self, chain: str) -> bool:
        """Tell whether a row of a chain value is there, that is, all rows before it as well."""
        return any(row.chain == chain for row in self.rows())

    @property
    def head(self) -> tuple[int, str]:
        """The number of the newest row and its chain value."""
        return self._number, self._chain


def told(row: AuditRow) -> JsonObject:
    """Write a row for people and machines."""
    plain: dict[str, Json] = msgspec.to_builtins(row)
    shown: JsonObject = {**plain, "at": format_instant(row.at)}
    shown.setdefault("about", "")
    shown.setdefault("detail", {})
    return shown


def _read_head(store: OperationalStore) -> tuple[int, str]:
    stored = store.get(SETTINGS, [_HEAD])[0]
    if stored is None:
        return 0, ""
    return msgspec.json.decode(stored, type=tuple[int, str])
