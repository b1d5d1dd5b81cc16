"""Normalisation of identifier values: one spelling for one thing, before anything is matched."""

import re
import unicodedata
from functools import lru_cache

from wegweiser.terms.json import Json
from wegweiser.terms.placeholder import is_placeholder

LONGEST_VALUE = 255
# Longer texts are looked at each time, so that strangers cannot fill the memory with them.
LONGEST_HELD = 512
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cs"})
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DOMAIN_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PHONE_FILLER = re.compile(r"[\s().\-/\u00a0]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_CASE_KEPT = frozenset({"user_id", "anonymous_id"})


def normalise(kind: str, raw: Json) -> str | None:
    """Give the one spelling of an identifier's value, None when it is no identifier.

    Whole numbers are taken as their digits; placeholders ("null", "guest") are refused.

    >>> normalise("user_id", " u-1 ")
    'u-1'
    >>> normalise("user_id", "null") is None
    True
    >>> normalise("phone", "+49 (30) 1234-567")
    '+49301234567'
    """
    if isinstance(raw, str):
        return _of_text(kind, raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    if isinstance(raw, float):
        return _of_text(kind, str(int(raw))) if raw.is_integer() else None
    return _of_text(kind, str(raw))


def _of_text(kind: str, raw: str) -> str | None:
    return (_normalise_text if len(raw) <= LONGEST_HELD else _normalise_text.__wrapped__)(kind, raw)


@lru_cache(maxsize=65_536)
def _normalise_text(kind: str, raw: str) -> str | None:
    text = unicodedata.normalize("NFC", raw.strip())
    if not text or len(text) > LONGEST_VALUE:
        return None
    if not text.isalnum() and any(unicodedata.category(c) in _UNSEEN_CATEGORIES for c in text):
        return None
    if is_placeholder(kind, text):
        return None
    if kind == "email":
        return _email(text)
    if kind == "phone":
        return _phone(text)
    if kind == "domain":
        return _domain(text)
    if kind not in _CASE_KEPT and not kind.startswith("crm_") and _UUID.fullmatch(text):
        return text.lower()
    return text


def _email(text: str) -> str | None:
    local, at, domain = text.partition("@")
    if not local or not at or "@" in domain or any(c.isspace() for c in text):
        return None
    label = _domain(domain)
    if label is None:
        return None
    whole = f"{local.lower()}@{label}"
    return None if len(whole) > LONGEST_VALUE or is_placeholder("email", whole) else whole


def _domain(text: str) -> str | None:
    try:
        ascii_text = text.lower().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = ascii_text.split(".")
    whole = len(labels) >= 2 and all(_DOMAIN_LABEL.fullmatch(label) for label in labels)
    return ascii_text if whole else None


def _phone(text: str) -> str | None:
    # Without a region a national number cannot be told apart from another country's.
    digits = _PHONE_FILLER.sub("", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return digits if _E164.fullmatch(digits) else None
