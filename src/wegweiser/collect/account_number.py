"""Numbers of payment cards and bank accounts in text, proved by their checksums."""

import re
from collections.abc import Callable
from functools import lru_cache

import re2

CARD_MASK = "[card]"
ACCOUNT_MASK = "[iban]"
UNSEEN_MASK = "[number]"
MOST_LOOKS = 500
LONGEST_HELD = 200
# How the numbers of card issuers begin; a moment in milliseconds begins otherwise.
_ISSUERS = (
    r"4|5[0-8]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|[689])|35(?:2[89]|[3-8])|6"
)
_ISSUER = re.compile(_ISSUERS)
_FIRST = rf"(?<![\w.])(?={_ISSUERS})[2-6][0-9]{{3}}"
_CARD_BEGINS = re.compile(_FIRST + r"(?=(?:[ -]?[0-9]){9})")
_CARD_SIGNS = re.compile(r"[0-9](?:[ -]?[0-9]){12,18}")
_DIGIT_GROUPS = re.compile(_FIRST + r"(?:[ -]?[0-9]){9,}")
# Behind a comma stands a fraction, or the next of several numbers.
_GOES_ON = re.compile(r"\w|\.[0-9]|,(?![2-6][0-9]{3}(?:[ -]?[0-9]){9})[0-9]")
_GROUP_END = re.compile(r"[0-9](?![0-9])")
# By the code of a digit, since numbers in bytes add up without being read one by one.
_PLAIN = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    "LC": 32,
    "RU": 33,
}
COUNTRIES = tuple(sorted(_LENGTHS))
_COUNTRY = rf"(?<![A-Za-z0-9])(?=[A-Za-z]{{2}}[0-9])(?i:{'|'.join(COUNTRIES)})[0-9]{{2}}"
_ACCOUNT_BEGINS = re.compile(_COUNTRY + r"(?=(?:[ -]?[A-Za-z0-9]){11})")
_SIGN_GROUPS = re.compile(_COUNTRY + r"(?:[ -]?[A-Za-z0-9]){11,29}[A-Za-z0-9]*")
_SIGNS = {
    length: re.compile(rf"[A-Za-z0-9](?:[ -]?[A-Za-z0-9]){{{length - 1}}}(?![^\W_])")
    for length in set(_LENGTHS.values())
}
_NO_GAPS = str.maketrans("", "", " -")

# In the source of JSON a number may stand behind an escape, whose last sign is no letter of it.
_BEFORE = r"(?:^|[^0-9A-Za-z_.]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})"
SUSPICIOUS = (
    rf"{_BEFORE}[2-6][0-9]{{3}}(?:[ -]?[0-9]){{9}}"
    rf"|(?:^|[^A-Za-z0-9])(?i:{'|'.join(COUNTRIES)})[0-9]{{2}}(?:[ -]?[A-Za-z0-9]){{11}}"
)
"""A pattern that every text fits which holds such a number, and few others do."""
_suspicious = re2.compile(SUSPICIOUS)


class NumberBlotter:
    """Blots the numbers of cards and bank accounts out of the texts of one body.

    The first in each text is always looked at, and `most_looks` more in all texts together;
    what looks like one after that is blotted out unseen, so that no body costs much time.

    >>> NumberBlotter(most_looks=1).plain("4111111111111112 / 4111111111111112 / 4111111111111112")
    '4111111111111112 / 4111111111111112 / [number]'
    """

    def __init__(self, most_looks: int = MOST_LOOKS):
        self._looks_left = most_looks

    def plain(self, text: str) -> str:
        """Give a text without such numbers."""
        if len(text) < 13:
            return text
        if text.isdigit():
            return CARD_MASK if is_card(text) else text
        if not (_may_hold(text) if len(text) <= LONGEST_HELD else _holds(text)):
            return text
        self._looks_left += 1
        looks = self._looks_left
        # No mask is the beginning or the end of another number: nothing is left for a second go.
        text = self._blotted(text, _ACCOUNT_BEGINS, _account_end, ACCOUNT_MASK, _SIGN_GROUPS)
        text = self._blotted(text, _CARD_BEGINS, _card_end, CARD_MASK, _DIGIT_GROUPS)
        if self._looks_left == looks:
            self._looks_left -= 1
        return text

    def _blotted(
        self,
        text: str,
        begins: re.Pattern[str],
        end_of: Callable[[str, int], int],
        mask: str,
        groups: re.Pattern[str],
    ) -> str:
        parts: list[str] = []
        done = at = 0
        while (found := begins.search(text, at)) is not None:
            start, at = found.span()
            if not self._looks_left:
                return "".join((*parts, text[done:start], groups.sub(UNSEEN_MASK, text[start:])))
            self._looks_left -= 1
            end = end_of(text, start)
            if end:
                parts += (text[done:start], mask)
                done = at = end
        return "".join((*parts, text[done:])) if parts else text


def without_numbers(text: str) -> str:
    """Give a text with the numbers of cards and bank accounts blotted out.

    >>> without_numbers("pay with 4111 1111 1111 1111 or DE89 3704 0044 0532 0130 00, please")
    'pay with [card] or [iban], please'
    >>> without_numbers("order 4111111111111112")
    'order 4111111111111112'
    """
    return NumberBlotter().plain(text)


def _holds(text: str) -> bool:
    return _suspicious.search(text) is not None


@lru_cache(maxsize=16_384)
def _may_hold(text: str) -> bool:
    return not (_CARD_BEGINS.search(text) is None and _ACCOUNT_BEGINS.search(text) is None)


def is_card(digits: str) -> bool:
    """Tell whether digits are the number of a payment card: its issuer, its length, its sum.

    >>> is_card("4111111111111111"), is_card("1700000000000")
    (True, False)
    """
    if not (13 <= len(digits) <= 19 and digits.isascii() and _ISSUER.match(digits)):
        return False
    codes = digits.encode()
    plain, doubled = codes[::-2].translate(_PLAIN), codes[-2::-2].translate(_DOUBLED)
    return (sum(plain) + sum(doubled)) % 10 == 0


def is_account(number: str) -> bool:
    """Tell whether letters and digits are an IBAN: its country, its length, its sum.

    >>> is_account("DE89370400440532013000"), is_account("DE88370400440532013000")
    (True, False)
    """
    if _LENGTHS.get(number[:2]) != len(number):
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def _card_end(text: str, start: int) -> int:
    """Find the end of the longest card number that begins at a place; 0 where none does."""
    found = _CARD_SIGNS.match(text, start)
    if found is None:
        return 0
    signs = found[0]
    ends = [group.end() for group in _GROUP_END.finditer(signs, 12)]
    for end in reversed(ends):
        part = signs[:end].translate(_NO_GAPS)
        if is_card(part) and _GOES_ON.match(text, start + end) is None:
            return start + end
    return 0


def _account_end(text: str, start: int) -> int:
    """Find the end of an account number that begins at a place; 0 where none does."""
    found = _SIGNS[_LENGTHS[text[start : start + 2].upper()]].match(text, start)
    if found is None or not is_account(found[0].translate(_NO_GAPS).upper()):
        return 0
    return found.end()
