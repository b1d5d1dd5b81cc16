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


def entry(reader: Reader, value: float) -> str:
    """Write a number into a field: no more digits than it has, no thousands apart.

    >>> entry(Reader("de", "UTC", 0), 10.0), entry(Reader("de", "UTC", 0), 1234.5)
    ('10', '1234,5')
    """
    shape = "0." + "#" * DIGITS
    return numbers.format_decimal(value, format=shape, locale=reader.locale)


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

    A comma does so as well; where both stand, the last one does.

    >>> stated_number("1.500"), stated_number("0,5"), stated_number("1.234,5"), stated_number("no")
    ('1.500', '0.5', '1234.5', 'no')
    """
    written = text.strip()
    signs = [sign for sign in written if sign in ".,"]
    if len(set(signs)) > 1:
        found = written.replace(signs[0], "").replace(",", ".")
    else:
        found = written.replace(",", ".")
    return found if _PLAIN.fullmatch(found) else text
