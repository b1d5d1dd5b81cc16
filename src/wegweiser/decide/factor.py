"""The context factor C: what messages count more or less while a declared condition holds."""

from typing import cast

import msgspec
import numpy as np

from wegweiser.decide.candidate import Mask
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Numbers, Policy, Shelf
from wegweiser.decide.situation import activation
from wegweiser.query.cel import Rule
from wegweiser.terms.message import Message, Placement
from wegweiser.terms.policy import Factor

LOWEST = 0.5
HIGHEST = 2.0


class _Compiled(msgspec.Struct, frozen=True):
    key: str
    factor: float
    rule: Rule
    where: Mask


def context_factors(
    policy: Policy, shelf: Shelf, facts: Facts, placement: Placement, as_of: int
) -> tuple[Numbers | None, dict[str, float]]:
    """Give C per candidate of a shelf, and the factors that held by key; None is 1 for all.

    Several factors multiply, and their product is cut to 0.5 to 2. A condition whose data is
    missing does not hold. `as_of` in milliseconds.
    """
    if not policy.bundle.factors:
        return None, {}
    variables = activation(facts, placement, as_of, policy.needs_counts)
    product: Numbers | None = None
    held: dict[str, float] = {}
    for one in _compiled(policy, shelf):
        if one.rule.evaluate(variables) is True:
            product = np.ones(len(shelf.candidates)) if product is None else product
            product[one.where] *= one.factor
            held[one.key] = one.factor
    return None if product is None else np.clip(product, LOWEST, HIGHEST), held


def concerns(factor: Factor, message: Message) -> bool:
    """Tell whether a factor is for a message.

    >>> concerns(Factor("f", "true", 2.0, topics=("pricing",)), Message("m", (), topic="pricing"))
    True
    """
    if not factor.messages and not factor.topics:
        return True
    return message.key in factor.messages or message.topic in factor.topics


def _compiled(policy: Policy, shelf: Shelf) -> list[_Compiled]:
    name = ("factors", shelf.channel)
    found = cast("list[_Compiled] | None", policy.scorers.get(name))
    if found is None:
        found = [
            _Compiled(
                one.key,
                one.factor,
                rule,
                np.array([concerns(one, part.message) for part in shelf.candidates], dtype=bool),
            )
            for one, rule in zip(policy.bundle.factors, policy.factor_rules, strict=True)
        ]
        policy.scorers[name] = found
    return found
