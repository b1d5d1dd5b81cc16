"""What marketing costs and what foreign money is worth, as people import it."""

from decimal import Decimal
from typing import Literal, get_args

import msgspec

CostKind = Literal["media", "service", "goods", "discount", "shipping", "fee", "fixed"]
COST_KINDS: tuple[str, ...] = get_args(CostKind)


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """One cost of one day; `row_key` tells it apart within its file, `received_at` is ms UTC."""

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
    received_at: int = 0


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of `currency` is worth `rate` units of `base` on that day (a day number)."""

    day: int
    currency: str
    base: str
    rate: Decimal
