"""Fills a placement slot by slot: probabilities first, then one draw, each of them recorded."""

import hashlib
import hmac

import msgspec
import numpy as np

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.candidate import NOTHING, Indexes
from wegweiser.decide.probability import WHOLE, Selection, in_units
from wegweiser.terms.decision import Draw, How


class Chosen(msgspec.Struct, frozen=True):
    """One draw, the place of the winner among the survivors (None is "nothing") and its π."""

    draw: Draw
    place: int | None
    pi: float


def drawn_number(key: bytes, request_id: str, placement: str, slot: int) -> int:
    """Give the 32-bit random integer of a slot; the same request gives the same one.

    >>> drawn_number(b"key", "req-1", "home.hero", 0) == drawn_number(b"key", "req-1", "x", 0)
    False
    """
    text = f"{request_id}|{placement}#{slot}|select"
    return int.from_bytes(hmac.digest(key, text.encode(), hashlib.sha256)[:4], "big")


def choose(
    placement: str,
    slot: int,
    survivors: Indexes,
    utilities: Utilities,
    selection: Selection,
    number: int,
    arm: str,
) -> Chosen:
    """Draw one of the survivors (candidate indexes, ascending) or "nothing"."""
    units = in_units(selection.probability)
    bounds = np.cumsum(units)
    place = int(np.searchsorted(bounds, np.uint64(number), side="right"))
    candidates = survivors.astype("<u2")
    if len(units) > len(survivors):
        candidates = np.append(candidates, np.uint16(NOTHING))
    width = int(units[place])
    offset = number - (int(bounds[place]) - width)
    how: How = "arm"
    if arm != "random":
        how = _how(utilities, selection, place, offset, width)
    draw = Draw(
        placement=placement,
        slot=slot,
        candidates=candidates.astype("<u2").tobytes(),
        weights=units.astype("<u8").tobytes(),
        drawn=number,
        chosen=int(candidates[place]),
        how=how,
    )
    return Chosen(draw, place if place < len(survivors) else None, width / WHOLE)


def _how(utilities: Utilities, selection: Selection, place: int, offset: int, width: int) -> How:
    if width == WHOLE:
        # Without an alternative nothing was explored.
        return "best"
    if offset >= width - int(selection.floor[place] * WHOLE):
        return "floor"
    middle = utilities.at(0.0)
    if len(selection.probability) > len(middle):
        middle = np.append(middle, 0.0)
    return "best" if place == int(middle.argmax()) else "sampled"
