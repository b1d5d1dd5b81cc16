"""Derives a recorded choice again from its stored integers: equal on every machine."""

import numpy as np

from wegweiser.decide.candidate import NOTHING
from wegweiser.decide.probability import WHOLE
from wegweiser.decide.shared_budget import SHARED_BUDGET
from wegweiser.terms.decision import Decision, Draw, Item, Shared


def verify(decision: Decision) -> bool:
    """Tell whether every draw follows from its weights and number, and every item from a draw.

    Where an account's people shared its contacts, all that was sent follows from these rounds too.
    """
    if decision.shared is not None and not _follows_rounds(decision, decision.shared):
        return False
    draws = {(draw.placement, draw.slot): draw for draw in decision.draws}
    return all(map(_follows, decision.draws)) and all(
        item.how == "fallback" or _agrees(draws.get((item.placement, item.slot)), item)
        for item in decision.items
    )


def _follows(draw: Draw) -> bool:
    candidates = np.frombuffer(draw.candidates, dtype="<u2")
    weights = np.frombuffer(draw.weights, dtype="<u8")
    if len(candidates) != len(weights) or int(weights.sum()) != WHOLE:
        return False
    place = int(np.searchsorted(np.cumsum(weights), np.uint64(draw.drawn), side="right"))
    return place < len(candidates) and int(candidates[place]) == draw.chosen


def _follows_rounds(decision: Decision, shared: Shared) -> bool:
    """Tell whether the contact went to this one exactly if the last round says so."""
    sums = {one.before + one.own + one.after for one in shared.rounds}
    own = [one.is_own for one in shared.rounds]
    if sums - {WHOLE} or any(own[:-1]):
        return False
    drawn = bool(own) and own[-1]
    return drawn != (decision.reason == SHARED_BUDGET) and (drawn or not decision.items)


def _agrees(draw: Draw | None, item: Item) -> bool:
    if draw is None or draw.chosen == NOTHING or draw.how != item.how:
        return False
    return abs(item.pi - chosen_probability(draw)) == 0.0


def chosen_probability(draw: Draw) -> float:
    """Read the selection probability of what was chosen.

    >>> import numpy as np
    >>> packed = np.array([1 << 30, 3 << 30], "<u8").tobytes()
    >>> chosen_probability(Draw("p", 0, np.array([4, 9], "<u2").tobytes(), packed, 0, 4, "best"))
    0.25
    """
    candidates = np.frombuffer(draw.candidates, dtype="<u2")
    weights = np.frombuffer(draw.weights, dtype="<u8")
    return int(weights[candidates == draw.chosen].sum()) / WHOLE
