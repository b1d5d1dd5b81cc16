"""What each candidate is worth to the company, before and after doubt."""

from collections.abc import Mapping

import msgspec
import numpy as np

from wegweiser.decide.candidate import Indexes, Mask
from wegweiser.decide.policy import Numbers, Policy
from wegweiser.decide.response import scorer
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot

LEAST_SPREAD = 1e-3


class Utilities(msgspec.Struct, frozen=True):
    """Utility of K candidates as U = worth·sigmoid(Z) - cost with Z ~ N(mean, spread²).

    Worth and cost are in the workspace currency; worth is above 0, spread at least 0.001.
    """

    mean: Numbers
    spread: Numbers
    worth: Numbers
    cost: Numbers

    def at(self, deviations: float) -> Numbers:
        """Give the utility where the response is this many spreads above its mean.

        >>> one = np.array([1.0])
        >>> Utilities(np.array([0.0]), one, 10 * one, one).at(0).tolist()
        [4.0]
        """
        chance = 1.0 / (1.0 + np.exp(-(self.mean + deviations * self.spread)))
        return self.worth * chance - self.cost

    def of(self, places: Indexes | Mask) -> "Utilities":
        """Take some of the candidates."""
        return Utilities(
            self.mean[places], self.spread[places], self.worth[places], self.cost[places]
        )


def arbitrate(
    policy: Policy,
    placement: Placement,
    snapshot: Snapshot,
    known: bool,
    interests: Mapping[str, float],
) -> Utilities:
    """Join response, value, lever, increment and cost for the whole shelf of a placement."""
    scores = scorer(policy, placement, snapshot)
    response = scores.respond(known, interests)
    shelf = policy.shelves[placement.channel]
    rho = policy.bundle.exploration.spread
    return Utilities(
        response.mean,
        np.maximum(rho * response.spread, LEAST_SPREAD),
        shelf.worth * scores.increment,
        shelf.cost,
    )


def sound(utilities: Utilities) -> Mask:
    """Tell which candidates have only finite numbers and a worth above 0."""
    total = utilities.mean + utilities.spread + utilities.worth + utilities.cost
    return np.asarray(np.isfinite(total) & (utilities.worth > 0))
