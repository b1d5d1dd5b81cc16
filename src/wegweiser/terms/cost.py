"""What marketing costs and what foreign money is worth, as people import it."""

from decimal import Decimal
from typing import Literal, get_args

import msgspec

CostKind = Literal["media", "service", "goods", "discount", "shipping", "fee", "fixed"]
CostPer = Literal["", "unit"]
COST_KINDS: tuple[str, ...] = get_args(CostKind)


class Cost(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One cost of one day; `row_key` tells it apart within its file, `received_at` is ms UTC.

    `person_id`, `account_id` and `order_id` say whose cost it is, as the sender names them. Where
    they are empty, `driver` says what it is shared out by: "order", "contact", "exposure", or the
    name of a tracked event. With `per` "unit" the amount is what one of these costs from that day
    on, until another row of the same driver; else it is the sum of the month.
    """

    file: str
    row_key: str
    day: int
    kind: CostKind
    amount: Decimal
    currency: str
    channel: str = ""
    campaign: str = ""
    message: str = ""
    account_id: str = ""
    geo: str = ""
    person_id: str = ""
    order_id: str = ""
    driver: str = ""
    per: CostPer = ""
    received_at: int = 0


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of `currency` is worth `rate` units of `base` on that day (a day number)."""

    day: int
    currency: str
    base: str
    rate: Decimal
