"""One offer per account: colleagues must never see prices or claims that contradict each other."""

import hashlib
from typing import cast

import msgspec
import numpy as np

from wegweiser.decide.candidate import Mask
from wegweiser.decide.policy import Policy, Shelf

_SALT = "wegweiser.offers"
_MOST_REMEMBERED = 5_000


class _Bond(msgspec.Struct, frozen=True):
    """A message that binds whoever makes the offer, what it is for, and its dates (ms)."""

    message: str
    goal: str
    starts_at: int
    ends_at: float


class _Bonds(msgspec.Struct, frozen=True):
    """The messages that bind; `dated` tells whether the calendar changes which of them live."""

    all: tuple[_Bond, ...]
    dated: bool
    masks: dict[tuple[str, str, tuple[_Bond, ...]], Mask]


def kept_from(policy: Policy, shelf: Shelf, unit: str, as_of: int) -> Mask | None:
    """Tell which candidates an account must not see, because it was given another offer.

    Messages that bear a price or a claim for one goal are drawn per account: a hash of the unit
    chooses one of those in their dates at `as_of` (ms), and one of its variants for each language,
    whoever asks. None when no message binds anybody. `unit` is the account, else the person.
    """
    bonds = _bonds(policy)
    if not bonds.all:
        return None
    live = bonds.all
    if bonds.dated:
        live = tuple(one for one in bonds.all if one.starts_at <= as_of < one.ends_at)
    key = (shelf.channel, unit, live)
    found = bonds.masks.get(key)
    if found is None:
        if len(bonds.masks) >= _MOST_REMEMBERED:
            bonds.masks.clear()
        found = bonds.masks[key] = _drawn(shelf, live, unit)
    return found


def _bonds(policy: Policy) -> _Bonds:
    name = ("offers", "")
    found = cast("_Bonds | None", policy.scorers.get(name))
    if found is None:
        bonds = tuple(
            _Bond(
                part.key,
                part.goal,
                part.starts_at or 0,
                float("inf") if part.ends_at is None else part.ends_at,
            )
            for part in policy.bundle.messages
            if (part.price_bearing or part.claim_bearing) and not part.stopped
        )
        dated = any(one.starts_at or one.ends_at != float("inf") for one in bonds)
        found = _Bonds(bonds, dated, {})
        policy.scorers[name] = found
    return found


def _drawn(shelf: Shelf, live: tuple[_Bond, ...], unit: str) -> Mask:
    """Leave of every goal one message, and of that one variant for each language."""
    goals: dict[str, tuple[bytes, str]] = {}
    for bond in live:
        lot = (_lot(unit, bond.message), bond.message)
        goals[bond.goal] = min(goals.get(bond.goal, lot), lot)
    chosen = {message for _, message in goals.values()}
    forms: dict[tuple[str, str], tuple[bytes, int]] = {}
    binding: list[int] = []
    for place, part in enumerate(shelf.candidates):
        message = part.message
        if not (message.price_bearing or message.claim_bearing):
            continue
        binding.append(place)
        if message.key in chosen:
            form = (message.key, part.variant.locale)
            ticket = (_lot(unit, part.id), place)
            forms[form] = min(forms.get(form, ticket), ticket)
    mask = np.zeros(len(shelf.candidates), dtype=bool)
    mask[binding] = True
    mask[[place for _, place in forms.values()]] = False
    return mask


def _lot(unit: str, name: str) -> bytes:
    return hashlib.sha256(f"{_SALT}|{unit}|{name}".encode()).digest()
