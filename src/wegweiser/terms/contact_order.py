"""What people order about contacts: do not contact, legal hold, and rules lifted for a while."""

from typing import Literal

import msgspec

OrderKind = Literal["do_not_contact", "legal_hold", "override"]
# What an override may lift: the ownership lock, the pacing of an account, of a buying group.
LIFTABLE = (4, 5, 6)
LONGEST_OVERRIDE_DAYS = 30


class ContactOrder(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One order about an account, by its group id; persons say themselves what they consent to.

    `by` and `reason` say who gave it and why, `until` (ms) when it ends by itself, 0 never. An
    override lifts one `level` of the order of precedence. The same `order_id` with `ended` takes
    it back.
    """

    order_id: str
    kind: OrderKind
    by: str
    reason: str
    at: int
    account: str = ""
    level: int = 0
    until: int = 0
    ended: bool = False

    def holds(self, at: int) -> bool:
        """Tell whether the order is in force at a moment (ms).

        >>> lifted = ContactOrder(
        ...     order_id="o", kind="override", by="mia", reason="fair", at=10, level=5, until=20
        ... )
        >>> lifted.holds(10), lifted.holds(19), lifted.holds(20)
        (True, True, False)
        """
        return not self.ended and self.at <= at and (not self.until or at < self.until)


class Lifted(msgspec.Struct, frozen=True, omit_defaults=True):
    """An override that let a candidate through: what it lifted, who ordered it, why, how long."""

    order_id: str
    level: int
    rule: str
    by: str
    reason: str
    until: int
