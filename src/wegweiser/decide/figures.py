"""What portfolio views need of a slot, worked out while its utilities are at hand."""

from typing import cast

import msgspec
import numpy as np

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.candidate import Indexes
from wegweiser.decide.policy import Numbers, Policy, Shelf
from wegweiser.decide.probability import Selection
from wegweiser.terms.decision import Figures
from wegweiser.terms.json import JsonObject

_NUMBER = (int, float)


class Parts:
    """Value and lever of all candidates of a shelf, and whether any lever is not 1."""

    def __init__(self, shelf: Shelf) -> None:
        messages = [part.message for part in shelf.candidates]
        self.value: Numbers = np.array([part.value for part in messages])
        self.lever: Numbers = np.array([part.lever for part in messages])
        self.any_lever = bool((self.lever != 1.0).any())


def parts_of(policy: Policy, shelf: Shelf) -> Parts:
    """Give values and levers of a shelf, made once per policy."""
    key = ("figures", shelf.channel)
    found = cast("Parts | None", policy.scorers.get(key))
    if found is None:
        found = Parts(shelf)
        policy.scorers[key] = found
    return found


class Prospects(msgspec.Struct, frozen=True):
    """The figures of a slot before anything is drawn, and what they need of the winner."""

    undrawn: Figures
    middle: Numbers
    mean: Numbers

    def of(self, chosen: int | None) -> Figures:
        """Give the figures once the survivor at a place was drawn, None for "nothing"."""
        if chosen is None:
            return self.undrawn
        told = self.undrawn
        return Figures(
            told.best,
            told.second,
            told.best_utility,
            float(self.middle[chosen]),
            told.mean_utility,
            float(1 / (1 + np.exp(-self.mean[chosen]))),
            told.changes,
        )


def prospects_of(
    policy: Policy,
    shelf: Shelf,
    places: Indexes,
    utilities: Utilities,
    selection: Selection,
    context: Numbers | None = None,
) -> Prospects:
    """Work out the figures of a slot of survivors at `places`.

    `context` are factors C of the survivors where any holds. A letter in `changes` says that
    another candidate would be best with that factor set to 1.
    """
    middle, probability = utilities.middle, selection.probability
    allow_nothing = len(probability) > len(middle)
    best = int(middle.argmax())
    rivals = np.where(shelf.messages[places] == shelf.messages[places[best]], -np.inf, middle)
    second = int(rivals.argmax())
    top = -1 if allow_nothing and not middle[best] > 0.0 else best
    undrawn = Figures(
        best="" if top < 0 else shelf.candidates[places[best]].message.key,
        second=shelf.candidates[places[second]].message.key if np.isfinite(rivals[second]) else "",
        best_utility=max(float(middle[best]), 0.0) if allow_nothing else float(middle[best]),
        chosen_utility=0.0,
        mean_utility=float(probability[: len(middle)] @ middle),
        expected=0.0,
        changes=_changes(policy, shelf, places, utilities, context, middle, top, allow_nothing),
    )
    return Prospects(undrawn, middle, utilities.mean)


def _changes(
    policy: Policy,
    shelf: Shelf,
    places: Indexes,
    utilities: Utilities,
    context: Numbers | None,
    middle: Numbers,
    top: int,
    allow_nothing: bool,
) -> str:
    """Name the factors of P, V, C and L that decide who is best; cost and price always stay."""
    parts = parts_of(policy, shelf)
    fixed = shelf.cost[places]
    if utilities.price:
        fixed = fixed + np.where(shelf.service[places], 0.0, utilities.price)
    earned = middle + fixed
    value = parts.value[places]
    alone = [("P", utilities.worth - fixed), ("V", earned / value - fixed)]
    if context is not None:
        alone.append(("C", earned / context - fixed))
    if parts.any_lever:
        alone.append(("L", earned / parts.lever[places] - fixed))
    return "".join(name for name, others in alone if _top(others, allow_nothing) != top)


def _top(middle: Numbers, allow_nothing: bool) -> int:
    best = int(middle.argmax())
    return -1 if allow_nothing and not middle[best] > 0.0 else best


def likeliest_stage(person: JsonObject) -> str:
    """Give the likeliest stage of a person, "" where nothing is known.

    >>> likeliest_stage({"stage": {"explore": 0.7, "evaluate": 0.3}}), likeliest_stage({})
    ('explore', '')
    """
    belief = person.get("stage")
    if not isinstance(belief, dict) or not belief:
        return ""
    shares = {name: share for name, share in belief.items() if isinstance(share, _NUMBER)}
    return max(shares, key=lambda name: shares[name], default="")
