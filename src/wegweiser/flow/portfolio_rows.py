"""Archive rows about decisions as a whole: slots with their figures, reasons, published rules."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from wegweiser.decide.candidate import NOTHING, unpack
from wegweiser.decide.verify import chosen_probability
from wegweiser.flow.archive_rows import Judged, Row
from wegweiser.query.relation import DROPS, RULES, SLOTS
from wegweiser.terms.decision import Decision, Draw
from wegweiser.terms.instant import day_of
from wegweiser.terms.policy import Bundle
from wegweiser.terms.record import Decided, Published


def slot_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per slot that was drawn or filled, and one per placement without any."""
    return SLOTS.rows([row for one in judged for row in _slots(one)])


def drop_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per reason of a decision, with the candidates that it removed alone."""
    return DROPS.rows([row for one in judged for row in _drops(one)])


def rule_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per rule and label of a published bundle."""
    return RULES.rows([row for one in judged for row in _rules(one)])


def _place(position: int, index: int, at: int) -> Row:
    moment = at * 1000
    return {
        "position": position,
        "idx": index,
        "occurred_at": moment,
        "received_at": moment,
        "received_day": day_of(at),
    }


def _slots(one: Judged) -> Iterator[Row]:
    if not isinstance(one.record, Decided):
        return
    decision = one.record.decision
    drawn = {(draw.placement, draw.slot): draw for draw in decision.draws}
    filled = [*drawn, *((item.placement, item.slot) for item in decision.items)]
    without = dict.fromkeys(decision.asked)
    for key, _ in filled:
        without.pop(key, None)
    places = list(dict.fromkeys([*filled, *((key, 0) for key in without)]))
    for index, place in enumerate(places or [("", 0)]):
        yield {
            **_place(one.position, index, decision.at),
            **_of_decision(decision),
            **_of_slot(decision, place, drawn.get(place)),
        }


def _of_decision(decision: Decision) -> Row:
    return {
        "decision_id": decision.decision_id,
        "source_id": decision.source_id,
        "leaf": decision.leaf,
        "decided_person_id": decision.person_id,
        "group_id": decision.group_id,
        "unit_id": decision.unit_id,
        "unit_kind": decision.unit_kind,
        "channel": decision.channel,
        "arm": decision.arm,
        "ghost": decision.ghost,
        "status": decision.status,
        "reason": decision.reason,
        "bundle": decision.bundle,
        "model": decision.model,
        "stage": decision.stage,
        "deferrals": decision.deferral.number if decision.deferral else 0,
        "overrides": len(decision.overrides),
    }


def _of_slot(decision: Decision, place: tuple[str, int], draw: Draw | None) -> Row:
    items = {(item.placement, item.slot): item for item in decision.items}
    item = items.get(place)
    row: Row = {
        "placement": place[0],
        "slot": place[1],
        "message": _message(decision, place, draw),
        "how": draw.how if draw else item.how if item else "",
        "pi": chosen_probability(draw) if draw else None,
        "candidate": draw.chosen if draw else None,
    }
    told = draw.figures if draw else None
    if told is None:
        return row
    return row | {
        "best": told.best,
        "second": told.second,
        "best_utility": told.best_utility,
        "chosen_utility": told.chosen_utility,
        "mean_utility": told.mean_utility,
        "expected": told.expected,
        "changes": told.changes,
    }


def _message(decision: Decision, place: tuple[str, int], draw: Draw | None) -> str:
    """Name what was chosen; of a held-out unit what would have been shown is not told."""
    found = next((i for i in decision.items if (i.placement, i.slot) == place), None)
    if found is not None:
        return found.message
    return "" if draw is None or draw.chosen == NOTHING else "(held out)"


def _drops(one: Judged) -> Iterator[Row]:
    if not isinstance(one.record, Decided):
        return
    decision = one.record.decision
    own = [drop for drop in decision.drops if drop.step != "slate"]
    times = Counter(index for drop in own for index in set(unpack(drop.candidates)))
    for index, drop in enumerate(own):
        removed = set(unpack(drop.candidates))
        yield {
            **_place(one.position, index, decision.at),
            "decision_id": decision.decision_id,
            "source_id": decision.source_id,
            "arm": decision.arm,
            "channel": decision.channel,
            "step": drop.step,
            "reason": drop.reason,
            "rule": drop.detail,
            "candidates": len(removed),
            "sole": sum(times[candidate] == 1 for candidate in removed),
            "considered": decision.candidates,
            "timed": drop.until is not None,
        }


def _rules(one: Judged) -> Iterator[Row]:
    if not isinstance(one.record, Published):
        return
    found = _messages_by_rule(one.record.bundle)
    for index, ((rule, label), messages) in enumerate(sorted(found.items())):
        yield {
            **_place(one.position, index, one.record.at),
            "bundle": one.record.bundle.number,
            "rule": rule,
            "label": label,
            "messages": messages,
        }


def _messages_by_rule(bundle: Bundle) -> Counter[tuple[str, str]]:
    return Counter((rule.when, rule.label) for message in bundle.messages for rule in message.rules)
