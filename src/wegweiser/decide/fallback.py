"""Step eleven: what is shown where nothing could be decided, as lawful as everything else."""

from collections.abc import Iterable

import numpy as np

from wegweiser.decide.candidate import Mask
from wegweiser.decide.policy import Policy, Shelf
from wegweiser.terms.decision import Item
from wegweiser.terms.message import Placement


def keys_of(shelf: Shelf, placement: Placement, of_messages: bool) -> list[str]:
    """Name the fallbacks in the order in which they are tried.

    Where no message can be shown (`of_messages`) their own ones come before the placement's.
    """
    own = [part.message.fallback for part in shelf.candidates] if of_messages else []
    return [key for key in dict.fromkeys([*own, placement.fallback]) if key]


def first_lawful(
    policy: Policy,
    placement: Placement,
    keys: Iterable[str],
    lawful: Mask,
    locale: str,
    only_service: bool,
) -> Item | None:
    """Give the first fallback with a lawful variant; any language is better than silence."""
    shelf = policy.shelves[placement.channel]
    for key in keys:
        message = policy.messages.get(key)
        if message is None or (only_service and not message.service):
            continue
        mine = lawful & shelf.of_message(key)
        fitting = mine & shelf.fitting_locale(locale)
        places = np.flatnonzero(fitting if fitting.any() else mine)
        if len(places):
            variant = shelf.candidates[places[0]].variant.key
            return Item(placement.key, 0, key, variant, 1.0, "fallback")
    return None
