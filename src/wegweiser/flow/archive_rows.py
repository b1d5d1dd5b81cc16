"""Archive rows from log records: decisions, exposures and outcomes."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import pyarrow as pa

from wegweiser.flow.archive_reading import LoggedBody
from wegweiser.query.relation import DECISIONS, EXPOSURES, OUTCOMES
from wegweiser.terms.decision import ARMS_UNREADABLE, FALLBACK_WITHHELD, Decision, Item
from wegweiser.terms.instant import day_of
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Decided, Record, Reported, Verdict

Row = dict[str, object]
# What is no trigger of a test, though it says "nothing" or "decided".
_NO_TRIGGER = frozenset((ARMS_UNREADABLE, FALLBACK_WITHHELD))
_NO_ITEM = Item(placement="", slot=0, message="", variant="", pi=1.0, how="best")


class Judged(msgspec.Struct, frozen=True):
    """A log record at its position, with what the fold found about it."""

    position: int
    record: Record | LoggedBody
    verdict: Verdict


def decision_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per chosen item, and one for a decision that chose nothing."""
    return DECISIONS.rows(
        [
            _decision(one.position, one.record.decision, item)
            for one in judged
            if isinstance(one.record, Decided)
            for item in one.record.decision.items or (_NO_ITEM,)
        ]
    )


def outcome_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per outcome reported or read off an event, exposures too."""
    return OUTCOMES.rows([row for one in judged for row in _outcomes(one)])


def exposure_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per outcome that says a message was seen."""
    return EXPOSURES.rows(
        [
            row | {"exposure_id": row["outcome_id"]}
            for one in judged
            for row in _outcomes(one)
            if row["kind"] == "seen" and row["decision_id"]
        ]
    )


def _place(position: int, index: int, source_id: str, received_at: int) -> Row:
    return {
        "source_id": source_id,
        "position": position,
        "idx": index,
        "received_at": received_at * 1000,
        "received_day": day_of(received_at),
    }


def _decision(position: int, decision: Decision, item: Item) -> Row:
    return _place(position, 0, decision.source_id, decision.at) | {
        "decision_id": decision.decision_id,
        "request_id": decision.request_id,
        "occurred_at": decision.at * 1000,
        "leaf": decision.leaf,
        "decided_person_id": decision.person_id,
        "group_id": decision.group_id,
        "unit_id": decision.unit_id,
        "unit_kind": decision.unit_kind,
        "channel": decision.channel,
        "placement": item.placement,
        "slot": item.slot,
        "message": item.message,
        "variant": item.variant,
        "arm": decision.arm,
        "ghost": decision.ghost,
        "fallback": decision.status == "fallback" or not _NO_TRIGGER.isdisjoint(decision.flags),
        "status": decision.status,
        "pi": item.pi,
        "bundle": decision.bundle,
        "model": decision.model,
    }


def _outcomes(one: Judged) -> Iterator[Row]:
    match one.record:
        case Reported(received_at=received_at, source_id=source_id, outcomes=reported):
            found: Mapping[str, Outcome] = {each.outcome_id: each for each in reported}
        case LoggedBody(received_at=received_at, source_id=source_id):
            found = {each.outcome_id: each for each in one.verdict.outcomes}
        case _:
            return
    for index, outcome in enumerate(found.values()):
        yield _place(one.position, index, source_id, received_at) | _outcome(outcome)


def _outcome(outcome: Outcome) -> Row:
    return {
        "outcome_id": outcome.outcome_id,
        "occurred_at": outcome.at * 1000,
        "kind": outcome.kind,
        "decision_id": outcome.decision_id,
        "placement": outcome.placement,
        "slot": outcome.slot,
        "leaf": outcome.leaf,
        "group_id": outcome.group_id,
        "goal": outcome.goal,
        "value": outcome.amount,
        "currency": outcome.currency,
    }
