"""What becomes of a probable pair: shown as likely, waiting for a yes, or dropped."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from wegweiser.resolve.classes import class_of_kind, priority_of
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import Identifier
from wegweiser.terms.profile import KnownIdentifier
from wegweiser.terms.wrong import wrong

Standing = Literal["likely", "possible"]


class Thresholds(msgspec.Struct, frozen=True):
    """From which probability a pair is proposed at all, and from which it is weak evidence."""

    possible: float = 0.5
    likely: float = 0.95

    def require_sound(self) -> None:
        """Raise InputRefused unless 0.01 <= possible <= likely <= 1.

        >>> Thresholds(possible=0.5, likely=0.95).require_sound()
        """
        if not 0.01 <= self.possible <= self.likely <= 1:
            told = wrong("thresholds")
            raise InputRefused("bad_input", told, 422, "possible")

    def standing(self, probability: float) -> Standing | None:
        """Tell what a pair of this probability is; None where it is not worth a look.

        >>> [Thresholds().standing(one) for one in (0.99, 0.6, 0.1)]
        ['likely', 'possible', None]
        """
        if probability >= self.likely:
            return "likely"
        return "possible" if probability >= self.possible else None


def clashes(a: Iterable[KnownIdentifier], b: Iterable[KnownIdentifier]) -> tuple[str, ...]:
    """Give the types of which one person may have one value only, and the two differ.

    >>> told = [KnownIdentifier("user_id", one, "member") for one in ("u-1", "u-2")]
    >>> clashes(told[:1], told[1:]), clashes(told[:1], told[:1])
    (('user_id',), ())
    """
    ours, theirs = _unique(a), _unique(b)
    return tuple(sorted(kind for kind in ours.keys() & theirs if ours[kind] != theirs[kind]))


def _unique(known: Iterable[KnownIdentifier]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one in known:
        if one.status != "superseded" and class_of_kind(one.type) == "unique":
            found[one.type] = found.get(one.type, frozenset()) | {one.value}
    return found


def anchor(names: Iterable[Identifier]) -> Identifier:
    """Give the identifier that a person is linked by: of the highest rank, then alphabetical.

    >>> anchor(["anonymous_id:a", "email:ada@lang.example", "user_id:u-1"])
    'user_id:u-1'
    """
    return min(names, key=lambda name: (priority_of(name), name))
