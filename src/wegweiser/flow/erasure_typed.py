"""What people typed about the erased into texts that are kept: rows of the store without it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping

import msgspec

from wegweiser.decide.policy import compile_policy
from wegweiser.flow.tables import (
    ADVICE,
    ALARM_MISSES,
    ALARM_SENDS,
    ALARMS,
    AUDIENCE_FILES,
    BATCHES,
    DRAFTS,
    EFFORT_PLANS,
    READINGS,
    REPORT_SENDS,
    SEGMENT_VERSIONS,
    STANDINGS,
    TOPICS,
    UNNAMED,
)
from wegweiser.flow.typed_names import TypedNames
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.policy import Bundle
from wegweiser.terms.record import Ordered, Published, Record

# Texts that nobody holds in memory, and what they are called in a receipt.
TYPED_ROWS: Mapping[str, str] = {
    SEGMENT_VERSIONS: "typed_in_segment_versions",
    DRAFTS: "typed_in_drafts",
    ALARMS: "typed_in_alarms",
    ALARM_MISSES: "typed_in_alarms",
    ALARM_SENDS: "typed_in_alarms",
    REPORT_SENDS: "typed_in_reports",
    BATCHES: "typed_in_batches",
    AUDIENCE_FILES: "typed_in_audiences",
    EFFORT_PLANS: "typed_in_plans",
    ADVICE: "typed_in_notes",
    READINGS: "typed_in_notes",
    STANDINGS: "typed_in_notes",
    TOPICS: "typed_in_notes",
}
POLICIES = "typed_in_policies"
REASONS = "typed_in_reasons"


Unname = Callable[[TypedNames, str, int], Awaitable[Mapping[str, int]]]
"""Takes names out for a request at a time (ms), with 0 only counts them; gives counts by place."""


class Noted(msgspec.Struct, frozen=True):
    """That an erasure changed a definition: when (ms), and how many names it took out."""

    at: int
    names: int


def typed_rows(store: OperationalStore, typed: TypedNames) -> Iterator[tuple[Change, str, int]]:
    """Yield rows without the names, each with what it is called and how many names it had."""
    for table, called in TYPED_ROWS.items():
        for key, value in store.scan(table):
            if typed.may_hold(value):
                left, count = typed.without_in(msgspec.json.decode(value))
                if count:
                    yield Change(table, key, msgspec.json.encode(left)), called, count
    # What people decided about a term is kept under that term.
    for key, value in store.scan(TOPICS):
        named, count = typed.without(key.decode())
        if count:
            left, _ = typed.without_in(msgspec.json.decode(value))
            yield Change(TOPICS, key, None), TYPED_ROWS[TOPICS], count
            yield Change(TOPICS, named.encode(), msgspec.json.encode(left)), TYPED_ROWS[TOPICS], 0


async def typed_in(store: OperationalStore, typed: TypedNames, unname: Unname) -> Counter[str]:
    """Count what people typed about the erased beyond the log, by place; changes nothing."""
    found = Counter(await unname(typed, "", 0))
    for _, place, count in typed_rows(store, typed):
        found[place] += count
    return found


def note_of(kind: str, key: str, noted: Noted) -> Change:
    """Give the row which says that an erasure changed a definition."""
    return Change(UNNAMED, _note_key(kind, key), msgspec.json.encode(noted))


def noted_of(store: OperationalStore, kind: str, key: str) -> Noted | None:
    """Tell when an erasure changed a definition, None where none did."""
    stored = store.get(UNNAMED, [_note_key(kind, key)])[0]
    return None if stored is None else msgspec.json.decode(stored, type=Noted)


def _note_key(kind: str, key: str) -> bytes:
    return f"{kind}\0{key}".encode()


def record_without(record: Record, typed: TypedNames, at: int, found: Counter[str]) -> Record:
    """Give a publication or an order without the names that were typed into it.

    What was published stays under its number; `at` (ms) tells when it was changed.
    """
    match record:
        case Published():
            return _published(record, typed, at, found)
        case Ordered(order=order):
            reason, count = typed.without(order.reason)
            found[REASONS] += count
            left = msgspec.structs.replace(order, reason=reason)
            return Ordered(order=left) if count else record
    return record


def reason_without(reason: str, typed: TypedNames, found: Counter[str]) -> str:
    """Give the reason of a statement without the names in it."""
    left, count = typed.without(reason)
    found[REASONS] += count
    return left


def _published(record: Published, typed: TypedNames, at: int, found: Counter[str]) -> Published:
    if not typed.may_hold(msgspec.json.encode(record)):
        return record
    bundle, count = _bundle_without(record.bundle, typed)
    reason, more = typed.without(record.reason)
    if not count + more:
        return record
    found[POLICIES] += count + more
    return msgspec.structs.replace(
        record, bundle=bundle, reason=reason, erased_at=at if count else record.erased_at
    )


def _bundle_without(bundle: Bundle, typed: TypedNames) -> tuple[Bundle, int]:
    """Give a bundle without names that can still decide, and how many names it had.

    What only may be a name stays where no rule could be read without it.
    """
    for careful in (typed, typed.surely()):
        plain, count = careful.without_in(msgspec.json.decode(msgspec.json.encode(bundle)))
        if not count:
            continue
        try:
            left = msgspec.convert(plain, Bundle)
            compile_policy(left)
        except (InputRefused, msgspec.ValidationError):
            continue
        return left, count
    return bundle, 0
