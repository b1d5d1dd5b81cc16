"""Values that broken templates send for everybody, so that they identify nobody."""

import re
from functools import lru_cache

_WORDS = frozenset(
    {
        "-1",
        "null",
        "nil",
        "none",
        "nan",
        "undefined",
        "true",
        "false",
        "anonymous",
        "guest",
        "id",
        "distinctid",
        "distinct_id",
        "not_authenticated",
        "email",
        "unknown",
        "n/a",
        "test@example.com",
    }
)
_PATTERN = re.compile(
    r"[0-]*"
    r"|\[object .*\]"
    r"|\{\{.*\}\}|\{%.*%\}|\$\{.*\}|%%.*%%|<.*>",
    re.DOTALL,
)
_PATTERN_STARTS = frozenset("0-[{$%<")
# Longer values are looked at each time, so that strangers cannot fill the memory.
LONGEST_HELD = 255
_QUOTES_AND_SPACE = "\"'` \t\r\n"
_MAIL_DOMAINS = frozenset({"example.com", "example.net", "example.org"})
_MAIL_ENDINGS = frozenset({"test", "invalid", "localhost"})


def is_placeholder(kind: str, value: str) -> bool:
    """Say whether a value of an identifier type stands for nobody; such a value never links.

    Case and surrounding quotes do not count. `kind` is the identifier type ("user_id",
    "email", ...); addresses of domains reserved for documentation and tests are nobody's.

    >>> is_placeholder("user_id", "'NULL'"), is_placeholder("user_id", "{{user.id}}")
    (True, True)
    >>> is_placeholder("user_id", "u-42"), is_placeholder("email", "a@example.com")
    (False, True)
    """
    held = len(value) <= LONGEST_HELD
    return (_stands_for_nobody if held else _stands_for_nobody.__wrapped__)(kind, value)


@lru_cache(maxsize=65_536)
def _stands_for_nobody(kind: str, value: str) -> bool:
    bare = value.strip(_QUOTES_AND_SPACE).lower()
    if not bare or bare in _WORDS:
        return True
    if bare[0] in _PATTERN_STARTS and _PATTERN.fullmatch(bare):
        return True
    return kind == "email" and _is_nobodys_domain(bare.rpartition("@")[2])


def _is_nobodys_domain(domain: str) -> bool:
    return domain in _MAIL_DOMAINS or domain.rpartition(".")[2] in _MAIL_ENDINGS
