"""What became of a decision, or what a person did that counts."""

from typing import Literal

import msgspec

OutcomeKind = Literal["seen", "click", "dwell", "declined", "delivered", "bounced", "done", "goal"]
OUTCOME_KINDS: tuple[OutcomeKind, ...] = (
    "seen",
    "click",
    "dwell",
    "declined",
    "delivered",
    "bounced",
    "done",
    "goal",
)


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One outcome; idempotent by `outcome_id`; amounts in the currency stated, at in ms.

    It names a decision (with placement and slot) or a leaf and a goal.
    """

    outcome_id: str
    kind: OutcomeKind
    at: int
    decision_id: str = ""
    placement: str = ""
    slot: int = 0
    leaf: str = ""
    group_id: str = ""
    goal: str = ""
    amount: float = 0.0
    currency: str = ""
    source_id: str = ""
