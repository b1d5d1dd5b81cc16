"""The purposes in a consent string of the Transparency and Consent Framework, version 2."""

import base64
import binascii
from functools import lru_cache

LONGEST_STRING = 4_096
PURPOSES_READ = range(1, 12)
_VERSION_BITS = 6
# Version, two moments, the consent manager, its screen and language, lists, two flags, features.
_BITS_BEFORE_PURPOSES = 6 + 36 + 36 + 12 + 12 + 6 + 12 + 12 + 6 + 1 + 1 + 12
_PURPOSE_BITS = 24


def tcf_purposes(text: str) -> frozenset[int] | None:
    """Give the numbers of the purposes consented to; None for a string that cannot be read.

    >>> sorted(tcf_purposes("COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA"))
    [1, 2, 3]
    >>> tcf_purposes("consent!") is None
    True
    """
    return _purposes_in(text.partition(".")[0][:LONGEST_STRING])


@lru_cache(maxsize=2_048)
def _purposes_in(core: str) -> frozenset[int] | None:
    try:
        bits = base64.b64decode(core + "=" * (-len(core) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(bits) * 8 < _BITS_BEFORE_PURPOSES + _PURPOSE_BITS:
        return None
    number, length = int.from_bytes(bits, "big"), len(bits) * 8
    if number >> (length - _VERSION_BITS) != 2:
        return None
    start = length - _BITS_BEFORE_PURPOSES
    return frozenset(purpose for purpose in PURPOSES_READ if number >> (start - purpose) & 1)
