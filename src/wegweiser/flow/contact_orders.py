"""What people order about contacts: overrides for a while, do not contact, legal hold."""

from wegweiser.flow.intake import Intake
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.terms.contact_order import (
    LIFTABLE,
    LONGEST_OVERRIDE_DAYS,
    ContactOrder,
    OrderKind,
)
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.record import Ordered
from wegweiser.terms.ulid import ulid
from wegweiser.terms.wrong import wrong

LONGEST_REASON = 500
LEVELS = {"ownership": 4, "account": 5, "group": 6}


class ContactOrders:
    """Takes orders into the log, from where they count on; and takes them back."""

    def __init__(self, unifier: Unifier, views: Views, intake: Intake, clock: Clock):
        self._unifier = unifier
        self._views = views
        self._intake = intake
        self._clock = clock

    def all(self) -> list[ContactOrder]:
        """Give the orders that were not taken back, oldest first, ended ones too."""
        return sorted(self._unifier.contacts.orders.values(), key=lambda order: order.order_id)

    async def override(
        self, account: str, level: str, by: str, reason: str, until: int
    ) -> ContactOrder:
        """Lift one level for an account until a moment (ms), at most 30 days away.

        Raises InputRefused for a level that nobody may lift, without a name or reason, or where
        the end is past or too far; NotFound for an unknown account.
        """
        number = LEVELS.get(level)
        if number not in LIFTABLE:
            known = ", ".join(LEVELS)
            told = wrong("not_liftable", level=repr(level[:40]), known=known)
            raise InputRefused("bad_level", told, 422, "level")
        now = self._clock.now_ms()
        if not now < until <= now + LONGEST_OVERRIDE_DAYS * DAY_MS:
            sentence = wrong("until_days", most=LONGEST_OVERRIDE_DAYS)
            raise InputRefused("bad_until", sentence, 422, "until")
        group_id = self._account(account)
        return await self._give("override", by, reason, account=group_id, level=number, until=until)

    async def bar(self, kind: OrderKind, account: str, by: str, reason: str) -> ContactOrder:
        """Forbid every outbound contact with the people of an account until taken back.

        Raises NotFound for an unknown account; persons withdraw their consent instead.
        """
        return await self._give(kind, by, reason, account=self._account(account))

    async def take_back(self, order_id: str, by: str) -> ContactOrder:
        """End an order now; raises NotFound where there is none."""
        order = self._unifier.contacts.orders.get(order_id)
        if order is None:
            raise NotFound(wrong("no_contact_order", name=repr(order_id[:60])))
        ended = ContactOrder(
            order_id=order_id,
            kind=order.kind,
            by=_stated("by", by),
            reason=order.reason,
            at=self._clock.now_ms(),
            account=order.account,
            level=order.level,
            until=order.until,
            ended=True,
        )
        await self._intake.append(Ordered(order=ended))
        return ended

    def _account(self, name: str) -> str:
        found = self._views.find_account(name if ":" in name else f"group_id:{name}")
        if found is None:
            raise NotFound(wrong("no_other_account", name=repr(name[:100])))
        return found

    async def _give(
        self,
        kind: OrderKind,
        by: str,
        reason: str,
        account: str,
        level: int = 0,
        until: int = 0,
    ) -> ContactOrder:
        now = self._clock.now_ms()
        order = ContactOrder(
            order_id="ord_" + ulid(now, self._clock.random_bytes(10)),
            kind=kind,
            by=_stated("by", by),
            reason=_stated("reason", reason),
            at=now,
            account=account,
            level=level,
            until=until,
        )
        await self._intake.append(Ordered(order=order))
        return order


def _stated(field: str, text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_REASON:
        sentence = wrong("must_be_stated", field=field, most=LONGEST_REASON)
        raise InputRefused("bad_order", sentence, 422, field)
    return text
