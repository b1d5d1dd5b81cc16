"""Texts that no spreadsheet takes for a formula."""

import unicodedata
from urllib.parse import unquote

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_SKIPPED = " \u00a0\ufeff\"'`;,"


def harmless(text: str) -> str:
    """Put an apostrophe before what begins like a formula, however it is hidden.

    White space, quotes and separators before it are looked through, so are percent signs and
    the wide forms of the signs.

    >>> harmless("=1+1"), harmless(' "%3D1+1'), harmless("Ada")
    ("'=1+1", '\\' "%3D1+1', 'Ada')
    """
    for read in (text, unquote(text)):
        begun = unicodedata.normalize("NFKC", read).lstrip(_SKIPPED)
        if begun.startswith(_STARTS) or read.startswith(_STARTS):
            return f"'{text}"
    return text
