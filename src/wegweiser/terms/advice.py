"""Advice that was given and written down, with what it rested on."""

import msgspec

from wegweiser.terms.result import Advice


class KeptAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict as it was on a day: `at` in ms, money in the workspace currency.

    `options` are those of the measure that gave it, `question` the SHA-256 of what was asked.
    """

    at: int
    by: str
    thing: str
    advice: Advice
    why: str
    options: dict[str, str]
    question: str
    units: int
    profit: float | None = None
    profit_low: float | None = None
    profit_high: float | None = None
    at_stake: float | None = None
