"""What a record says of contacts that an account's people shared, drawn or passed over."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.decide.candidate import NOTHING
from wegweiser.decide.deferral import put_off, without_room
from wegweiser.decide.policy import Policy
from wegweiser.terms.decision import Decision, Draw, Drop, Shared, Situation, Status

# The contacts that an account or buying group has left went to colleagues.
SHARED_BUDGET = "shared_budget"


def settled(policy: Policy, decision: Decision, situation: Situation, shared: Shared) -> Decision:
    """Give the decision of somebody who stood for a contact: as it is, or put off."""
    if not shared.cap:
        return msgspec.structs.replace(decision, shared=shared)
    rules = policy.bundle.contact_rules
    status, not_before = put_off(shared.until, situation, decision.at, rules)
    return passed_over(decision, shared, status, not_before)


def passed_over(decision: Decision, shared: Shared, status: Status, not_before: int) -> Decision:
    """Take out what was chosen, as colleagues got the contacts that were left."""
    packed = b"".join(tellable(draw).tobytes() for draw in decision.draws)
    drop = Drop("contact", SHARED_BUDGET, packed, shared.detail, shared.until)
    found = without_room(decision, status, not_before, SHARED_BUDGET)
    return msgspec.structs.replace(found, drops=(*found.drops, drop), shared=shared)


def tellable(draw: Draw) -> NDArray[np.uint16]:
    """Give the candidates that could have been drawn, ascending.

    >>> weights = np.array([1 << 31, 0, 1 << 31], "<u8").tobytes()
    >>> draw = Draw("p", 0, np.array([2, 5, 65_535], "<u2").tobytes(), weights, 0, 2, "best")
    >>> tellable(draw).tolist()
    [2]
    """
    candidates = np.frombuffer(draw.candidates, dtype="<u2")
    weights = np.frombuffer(draw.weights, dtype="<u8")
    return np.asarray(candidates[(weights > 0) & (candidates != NOTHING)])
