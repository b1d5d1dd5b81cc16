"""All reasons of all dropped candidates, with rule texts and the values that failed them."""

import msgspec

from wegweiser.decide.candidate import unpack
from wegweiser.decide.eligible import activation
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.terms.decision import Decision, Drop
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Placement

_MARK = " [placement "


def reasons(policy: Policy, decision: Decision, facts: Facts) -> dict[int, list[Json]]:
    """Give per candidate index all its reasons; what only limits a slate's rest is left out."""
    found: dict[int, list[Json]] = {}
    for drop in decision.drops:
        if drop.step == "slate":
            continue
        told = _told(policy, drop, facts, decision.at)
        for index in unpack(drop.candidates):
            found.setdefault(index, []).append(told)
    return found


def funnel(decision: Decision) -> list[Json]:
    """Count the candidates at the start, and after each step those that no step so far dropped."""
    gone: set[int] = set()
    steps: list[Json] = [{"step": "considered", "left": decision.candidates}]
    for step in ("candidates", "eligibility", "consent", "contact", "arbitration"):
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


def _told(policy: Policy, drop: Drop, facts: Facts, as_of: int) -> JsonObject:
    told: JsonObject = {"step": drop.step, "reason": drop.reason}
    if drop.step == "eligibility":
        told |= _rule(policy, drop.detail, facts, as_of)
    if drop.until is not None:
        told["until"] = format_instant(drop.until)
    return told


def _rule(policy: Policy, detail: str, facts: Facts, as_of: int) -> JsonObject:
    text, mark, rest = detail.rpartition(_MARK)
    placement = policy.placements.get(rest.rstrip("]")) if mark else None
    text = text if placement else detail
    told: JsonObject = {"rule": text}
    if text not in policy.rule_texts:
        return told
    rule = policy.rules[policy.rule_texts.index(text)]
    place = placement or Placement("", "web")
    verdict = rule.explain(activation(facts, place, as_of))
    told |= {"failing": verdict.failing, "found": verdict.found}
    if verdict.unknown is not None:
        told["unknown"] = msgspec.to_builtins(verdict.unknown)
    return told
