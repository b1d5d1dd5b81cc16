"""Fills a placement slot by slot: probabilities first, then one draw, each of them recorded."""

import hashlib
from functools import lru_cache

import msgspec
import numpy as np

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.candidate import NOTHING, Indexes
from wegweiser.decide.probability import WHOLE, Selection
from wegweiser.terms.decision import Draw, How
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


def choose(
    placement: str,
    slot: int,
    survivors: Indexes,
    utilities: Utilities,
    selection: Selection,
    number: int,
    how: How | None = None,
    explored: tuple[float, int, int] | None = None,
) -> Chosen:
    """Draw one of the survivors (candidate indexes, ascending) or "nothing".

    `how` is set where something else than the model's draw decides; `explored` is what goes on
    record of the exploration: its share, the prospects that have it, and the grid.
    """
    units = selection.units
    bounds = np.cumsum(units)
    place = int(np.searchsorted(bounds, np.uint64(number), side="right"))
    candidates = survivors.astype("<u2")
    if len(units) > len(survivors):
        candidates = np.append(candidates, np.uint16(NOTHING))
    width = int(units[place])
    offset = number - (int(bounds[place]) - width)
    floor, top, grid = explored or (None, 0, 0)
    draw = Draw(
        placement=placement,
        slot=slot,
        candidates=candidates.astype("<u2").tobytes(),
        weights=units.astype("<u8").tobytes(),
        drawn=number,
        chosen=int(candidates[place]),
        how=how or _how(utilities, selection, place, offset, width),
        floor=floor,
        top=top,
        grid=grid,
    )
    return Chosen(draw, place if place < len(survivors) else None, width / WHOLE)


def _how(utilities: Utilities, selection: Selection, place: int, offset: int, width: int) -> How:
    if width == WHOLE:
        # Without an alternative nothing was explored.
        return "best"
    if offset >= width - int(selection.floor[place] * WHOLE):
        return "floor"
    middle = utilities.middle
    if len(selection.probability) > len(middle):
        middle = np.append(middle, 0.0)
    return "best" if place == int(middle.argmax()) else "sampled"
