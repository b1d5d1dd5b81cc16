"""Keys of one table that are written otherwise in another: repaired, and every repair reported."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

import msgspec

_MARKS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d")
_ALIKE = 0.9


class Repair(msgspec.Struct, frozen=True):
    """What became of keys: `repaired` maps a writing to (known key, rows), `unmatched` to rows."""

    repaired: Mapping[str, tuple[str, int]]
    unmatched: Mapping[str, int]

    def of(self, key: str) -> str:
        """Give the known writing of a key, the key itself where there is none."""
        return self.repaired[key][0] if key in self.repaired else key


def match_keys(keys: Iterable[str], known: Sequence[str], nearly: bool = False) -> Repair:
    """Match keys to the known ones without case, spaces and marks; `nearly` allows slips too.

    Keys with other digits are never nearly the same. Only what fits exactly one known key is
    repaired; the rest is reported as unmatched.

    >>> found = match_keys(["GTXPro", "GTXPro", "Basic", "Other"], ["GTX Pro", "Basic"])
    >>> found.repaired, found.unmatched
    ({'GTXPro': ('GTX Pro', 2)}, {'Other': 1})
    """
    counted = Counter(key for key in keys if key and key not in known)
    repaired: dict[str, tuple[str, int]] = {}
    unmatched: dict[str, int] = {}
    for key, rows in sorted(counted.items()):
        fits = _same(key, known) or (_alike(key, known) if nearly else [])
        if len(fits) == 1:
            repaired[key] = (fits[0], rows)
        else:
            unmatched[key] = rows
    return Repair(repaired, unmatched)


def _bare(key: str) -> str:
    return _MARKS.sub("", key).casefold()


def _same(key: str, known: Sequence[str]) -> list[str]:
    return [one for one in known if _bare(one) == _bare(key)]


def _alike(key: str, known: Sequence[str]) -> list[str]:
    bare = _bare(key)
    return [
        one
        for one in known
        if _DIGITS.findall(one) == _DIGITS.findall(key)
        and SequenceMatcher(None, bare, _bare(one)).ratio() >= _ALIKE
    ]
