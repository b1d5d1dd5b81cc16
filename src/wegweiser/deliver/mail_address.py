"""Reads mail addresses that a message may go to or come from: one plain address, and no more."""

import re

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

_LONGEST = 254
# ASCII alone, so that nothing invisible and no second spelling can stand in it.
_PLAIN = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
    re.IGNORECASE,
)
_NAMED = re.compile(r'(?:"([^"\\\x00-\x1f\x7f]*)"|([^"<>@,;:\\\x00-\x1f\x7f]*))\s*<([^<>]*)>')


def plain_address(text: str) -> str:
    r"""Give one plain address as it is written; raises InputRefused (422) for anything else.

    >>> plain_address("ada@example.com")
    'ada@example.com'
    >>> plain_address("ada@example.com\r\nBcc: all@example.com")
    Traceback (most recent call last):
    ...
    wegweiser.terms.errors.InputRefused: ... is not one plain mail address, such as ada@example.com.
    """
    local = text.partition("@")[0]
    if len(text) > _LONGEST or len(local) > 64 or not _PLAIN.fullmatch(text):
        raise InputRefused(
            "bad_address",
            wrong("no_address", address=repr(text[:80])),
            422,
            "address",
        )
    return text


def named_address(text: str) -> tuple[str, str]:
    """Give name and address of a sender; raises InputRefused when it is not of this form.

    >>> named_address("Example Post <news@example.com>")
    ('Example Post', 'news@example.com')
    >>> named_address("news@example.com")
    ('', 'news@example.com')
    """
    found = _NAMED.fullmatch(text.strip())
    if found is None:
        return "", plain_address(text.strip())
    return (found[1] or found[2] or "").strip(), plain_address(found[3])
