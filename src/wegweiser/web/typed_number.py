"""Numbers in form fields: written as the reader does, and read however they were typed."""

import re

from babel import numbers

from wegweiser.web.text import Reader

_PLAIN = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
# Thousands as a language groups them, with its sign for decimals behind.
_GROUPED = {
    "en": re.compile(r"[-+]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?"),
    "de": re.compile(r"[-+]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?"),
}
DIGITS = 10
# What is larger is written by its digits and an exponent.
_LARGE = 1e16


def entry(reader: Reader, value: float) -> str:
    """Write a number into a field: no more digits than it has, no thousands apart.

    One more where it has three, so that a comma is not taken to keep thousands apart.

    >>> entry(Reader("de", "UTC", 0), 10.0), entry(Reader("de", "UTC", 0), 1234.5)
    ('10', '1234,5')
    >>> entry(Reader("de", "UTC", 0), 1e21), entry(Reader("de", "UTC", 0), 1.125)
    ('1e+21', '1,1250')
    """
    if abs(value) >= _LARGE:
        return repr(value)
    shape = "0." + "#" * DIGITS
    written = numbers.format_decimal(value, format=shape, locale=reader.locale)
    return f"{written}0" if _GROUPED["en"].fullmatch(written) else written


def typed_number(reader: Reader, text: str) -> str:
    """Give what was typed as a number with a point; what is none stays as it is.

    Point and comma both stand before decimals, but for thousands as the reader writes them.

    >>> german, english = Reader("de", "UTC", 0), Reader("en", "UTC", 0)
    >>> typed_number(german, "1.500"), typed_number(german, "0,25"), typed_number(german, "0.25")
    ('1500', '0.25', '0.25')
    >>> typed_number(english, "1,500"), typed_number(english, "0,25"), typed_number(english, "?")
    ('1500', '0.25', '?')
    """
    written = text.strip()
    if _GROUPED[reader.language].fullmatch(written):
        thousands = "," if reader.language == "en" else "."
        return written.replace(thousands, "").replace(",", ".")
    return stated_number(written)


def stated_number(text: str) -> str:
    """Read a number of an address, where a point stands before decimals in every language.

    A comma does so as well, but not before groups of three digits, which may be thousands: what is
    not certain is no number. Where both stand, the last one does, and the other keeps thousands
    apart.

    >>> stated_number("1.500"), stated_number("0,5"), stated_number("1.234,5"), stated_number("no")
    ('1.500', '0.5', '1234.5', 'no')
    >>> stated_number("1,5.5"), stated_number("1,500")
    ('1,5.5', '1,500')
    """
    written = text.strip()
    if "." not in written and _GROUPED["en"].fullmatch(written):
        return text
    if "." in written and "," in written:
        if not any(shape.fullmatch(written) for shape in _GROUPED.values()):
            return text
        thousands = min(".,", key=written.index)
        written = written.replace(thousands, "")
    found = written.replace(",", ".")
    return found if _PLAIN.fullmatch(found) else text
