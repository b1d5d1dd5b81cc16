"""How a figure is written wherever it stands: its marks, its decimals, its scale, its sign."""

import math
from collections.abc import Iterable

import msgspec

PER_CENT = "%"
# Of currencies that people write as a sign; others by their code.
_CURRENCIES = {"EUR": "€", "USD": "$", "GBP": "£"}
_MOST_DECIMALS = 4
# Shares of 1, which people read in per cent.
_SHARES = (
    *("share", "chance", "relative change", "error", "clicks per exposure", "goals per visit"),
    *("goals per lead", "people per person", "persons per person", "accounts per account"),
    *("decisions per decision", "slots per slot", "moves per move", "responses per shown"),
)
# Differences of shares, which people read as so many of a hundred.
_OF_HUNDRED = ("reached per", "difference of", "goals per unit", "goals per person")


class Scale(msgspec.Struct, frozen=True):
    """By what the values of a unit are multiplied to be read, and what stands behind them."""

    times: float = 1.0
    sign: str = ""

    @property
    def is_of_hundred(self) -> bool:
        """Tell whether values are so many of a hundred, without a sign that says it."""
        return self.times != 1.0 and not self.sign


def scale_of(unit: str) -> Scale:
    """Give the scale in which sentences, tables and charts write the values of a unit.

    >>> scale_of("share of visits"), scale_of("reached per person")
    (Scale(times=100.0, sign='%'), Scale(times=100.0, sign=''))
    >>> scale_of("seconds per view")
    Scale(times=1.0, sign='')
    """
    if unit.startswith(_SHARES):
        return Scale(100.0, PER_CENT)
    return Scale(100.0) if unit.startswith(_OF_HUNDRED) else Scale()


def number(value: float, language: str, decimals: int = 0) -> str:
    """Write a number with the language's marks.

    >>> number(1234.5, "en", 1), number(1234.5, "de", 1), number(-0.01, "en", 1)
    ('1,234.5', '1.234,5', '0.0')
    """
    text = f"{value:z,.{decimals}f}"
    if language == "de":
        text = text.translate({ord(","): ".", ord("."): ","})
    return text


def with_unit(written: str, unit: str, language: str) -> str:
    """Put a unit behind a number; the sign of per cent stands apart in German only.

    The sign of a currency stands before the number in English.

    >>> with_unit("6.7", "%", "en"), with_unit("6,7", "%", "de"), with_unit("6.7", "points", "en")
    ('6.7%', '6,7 %', '6.7 points')
    >>> with_unit("-6.70", "EUR", "en"), with_unit("-6,70", "EUR", "de")
    ('-€6.70', '-6,70 €')
    """
    if not unit:
        return written
    if unit in _CURRENCIES and language == "en":
        minus = "-" if written.startswith("-") else ""
        return f"{minus}{_CURRENCIES[unit]}{written.removeprefix('-')}"
    unit = _CURRENCIES.get(unit, unit)
    return f"{written}{unit}" if (unit, language) == (PER_CENT, "en") else f"{written} {unit}"


def with_units(low: str, high: str, unit: str, language: str) -> tuple[str, str]:
    """Put the unit behind the second of two numbers; a sign that stands before goes to both.

    >>> with_units("5.0", "8.4", "%", "en"), with_units("5", "8", "EUR", "en")
    (('5.0', '8.4%'), ('€5', '€8'))
    """
    before = language == "en" and unit in _CURRENCIES
    return with_unit(low, unit, language) if before else low, with_unit(high, unit, language)


def percent(share: float, language: str, decimals: int = 1) -> str:
    """Write a share of 1 in per cent.

    >>> percent(0.479, "en"), percent(0.479, "de"), percent(1, "en", 0)
    ('47.9%', '47,9 %', '100%')
    """
    return with_unit(number(100 * share, language, decimals), PER_CENT, language)


def decimals_for(spread: float) -> int:
    """Choose decimals so that the width of an interval shows about two digits, at most 4.

    >>> decimals_for(3.4), decimals_for(0.012)
    (1, 3)
    """
    if spread <= 0 or not math.isfinite(spread):
        return 1
    return min(_MOST_DECIMALS, max(0, 1 - math.floor(math.log10(spread))))


def decimals_among(spreads: Iterable[float]) -> int:
    """Choose one number of decimals for intervals that stand below each other.

    That of the narrowest, at most one more than the widest knows; of a single interval its own.

    >>> decimals_among([3.4, 0.3]), decimals_among([3.4, 0.012]), decimals_among([3.4])
    (2, 2, 1)
    """
    known = [decimals_for(spread) for spread in spreads if spread > 0 and math.isfinite(spread)]
    return min(max(known), min(known) + 1) if known else decimals_for(0.0)
