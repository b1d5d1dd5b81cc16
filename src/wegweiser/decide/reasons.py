"""All reasons of all dropped candidates, with rule texts and the values that failed them."""

import msgspec

from wegweiser.decide.again import lacking
from wegweiser.decide.candidate import unpack
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.decide.situation import activation, with_candidate
from wegweiser.terms.decision import Decision, Drop
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Placement

_MARK = " [placement "
_STEPS = ("candidates", "eligibility", "consent", "contact", "arbitration")


def reasons(policy: Policy, decision: Decision, facts: Facts) -> dict[int, list[Json]]:
    """Give per candidate index all its reasons; what only limits a slate's rest is left out.

    Of somebody erased no values are told.
    """
    known = lacking(decision) != "erased"
    found: dict[int, list[Json]] = {}
    for drop in decision.drops:
        if drop.step == "slate":
            continue
        indexes = unpack(drop.candidates)
        number = _number(policy, drop)
        if known and number in policy.rules_of_candidate:
            for index in indexes:
                told = _told(policy, drop, facts, decision.at, index, known)
                found.setdefault(index, []).append(told)
            continue
        told = _told(policy, drop, facts, decision.at, indexes[0], known)
        for index in indexes:
            found.setdefault(index, []).append(told)
    return found


def funnel(decision: Decision) -> list[Json]:
    """Count the candidates at the start, and after each step those that no step so far dropped."""
    gone: set[int] = set()
    steps: list[Json] = [{"step": "considered", "left": decision.candidates}]
    others = {drop.step for drop in decision.drops} - {*_STEPS, "slate"}
    for step in (*_STEPS[:-1], *sorted(others), _STEPS[-1]):
        here = {
            index
            for drop in decision.drops
            if drop.step == step
            for index in unpack(drop.candidates)
        }
        gone |= here
        left = decision.candidates - len(gone)
        steps.append({"step": step, "dropped": len(here), "left": left})
    return steps


def _told(
    policy: Policy, drop: Drop, facts: Facts, as_of: int, index: int, known: bool
) -> JsonObject:
    told: JsonObject = {"step": drop.step, "reason": drop.reason}
    if drop.step == "eligibility":
        told |= {"rule": _text(policy, drop)[0], "label": drop.reason.partition(":")[0]}
        told |= compared(policy, drop, facts, as_of, index) if known else {}
    elif drop.detail:
        told["detail"] = drop.detail
    if drop.until is not None:
        told["until"] = format_instant(drop.until)
    return told


def compared(policy: Policy, drop: Drop, facts: Facts, as_of: int, index: int) -> JsonObject:
    """Tell the comparison that failed in the rule behind a drop, and the value found.

    `index` is a candidate that it dropped.
    """
    number = _number(policy, drop)
    if number is None:
        return {}
    place = _text(policy, drop)[1] or Placement("", "web")
    variables = activation(facts, place, as_of)
    if number in policy.rules_of_candidate:
        variables = with_candidate(variables, policy.candidates[index])
    verdict = policy.rules[number].explain(variables)
    told: JsonObject = {"failing": verdict.failing, "found": verdict.found}
    if verdict.unknown is not None:
        told["unknown"] = msgspec.to_builtins(verdict.unknown)
    return told


def _text(policy: Policy, drop: Drop) -> tuple[str, Placement | None]:
    """Read the text of a rule, and the placement if the rule speaks of it."""
    text, mark, rest = drop.detail.rpartition(_MARK)
    placement = policy.placements.get(rest.rstrip("]")) if mark else None
    return (text, placement) if placement else (drop.detail, None)


def _number(policy: Policy, drop: Drop) -> int | None:
    text = _text(policy, drop)[0]
    return policy.rule_texts.index(text) if text in policy.rule_texts else None
