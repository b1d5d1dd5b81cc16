"""The whole distribution of one recorded slot, by the names of its candidates."""

import numpy as np

from wegweiser.decide.candidate import NOTHING
from wegweiser.decide.policy import Policy
from wegweiser.decide.probability import WHOLE
from wegweiser.terms.decision import Draw
from wegweiser.terms.json import JsonObject

# The choice to say nothing, among candidates named "message/variant".
SILENCE = ""
MOST_SHOWN = 20


def name_of(policy: Policy, index: int) -> str:
    """Name a candidate of a record."""
    return SILENCE if index == NOTHING else policy.candidates[index].id


def chances_of(policy: Policy, draw: Draw | None) -> dict[str, float]:
    """Read a slot's probabilities; where nobody was left, nothing was certain."""
    if draw is None:
        return {SILENCE: 1.0}
    candidates = np.frombuffer(draw.candidates, dtype="<u2")
    weights = np.frombuffer(draw.weights, dtype="<u8")
    return {
        name_of(policy, int(candidate)): int(weight) / WHOLE
        for candidate, weight in zip(candidates, weights, strict=True)
        if weight
    }


def shown(policy: Policy, draw: Draw) -> JsonObject:
    """Write a slot's probabilities: the chosen one, the 20 largest, and the sum of the rest.

    `floor` is the share of exploration in them (None where there was none), spread over the `top`
    best prospects; `grid` is how fine they were worked out, `drawn` the number that chose.
    """
    chances = chances_of(policy, draw)
    chosen = name_of(policy, draw.chosen)
    ranked = sorted(chances, key=lambda name: (-chances[name], name))
    told = list(dict.fromkeys([chosen, *ranked[:MOST_SHOWN]]))
    rest = [chances[name] for name in ranked if name not in told]
    return {
        "chosen": {"candidate": chosen, "pi": chances.get(chosen, 0.0)},
        "largest": [{"candidate": name, "pi": chances.get(name, 0.0)} for name in told],
        "rest": {"count": len(rest), "pi": sum(rest)},
        "floor": draw.floor,
        "top": draw.top,
        "grid": draw.grid,
        "drawn": draw.drawn,
    }
