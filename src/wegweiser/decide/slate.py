"""Fills a placement slot by slot: probabilities first, then one draw, each of them recorded."""

import hashlib
from collections.abc import Callable
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.candidate import NOTHING, Indexes
from wegweiser.decide.probability import WHOLE, Selection
from wegweiser.terms.decision import Draw, Figures, How
from wegweiser.terms.keyed_hash import keyed_hash


class Chosen(msgspec.Struct, frozen=True):
    """One draw, the place of the winner among the survivors (None is "nothing") and its π."""

    draw: Draw
    place: int | None
    pi: float


def drawn_number(
    key: bytes, request_id: str, placement: str, slot: int, purpose: str = "select"
) -> int:
    """Give the 32-bit random integer of a slot; the same request gives the same one.

    >>> drawn_number(b"key", "req-1", "home.hero", 0) == drawn_number(b"key", "req-1", "x", 0)
    False
    """
    text = f"{request_id}|{placement}#{slot}|{purpose}"
    return int.from_bytes(keyed_hash(key, text.encode())[:4], "big")


@lru_cache(maxsize=16)
def key_id(key: bytes) -> str:
    """Name a secret of the draws without telling it: the first 8 digits of its SHA-256.

    >>> key_id(b"")
    ''
    """
    return hashlib.sha256(b"wegweiser.stream|" + key).hexdigest()[:8] if key else ""


class Lots(msgspec.Struct, frozen=True):
    """What a slot is drawn from: candidates and weights as they go on record, and their bounds.

    `ends` are running sums of the weights in units of 2**-32, `floors` the part of each weight
    that is there for exploration only, `best` the place of the highest utility at its mean.
    Behind the last of `count` survivors stands "nothing", where that is allowed.
    """

    candidates: bytes
    weights: bytes
    ends: NDArray[np.uint64]
    floors: NDArray[np.float64]
    best: int
    count: int


def lots_of(survivors: Indexes, utilities: Utilities, selection: Selection) -> Lots:
    """Lay out a slot for any number of draws; `survivors` are candidate indexes, ascending."""
    candidates, middle = survivors.astype("<u2"), utilities.middle
    if len(selection.units) > len(survivors):
        candidates = np.append(candidates, np.uint16(NOTHING))
        middle = np.append(middle, 0.0)
    return Lots(
        candidates=candidates.astype("<u2").tobytes(),
        weights=selection.units.astype("<u8").tobytes(),
        ends=np.cumsum(selection.units),
        floors=selection.floor,
        best=int(middle.argmax()),
        count=len(survivors),
    )


def draw(
    placement: str,
    slot: int,
    lots: Lots,
    number: int,
    how: How | None = None,
    explored: tuple[float, int, int] | None = None,
    figures: Callable[[int | None], Figures] | None = None,
) -> Chosen:
    """Draw one of the survivors or "nothing" by a 32-bit random integer.

    `how` is set where something else than the model's draw decides; `explored` is what goes on
    record of the exploration: its share, the prospects that have it, and the grid; `figures`
    gives what portfolio views need, by the place of the winner.
    """
    place = int(lots.ends.searchsorted(np.uint64(number), side="right"))
    end = int(lots.ends[place])
    width = end - (int(lots.ends[place - 1]) if place else 0)
    winner = place if place < lots.count else None
    floor, top, grid = explored or (None, 0, 0)
    drawn = Draw(
        placement=placement,
        slot=slot,
        candidates=lots.candidates,
        weights=lots.weights,
        drawn=number,
        chosen=int.from_bytes(lots.candidates[2 * place : 2 * place + 2], "little"),
        how=how or _how(lots, place, number - (end - width), width),
        floor=floor,
        top=top,
        grid=grid,
        figures=None if figures is None else figures(winner),
    )
    return Chosen(drawn, winner, width / WHOLE)


def _how(lots: Lots, place: int, offset: int, width: int) -> How:
    if width == WHOLE:
        # Without an alternative nothing was explored.
        return "best"
    if offset >= width - int(lots.floors[place] * WHOLE):
        return "floor"
    return "best" if place == lots.best else "sampled"
