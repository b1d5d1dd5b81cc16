"""Figures in sentences, in English and German: rounded to what is known, unit always there."""

from datetime import UTC, datetime

from wegweiser.measure.statistic import Interval
from wegweiser.terms.day_words import day
from wegweiser.terms.figure import decimals_for, number, percent, with_unit, with_units

# Marks, decimals and the sign of per cent come from where charts and tables have them, too.
__all__ = [
    "LANGUAGES",
    "NINETEEN",
    "Sentence",
    "between",
    "both",
    "date",
    "day",
    "decimals_for",
    "estimate_of",
    "number",
    "percent",
    "with_unit",
]

Sentence = dict[str, str]
LANGUAGES = ("en", "de")
NINETEEN = {"en": "19 times out of 20", "de": "in 19 von 20 Fällen"}


def between(found: Interval, language: str, scale: float = 1.0, unit: str = "") -> str:
    """Write the ends of an interval in words.

    >>> between(Interval(0.066, 0.05, 0.084), "en", 100, "%")
    'between 5.0 and 8.4%, 19 times out of 20'
    >>> between(Interval(66, 50, 84), "en", 1, "EUR"), between(Interval(66, 50, 84), "de", 1, "EUR")
    ('between €50 and €84, 19 times out of 20', 'zwischen 50 und 84 €, in 19 von 20 Fällen')
    """
    digits = decimals_for((found.high - found.low) * scale)
    low, high = (number(end * scale, language, digits) for end in (found.low, found.high))
    low, high = with_units(low, high, unit, language)
    joined = {"en": f"between {low} and {high}", "de": f"zwischen {low} und {high}"}
    return f"{joined[language]}, {NINETEEN[language]}"


def estimate_of(found: Interval, language: str, scale: float = 1.0, unit: str = "") -> str:
    """Write an estimate with as many digits as its interval knows.

    >>> estimate_of(Interval(0.066, 0.05, 0.084), "de", 100, "%")
    '6,6 %'
    """
    digits = decimals_for((found.high - found.low) * scale)
    return with_unit(number(found.estimate * scale, language, digits), unit, language)


def both(english: str, german: str) -> Sentence:
    """Make a sentence in both languages."""
    return {"en": english, "de": german}


def date(at_ms: int, language: str) -> str:
    """Write a day as people do.

    >>> date(0, "en"), date(0, "de")
    ('1 Jan 1970', '1. Januar 1970')
    """
    return day(datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat(), language)
