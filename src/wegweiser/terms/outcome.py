"""What became of a decision, or what a person did that counts."""

from typing import Literal

import msgspec

OutcomeKind = Literal[
    "seen",
    "click",
    "dwell",
    "declined",
    "delivered",
    "bounced",
    "complained",
    "done",
    "goal",
    "withdrawn",
    "expired",
]
# What senders may report. `withdrawn` is written by our sender alone, for a message not sent, and
# `expired` by the ledger, for a reservation of which nobody made use.
OUTCOME_KINDS: tuple[OutcomeKind, ...] = (
    "seen",
    "click",
    "dwell",
    "declined",
    "delivered",
    "bounced",
    "complained",
    "done",
    "goal",
)


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One outcome; idempotent by `outcome_id`; amounts in the currency stated, at in ms.

    `received_at` (ms) is when we were told, 0 where a record is older than this field.
    It names a decision (with placement and slot) or a leaf and a goal. `detail` says of a bounce
    whether it is "hard" or "soft", and why a message was withdrawn.
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
    received_at: int = 0
    detail: str = ""
