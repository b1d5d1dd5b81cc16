"""Names of fields whose content nobody may keep, however they are written."""

from collections.abc import Iterable
from functools import lru_cache

import re2

# A name that holds one of these anywhere, ends in one of them, or is one of them.
WITHIN = (
    *("password", "passwd", "passphrase", "passwort", "kennwort", "creditcard", "kreditkart"),
    *("cardnumber", "ccnumber", "kartennummer", "privatekey", "clientsecret", "securitycode"),
    *("socialsecurity", "sozialversicherung", "apikey", "apisecret", "accesskey"),
)
AT_END = (
    *("token", "iban", "cvv", "cvc", "cvv2", "cvc2", "pwd", "secret", "cardno", "ssn"),
    *("diagnosis", "diagnose", "medication", "medikation", "religion", "ethnicity"),
)
WHOLE = (
    *("pin", "tan", "card", "debitcard", "pan", "authorization", "cookie", "setcookie", "bearer"),
    *("kontonummer", "bankaccount", "bankaccountnumber", "steuerid", "steuernummer"),
    *("passportnumber", "ausweisnummer", "disease", "illness", "krankheit", "symptom", "symptoms"),
    *("symptome", "therapy", "therapie", "icd", "icd10", "disability", "behinderung", "pregnancy"),
    *("schwangerschaft", "ethnicorigin", "politicalopinion", "politicalviews"),
    *("tradeunion", "gewerkschaft", "sexualorientation", "sexuality", "biometrics", "genetic"),
    *("konfession", "healthdata", "gesundheitsdaten"),
)
_GAP = r"[_\-. ]*"
_ANY_IN_SOURCE = r"[^\"\\]*"


def names_pattern(names: Iterable[str] = (), any_text: str = _ANY_IN_SOURCE) -> str:
    """Write the pattern of all denied names and of further whole `names`, for JSON source.

    Case counts for nothing, nor do signs that part the words of a name; `any_text` is what may
    stand around them.
    """
    within, at_end = (_either(words) for words in (WITHIN, AT_END))
    whole = _either((*WHOLE, *(_plain(name) for name in names)))
    return f"(?:{any_text}{within}{any_text}|{any_text}{at_end}{_GAP}|{_GAP}{whole}{_GAP})"


def _either(words: Iterable[str]) -> str:
    return "(?:" + "|".join(_GAP.join(map(re2.escape, word)) for word in words) + ")"


def _plain(name: str) -> str:
    return name.lower().translate(_NO_GAPS)


_NO_GAPS = str.maketrans("", "", "_-. ")
_DENIED = re2.compile(f"(?is){names_pattern(any_text='.*')}".encode())


@lru_cache(maxsize=16_384)
def is_denied(name: str) -> bool:
    """Tell whether a field of this name is one whose content nobody may keep.

    >>> [is_denied(name) for name in ("newPassword", "access-token", "Card Number", "tokens_used")]
    [True, True, True, False]
    """
    return _DENIED.fullmatch(name.encode("utf-8", "replace")) is not None


def same_name(a: str, b: str) -> bool:
    """Tell whether two names differ at most in case and in the signs between their words.

    >>> same_name("birth_date", "birthDate")
    True
    """
    return _plain(a) == _plain(b)
