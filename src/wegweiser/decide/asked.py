"""What a request asks for: its placements under a policy, and how long it may take."""

from wegweiser.decide.policy import Policy
from wegweiser.terms.decision import Ask, Situation
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.message import Placement
from wegweiser.terms.wrong import wrong

PULL_DEADLINE_MS = 80.0


def asked(policy: Policy, situation: Situation) -> list[tuple[Ask, Placement]]:
    """Find the placements of a request; raises NotFound or InputRefused where they are wrong."""
    keys = [ask.key for ask in situation.placements]
    if len(set(keys)) < len(keys):
        raise InputRefused("bad_placement", wrong("placement_twice"))
    return [(ask, _placement(policy, situation, ask.key)) for ask in situation.placements]


def _placement(policy: Policy, situation: Situation, key: str) -> Placement:
    placement = policy.placements.get(key)
    if placement is None:
        raise NotFound(wrong("no_placement_called", key=repr(key[:100])))
    if situation.channel is not None and situation.channel != placement.channel:
        raise InputRefused(
            "bad_channel",
            f"Placement {key!r} is a slot of channel {placement.channel}, the request says "
            f"{situation.channel}; leave the channel out.",
        )
    return placement


def deadline_of(situation: Situation, places: list[tuple[Ask, Placement]]) -> float:
    """Give the milliseconds that a request has: as it says, else 80 where somebody waits.

    >>> from wegweiser.terms.decision import Subject
    >>> asked_for = Situation(request_id="r", subject=Subject(), placements=(Ask("p"),))
    >>> deadline_of(asked_for, [(Ask("p"), Placement("p", "email", direction="push"))])
    inf
    """
    if situation.deadline_ms is not None:
        return float(situation.deadline_ms)
    pull = any(placement.direction == "pull" for _, placement in places)
    return PULL_DEADLINE_MS if pull else float("inf")
