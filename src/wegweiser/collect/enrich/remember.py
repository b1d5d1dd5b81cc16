"""Results remembered by text, within bounds that no sender can make large."""

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import TypeVar, TypeVarTuple

TEXTS_HELD = 4_096
LONGEST_HELD = 1_000

_More = TypeVarTuple("_More")
_Found = TypeVar("_Found")


def remembered(function: Callable[[str, *_More], _Found]) -> Callable[[str, *_More], _Found]:
    """Remember what a pure function of a text gave; a long text is worked out each time.

    >>> calls: list[str] = []
    >>> length = remembered(lambda text: calls.append(text) or len(text))
    >>> length("a"), length("a"), len(calls)
    (1, 1, 1)
    """
    held = lru_cache(maxsize=TEXTS_HELD)(function)

    def call(text: str, *more: *_More) -> _Found:
        return held(text, *more) if len(text) <= LONGEST_HELD else function(text, *more)

    update_wrapper(call, function)
    return call
