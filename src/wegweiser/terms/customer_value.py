"""What one customer is expected to bring, and the model of all customers that it rests on."""

from typing import Literal

import msgspec

ValueStatus = Literal["ok", "no_order", "days_unknown", "other_currency", "not_computed", "refused"]


class CustomerModel(msgspec.Struct, frozen=True, kw_only=True):
    """How customers buy, learned from all of them at `as_of` (ms UTC); without a model refused.

    `buying` and `worth` are parameters of the buying model and of Gamma-Gamma (of all, and where
    values are told apart of each third, which begin at `borders`). `ahead` is the outlook: its
    first figure is the horizon in weeks. `holdout_errors` stand by repeats, the last for all more.
    """

    as_of: int
    currency: str
    sentence: dict[str, str]
    model: str = ""
    buying: tuple[float, ...] = ()
    worth: tuple[tuple[float, ...], ...] = ()
    borders: tuple[float, ...] = ()
    ahead: tuple[float, ...] = ()
    holdout_error: float | None = None
    holdout_errors: tuple[float | None, ...] = ()
    warnings: tuple[str, ...] = ()


class CustomerValue(msgspec.Struct, frozen=True, kw_only=True):
    """The value to come of one customer in `currency`; None where `status` says why.

    19 of 20 such customers bring between `low` and `high`: one customer orders more, or not at all.
    `orders` are those expected within `horizon_weeks`, `alike_error` is the error of the past
    among customers with as many orders; errors are foretold by came, less 1.
    """

    status: ValueStatus
    sentence: dict[str, str]
    currency: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    orders: float | None = None
    value_per_order: float | None = None
    horizon_weeks: float | None = None
    model: str = ""
    holdout_error: float | None = None
    alike_error: float | None = None
    warnings: tuple[str, ...] = ()
    computed_at: str | None = None


class Bought(msgspec.Struct, frozen=True):
    """Order days of one customer: how many, the first and last (UTC day numbers).

    `repeat_value` is the mean of the days after the first, in `currency`; None where it is unknown.
    """

    days: int
    first_day: int
    last_day: int
    repeat_value: float | None
    currency: str
