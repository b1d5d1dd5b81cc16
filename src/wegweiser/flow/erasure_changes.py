"""What an erasure changes in the operational store, so that it equals a rebuild afterwards."""

from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.deliver.receipt import Delivery, DeliveryState
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.erasure_findings import Findings
from wegweiser.flow.erasure_refold import Refold
from wegweiser.flow.erasure_rules import rules_without
from wegweiser.flow.erasure_story import story_without
from wegweiser.flow.identity_document import read_rules
from wegweiser.flow.money_book import costs_unnamed
from wegweiser.flow.outcomes import OutcomeBook
from wegweiser.flow.policies import publication_rows
from wegweiser.flow.tables import (
    CELLS,
    CONTACT_ORDERS,
    DECISIONS,
    DECISIONS_OF,
    DEFERRALS,
    DELIVERIES,
    EVENT_PLACES,
    IDENTITY_DRAFTS,
    OUTBOX,
    OUTCOMES,
    OUTCOMES_OF,
    REQUESTS,
    RESERVATIONS,
    RULINGS,
    VERDICTS,
    number_key,
)
from wegweiser.log.record import encode
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.rows import (
    ACCOUNT_FACTS,
    BIRTHS,
    EVIDENCE,
    EVIDENCE_OF,
    EVIDENCE_WAITING,
    MEMBERSHIPS,
    judgement_row,
)
from wegweiser.terms.decision import Decision
from wegweiser.terms.identity import Evidence, Identifier
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import ERASED, Judged, Ordered, Published, Ruled, Verdict

_SPLIT = b"\x00"


def changes_of(
    found: Findings,
    gone: frozenset[Identifier],
    refold: Refold,
    store: OperationalStore,
    empty: OperationalStore,
    touching: Iterable[Evidence],
) -> Iterator[Change]:
    """Yield all changes of rows; a later one of the same key counts.

    `touching` is the evidence that the live directory holds about the erased, `empty` a store
    without any rows.
    """
    yield from _of_identity(found, gone, refold, store, touching)
    yield from _of_operators(found, store)
    yield from _of_drafts(store, gone)
    yield from costs_unnamed(store, gone.__contains__)
    yield from story_without(store, gone.__contains__)
    yield from _of_decisions(found, store, empty)
    yield from _of_outcomes(found, empty)
    for order_id in found.orders:
        yield Change(CONTACT_ORDERS, order_id.encode(), None)
    for position, verdict in found.verdicts.items():
        empty_one = verdict == Verdict(position)
        value = None if empty_one else msgspec.json.encode(verdict)
        yield Change(VERDICTS, number_key(position), value)


def _of_identity(
    found: Findings,
    gone: frozenset[Identifier],
    refold: Refold,
    store: OperationalStore,
    touching: Iterable[Evidence],
) -> Iterator[Change]:
    leaves = {leaf.encode() for leaf in found.leaves}
    pairs = {(a.encode(), b.encode()) for a, b in found.pairs}
    pairs |= {(item.a.encode(), item.b.encode()) for item in touching}
    for name in gone | refold.orphans:
        yield Change(BIRTHS, b"i" + name.encode(), None)
    for leaf in leaves:
        yield Change(BIRTHS, b"l" + leaf, None)
        for table in (CELLS, EVENT_PLACES, MEMBERSHIPS, ACCOUNT_FACTS):
            yield from _without(store, table, leaf + _SPLIT)
    for a, b in pairs:
        for table in (EVIDENCE, EVIDENCE_WAITING):
            yield from _without(store, table, a + _SPLIT + b + _SPLIT)
        yield from _without(store, EVIDENCE_OF, b + _SPLIT + a + _SPLIT)
    left_out = {name.encode() for name in gone}
    for change in refold.fresh.drain():
        head, _, rest = change.key.partition(_SPLIT)
        if change.table in (CELLS, EVENT_PLACES, MEMBERSHIPS, ACCOUNT_FACTS):
            kept = head in leaves
        elif change.table in (EVIDENCE, EVIDENCE_WAITING, EVIDENCE_OF):
            pair = (head, rest.partition(_SPLIT)[0])
            pair = pair[::-1] if change.table == EVIDENCE_OF else pair
            kept = pair in pairs and left_out.isdisjoint(pair)
        else:
            kept = change.table == BIRTHS and change.key[:1] == b"l" and change.key[1:] in leaves
        if kept:
            yield change


def _of_operators(found: Findings, store: OperationalStore) -> Iterator[Change]:
    """Blank what operators said, ordered and published, where they named the erased."""
    for position, record in found.records.items():
        if isinstance(record, Judged):
            said = msgspec.structs.replace(record.judgement, said=position)
            yield judgement_row(said)
        elif isinstance(record, Ruled):
            yield Change(RULINGS, number_key(position), encode(record))
        elif isinstance(record, Published):
            yield from publication_rows(record)
        elif isinstance(record, Ordered) and not record.order.ended:
            key = record.order.order_id.encode()
            if store.get(CONTACT_ORDERS, [key])[0] is not None:
                yield Change(CONTACT_ORDERS, key, msgspec.json.encode(record.order))


def _of_drafts(store: OperationalStore, gone: frozenset[Identifier]) -> Iterator[Change]:
    """Take the erased out of rules that are not published yet."""
    for key, value in store.scan(IDENTITY_DRAFTS):
        document = msgspec.json.decode(value, type=JsonObject)
        rules = read_rules(document)
        if (left := rules_without(rules, gone.__contains__)) != rules:
            # What describes them is free text that may name whom they named.
            kept = {name: document[name] for name in ("kind", "key") if name in document}
            blanked = {**kept, **msgspec.to_builtins(left)}
            yield Change(IDENTITY_DRAFTS, key, msgspec.json.encode(blanked, order="sorted"))


def _without(store: OperationalStore, table: str, start: bytes) -> Iterator[Change]:
    for key, _ in store.scan(table, start):
        yield Change(table, key, None)


def _of_decisions(
    found: Findings, store: OperationalStore, empty: OperationalStore
) -> Iterator[Change]:
    before, after = DecisionBook(empty), DecisionBook(empty)
    for old, new in found.decisions.values():
        before.add(old)
        after.add(new)
        theirs = new.leaf.startswith(ERASED)
        if theirs:
            yield Change(OUTBOX, old.decision_id.encode(), None)
            # Decided again, or given back, is only what is still somebody's.
            name = old.decision_id.encode()
            for table in (DEFERRALS, RESERVATIONS):
                for key, _ in store.scan(table, after=number_key(old.at)):
                    if key[8:] == name or key[8:].startswith(name + b"/"):
                        yield Change(table, key, None)
        for key, value in store.scan(DELIVERIES, f"msg_{old.decision_id}_".encode()):
            yield Change(DELIVERIES, key, None if theirs else _without_content(value))
    for change in before.drain():
        if change.table in (DECISIONS, DECISIONS_OF, REQUESTS):
            yield msgspec.structs.replace(change, value=None)
    yield from after.drain()


def _without_content(stored: bytes) -> bytes:
    """Empty a delivery, but let it be known that there was one, so that it is not made again."""
    delivery = msgspec.json.decode(stored, type=Delivery)
    data = {**delivery.parcel.data, "subject": {}, "content": {}}
    ended: dict[str, DeliveryState] = {"pending": "blocked", "attempting": "unknown"}
    state = ended.get(delivery.state, delivery.state)
    parcel = msgspec.structs.replace(delivery.parcel, data=data)
    left = msgspec.structs.replace(delivery, parcel=parcel, state=state, next_at=None)
    return msgspec.json.encode(left)


def _of_outcomes(found: Findings, empty: OperationalStore) -> Iterator[Change]:
    before, after = OutcomeBook(empty), OutcomeBook(empty)
    for old, new in found.outcomes.values():
        before.admit(old)
        after.admit(new)
    for change in before.drain():
        if change.table in (OUTCOMES, OUTCOMES_OF):
            yield msgspec.structs.replace(change, value=None)
    yield from after.drain()


def erased_decisions(found: Findings) -> list[Decision]:
    """Give the decisions, as they were, that are about the erased persons."""
    return [old for old, new in found.decisions.values() if new.leaf.startswith(ERASED)]
