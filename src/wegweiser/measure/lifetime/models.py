"""The buying models side by side, each with what one asks of it."""

from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from wegweiser.measure.lifetime import bgbb, bgnbd, mbgnbd, nbd, pareto
from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted


class Model(msgspec.Struct, frozen=True):
    """A model by name; `expected` are the orders of each group in the time to come.

    `stops` names the two parameters whose share a/(a + b) is the chance to stop, where there are.
    """

    name: str
    title: str
    fit: Callable[[Buyers], Fitted]
    alive: Callable[[Fitted, Buyers], Numbers]
    expected: Callable[[Fitted, Buyers, float], Numbers]
    stops: tuple[str, str] | None = None


MODELS: Mapping[str, Model] = {
    one.name: one
    for one in (
        Model("bg_nbd", "BG/NBD", bgnbd.fit, bgnbd.alive, bgnbd.expected, ("a", "b")),
        Model("mbg_nbd", "MBG/NBD", mbgnbd.fit, mbgnbd.alive, mbgnbd.expected, ("a", "b")),
        Model("pareto_nbd", "Pareto/NBD", pareto.fit, pareto.alive, pareto.expected),
        Model("bg_bb", "BG/BB", bgbb.fit, bgbb.alive, bgbb.expected, ("gamma", "delta")),
        Model("nbd", "NBD", nbd.fit, nbd.alive, nbd.expected),
    )
}
# What is tried where orders may come at any time; without drop-out nobody ever stops.
AT_ANY_TIME = ("bg_nbd", "mbg_nbd", "pareto_nbd")
WITHOUT_DROP_OUT = "nbd"


def newcomer() -> Buyers:
    """Give somebody who has just placed the first order."""
    return Buyers(*(np.array([value]) for value in (0.0, 0.0, 0.0, 1.0)))
