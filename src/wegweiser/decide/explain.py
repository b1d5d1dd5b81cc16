"""What a decision says about itself: one sentence, the funnel, every reason, sums, and flips."""

from collections.abc import Mapping

import msgspec
import numpy as np

from wegweiser.decide.again import lacking
from wegweiser.decide.candidate import NOTHING, Candidate
from wegweiser.decide.drops import again_at
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import CUT
from wegweiser.decide.flip import Flips, flips_of
from wegweiser.decide.flip_words import in_words
from wegweiser.decide.naming import Naming, by_key
from wegweiser.decide.policy import Policy
from wegweiser.decide.probability import WHOLE
from wegweiser.decide.reasons import funnel, reasons
from wegweiser.decide.sentence import Told, sentence
from wegweiser.decide.shared_budget import SHARED_BUDGET
from wegweiser.decide.verify import chosen_probability
from wegweiser.decide.weigh import Slot, contributions_of, factors_of, heads_of, slot_of
from wegweiser.decide.winner import Winner, winner_of
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.model import Snapshot

RANKED_AT_MOST = 200


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def explain(
    policy: Policy,
    decision: Decision,
    facts: Facts,
    snapshot: Snapshot,
    naming: Naming = by_key,
) -> JsonObject:
    """Explain a decision with the policy, facts and snapshot that made it.

    Sums are on the logit scale, utilities in the workspace currency. Where the record could not
    hold all facts, `facts_cut` is true; `withheld` says what a device that only claims to be a
    person's was not to know. Of somebody erased only what was chosen, and how likely, is left.
    `naming` says in sentences what caps, goals, stages and the rest are called.
    """
    why_not = lacking(decision)
    gone = why_not == "erased"
    winners = [] if gone else _winners(policy, decision, facts, snapshot)
    flips: list[Json] = (
        [] if gone else [_flips(policy, decision, one, facts, snapshot, naming) for one in winners]
    )
    told = Told(_query(facts), naming)
    until = again_at(decision)
    cut: JsonObject = {CUT: True} if decision.facts.get(CUT) else {}
    explained: JsonObject = {
        "sentence": dict(sentence(decision, winners, told)),
        "funnel": funnel(decision),
        "dropped": _dropped(policy, reasons(policy, decision, facts)),
        "chosen": [_sums(policy, one, facts, snapshot) for one in winners],
        "flips": flips,
        **_circumstances(policy, decision),
        "replayable": f"false ({why_not})" if why_not else True,
        "not_before": None if until is None else format_instant(until),
    }
    shared = _shared(decision)
    held: JsonObject = {"withheld": facts.withheld} if facts.withheld else {}
    return cut | held | shared | explained


def _shared(decision: Decision) -> JsonObject:
    """Tell how the draw among the people of an account went, where there was one."""
    if decision.shared is None:
        return {}
    one = decision.shared
    chances: list[Json] = [round_.own / WHOLE for round_ in one.rounds]
    drawn = decision.reason != SHARED_BUDGET
    return {"shared": {"among": one.among, "room": one.room, "chances": chances, "drawn": drawn}}


def _dropped(policy: Policy, found: Mapping[int, list[Json]]) -> list[Json]:
    return [
        {"candidate": policy.candidates[index].id, "reasons": told}
        for index, told in sorted(found.items())
    ]


def _winners(policy: Policy, decision: Decision, facts: Facts, snapshot: Snapshot) -> list[Winner]:
    return [
        winner_of(policy, slot_of(policy, decision, draw, facts, snapshot), snapshot)
        for draw in decision.draws
        if draw.chosen != NOTHING
    ]


def _circumstances(policy: Policy, decision: Decision) -> JsonObject:
    """Tell arm, floor, whether the increment was measured, guards and what was lifted."""
    exploration = policy.bundle.exploration
    lifted: Json = msgspec.to_builtins(decision.overrides)
    return {
        "arm": decision.arm,
        "ghost": decision.ghost,
        "floor": {"pull": exploration.floor_pull, "push": exploration.floor_push},
        "increment": decision.increment or "assumed",
        "guard": [*decision.guard],
        "learner": decision.learner,
        "overrides": lifted,
    }


def _query(facts: Facts) -> str:
    query = facts.context.get("query")
    return query[:60] if isinstance(query, str) else ""


def _sums(policy: Policy, won: Winner, facts: Facts, snapshot: Snapshot) -> JsonObject:
    draw = won.slot.draw
    told: JsonObject = {
        "placement": draw.placement,
        "slot": draw.slot,
        "candidate": won.candidate.id,
        "pi": chosen_probability(draw),
        "how": draw.how,
        **_weighed(policy, won.slot, won.place, facts, snapshot),
    }
    if won.rival is not None and won.rival_place is not None:
        told["runner_up"] = {
            "candidate": won.rival.id,
            "beaten": won.beats,
            **_weighed(policy, won.slot, won.rival_place, facts, snapshot),
        }
    told["ranked"] = _ranked(policy, won.slot, facts, snapshot)
    return told


def _ranked(policy: Policy, slot: Slot, facts: Facts, snapshot: Snapshot) -> list[Json]:
    """List what could have been chosen, the highest utility first, with what it is made of.

    `pi` is the selection probability; one that was no prospect of the draw has 0.
    """
    shelf, utilities = policy.shelves[slot.placement.channel], slot.utilities.at(0.0)
    indexes = np.frombuffer(slot.draw.candidates, dtype="<u2").tolist()
    weights = np.frombuffer(slot.draw.weights, dtype="<u8").tolist()
    chances = dict(zip(indexes, weights, strict=False))
    order = sorted(slot.survivors.tolist(), key=lambda place: (-utilities[place], place))
    told: list[Json] = []
    for place in order[:RANKED_AT_MOST]:
        factors: JsonObject = msgspec.to_builtins(factors_of(policy, slot, place, facts, snapshot))
        chance = chances.get(int(shelf.indexes[place]), 0) / WHOLE
        told.append({"candidate": shelf.candidates[place].id, "pi": chance, **factors})
    return told


def _weighed(
    policy: Policy, slot: Slot, place: int, facts: Facts, snapshot: Snapshot
) -> JsonObject:
    candidate: Candidate = policy.shelves[slot.placement.channel].candidates[place]
    heads = {
        head: contributions_of(candidate, slot, snapshot, head)
        for head in heads_of(candidate, slot)
    }
    contributions: JsonObject = {
        head: [
            {
                "feature": feature,
                "weight": part.weight,
                "points": part.points,
                "doubt": part.doubt,
            }
            for feature, part in parts.items()
        ]
        for head, parts in heads.items()
    }
    means: JsonObject = {
        head: sum(part.points for part in parts.values()) for head, parts in heads.items()
    }
    factors: JsonObject = msgspec.to_builtins(factors_of(policy, slot, place, facts, snapshot))
    return {"contributions": contributions, "means": means, **factors}


def _flips(
    policy: Policy,
    decision: Decision,
    won: Winner,
    facts: Facts,
    snapshot: Snapshot,
    naming: Naming,
) -> JsonObject:
    found: Flips = flips_of(policy, decision, won.slot, facts, snapshot)
    told: JsonObject = msgspec.to_builtins(found)
    return {**told, "words": dict(in_words(found, naming))}
