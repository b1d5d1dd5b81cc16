"""What a decision says about itself: one sentence, the funnel, every reason, the sums."""

import numpy as np

from wegweiser.decide.arbitrate import arbitrate
from wegweiser.decide.candidate import NOTHING, Candidate
from wegweiser.decide.drops import not_before
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import CUT
from wegweiser.decide.policy import Policy
from wegweiser.decide.reasons import funnel, reasons
from wegweiser.decide.response import head_of_goal
from wegweiser.decide.sentence import sentence
from wegweiser.decide.verify import chosen_probability
from wegweiser.decide.winner import Winner, contributions_of, winner_of
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import ENGAGE


def explain(policy: Policy, decision: Decision, facts: Facts, snapshot: Snapshot) -> JsonObject:
    """Explain a decision with the policy, facts and snapshot that made it.

    Sums are on the logit scale, utilities in the workspace currency. Where the record could not
    hold all facts, `facts_cut` is true.
    """
    dropped = reasons(policy, decision, facts)
    winners = [
        winner_of(policy, draw, facts, snapshot)
        for draw in decision.draws
        if draw.chosen != NOTHING
    ]
    until = not_before(decision.drops)
    exploration = policy.bundle.exploration
    cut: JsonObject = {CUT: True} if decision.facts.get(CUT) else {}
    return cut | {
        "sentence": dict(sentence(decision, winners)),
        "funnel": funnel(decision),
        "dropped": [
            {"candidate": policy.candidates[index].id, "reasons": told}
            for index, told in sorted(dropped.items())
        ],
        "chosen": [_sums(policy, winner, facts, snapshot) for winner in winners],
        "arm": decision.arm,
        "ghost": decision.ghost,
        "floor": {"pull": exploration.floor_pull, "push": exploration.floor_push},
        "increment": "assumed",
        "not_before": None if until is None else format_instant(until),
    }


def _sums(policy: Policy, winner: Winner, facts: Facts, snapshot: Snapshot) -> JsonObject:
    draw = winner.draw
    told: JsonObject = {
        "placement": draw.placement,
        "slot": draw.slot,
        "candidate": winner.candidate.id,
        "pi": chosen_probability(draw),
        "how": draw.how,
        **_weighed(policy, winner.candidate, draw.placement, facts, snapshot),
    }
    if winner.runner_up is not None:
        told["runner_up"] = {
            "candidate": winner.runner_up.id,
            "beaten": winner.beats,
            **_weighed(policy, winner.runner_up, draw.placement, facts, snapshot),
        }
    return told


def _weighed(
    policy: Policy, candidate: Candidate, key: str, facts: Facts, snapshot: Snapshot
) -> JsonObject:
    placement = policy.placements[key]
    shelf = policy.shelves[placement.channel]
    place = shelf.candidates.index(candidate)
    utilities = arbitrate(policy, placement, snapshot, facts.known, facts.interests())
    message = candidate.message
    heads = [ENGAGE, head_of_goal(message.goal)] if message.goal else [ENGAGE]
    contributions: JsonObject = {
        head: [
            {"feature": feature, "weight": weight, "points": points, "doubt": doubt}
            for feature, (weight, points, doubt) in contributions_of(
                candidate, key, facts, snapshot, head
            ).items()
        ]
        for head in heads
    }
    return {
        "contributions": contributions,
        "mean": float(utilities.mean[place]),
        "spread": float(utilities.spread[place]),
        "p_response": float(1.0 / (1.0 + np.exp(-utilities.mean[place]))),
        "value": message.value,
        "lever": message.lever,
        "increment": float(utilities.worth[place] / (message.value * message.lever)),
        "cost": candidate.variant.cost,
        "utility": float(utilities.at(0.0)[place]),
    }
