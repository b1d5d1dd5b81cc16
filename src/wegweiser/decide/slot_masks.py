"""Which candidates fit a placement, and which a slate may not show beside what it holds."""

from collections.abc import Iterator
from typing import cast

import numpy as np

from wegweiser.decide.candidate import Candidate, Indexes, Mask
from wegweiser.decide.policy import Policy, Shelf
from wegweiser.terms.message import Placement


def unfit(policy: Policy, shelf: Shelf, placement: Placement) -> dict[str, Mask]:
    """Tell by reason which candidates never compete at a placement."""
    key = ("unfit", placement.key)
    found = cast("dict[str, Mask] | None", policy.scorers.get(key))
    if found is None:
        found = {reason: mask for reason, mask in _unfit(shelf, placement) if mask.any()}
        policy.scorers[key] = found
    return found


def _unfit(shelf: Shelf, placement: Placement) -> Iterator[tuple[str, Mask]]:
    parts = shelf.candidates
    yield "fallback_only", np.array([part.message.fallback_only for part in parts], dtype=bool)
    if placement.formats:
        allowed = frozenset(placement.formats)
        outside = [_format_of(part) not in allowed for part in parts]
        yield "format", np.array(outside, dtype=bool)


def alike(policy: Policy, shelf: Shelf, placement: Placement, place: int) -> Mask:
    """Tell which candidates share a diversity key of the placement with the one at `place`.

    Candidates without a value in a key are never alike in it.
    """
    found = np.zeros(len(shelf.candidates), dtype=bool)
    for name in placement.diversity:
        codes = _codes(policy, shelf, name)
        if codes[place] >= 0:
            found |= codes == codes[place]
    return found


def _codes(policy: Policy, shelf: Shelf, name: str) -> Indexes:
    key = (f"diversity.{name}", shelf.channel)
    found = cast("Indexes | None", policy.scorers.get(key))
    if found is None:
        values = [_value_of(part, name) for part in shelf.candidates]
        code = {value: index for index, value in enumerate(sorted(set(values) - {""}))}
        found = np.array([code.get(value, -1) for value in values], dtype=np.intp)
        policy.scorers[key] = found
    return found


def _value_of(part: Candidate, name: str) -> str:
    if name == "format":
        return _format_of(part)
    return part.message.key if name == "message" else str(getattr(part.message, name))


def _format_of(part: Candidate) -> str:
    return part.variant.format or part.message.format
