"""Figures in sentences, in English and German: rounded to what is known, unit always there."""

import math
from datetime import UTC, datetime

from wegweiser.measure.statistic import Interval

Sentence = dict[str, str]
LANGUAGES = ("en", "de")
NINETEEN = {"en": "19 times out of 20", "de": "in 19 von 20 Fällen"}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
}


def number(value: float, language: str, decimals: int = 0) -> str:
    """Write a number with the language's marks.

    >>> number(1234.5, "en", 1), number(1234.5, "de", 1), number(-0.01, "en", 1)
    ('1,234.5', '1.234,5', '0.0')
    """
    text = f"{value:z,.{decimals}f}"
    if language == "de":
        text = text.translate({ord(","): ".", ord("."): ","})
    return text


def decimals_for(spread: float) -> int:
    """Choose decimals so that the width of an interval shows about two digits, at most 4.

    >>> decimals_for(3.4), decimals_for(0.012)
    (1, 3)
    """
    if spread <= 0 or not math.isfinite(spread):
        return 1
    return min(4, max(0, 1 - math.floor(math.log10(spread))))


def between(found: Interval, language: str, scale: float = 1.0, unit: str = "") -> str:
    """Write the ends of an interval in words.

    >>> between(Interval(0.066, 0.05, 0.084), "en", 100, "%")
    'between 5.0 and 8.4 %, 19 times out of 20'
    """
    digits = decimals_for((found.high - found.low) * scale)
    low, high = (number(end * scale, language, digits) for end in (found.low, found.high))
    tail = f" {unit}" if unit else ""
    joined = {"en": f"between {low} and {high}{tail}", "de": f"zwischen {low} und {high}{tail}"}
    return f"{joined[language]}, {NINETEEN[language]}"


def estimate_of(found: Interval, language: str, scale: float = 1.0, unit: str = "") -> str:
    """Write an estimate with as many digits as its interval knows.

    >>> estimate_of(Interval(0.066, 0.05, 0.084), "de", 100, "%")
    '6,6 %'
    """
    digits = decimals_for((found.high - found.low) * scale)
    return number(found.estimate * scale, language, digits) + (f" {unit}" if unit else "")


def both(english: str, german: str) -> Sentence:
    """Make a sentence in both languages."""
    return {"en": english, "de": german}


def date(at_ms: int, language: str) -> str:
    """Write a day as people do.

    >>> date(0, "en"), date(0, "de")
    ('1 Jan 1970', '1. Januar 1970')
    """
    day = datetime.fromtimestamp(at_ms / 1000, UTC)
    month = _MONTHS[language][day.month - 1]
    return f"{day.day}{'.' if language == 'de' else ''} {month} {day.year}"
