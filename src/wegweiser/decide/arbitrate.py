"""What each candidate is worth to the company, before and after doubt."""

from functools import cached_property
from typing import cast

import msgspec
import numpy as np

from wegweiser.decide.candidate import Indexes, Mask
from wegweiser.decide.circumstance import Circumstance, circumstance
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Numbers, Policy, Shelf
from wegweiser.decide.response import Scorer, scorer
from wegweiser.decide.stand_in import StandIn
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import default_spread

LEAST_SPREAD = 1e-3


class Utilities(msgspec.Struct, frozen=True, dict=True):
    """Utility of K candidates as U = worth·sigmoid(Z) - cost with Z ~ N(mean, spread²).

    Worth and cost are in the workspace currency; worth is above 0, spread at least 0.001. Where
    `gamma` is above 0 the response has no doubt, and SquareCB selects with it. `price` is what of
    the cost is that of attention, which no service message pays; figures need it.
    """

    mean: Numbers
    spread: Numbers
    worth: Numbers
    cost: Numbers
    gamma: float = 0.0
    price: float = 0.0

    def at(self, deviations: float) -> Numbers:
        """Give the utility where the response is this many spreads above its mean.

        >>> one = np.array([1.0])
        >>> Utilities(np.array([0.0]), one, 10 * one, one).at(0).tolist()
        [4.0]
        """
        chance = 1.0 / (1.0 + np.exp(-(self.mean + deviations * self.spread)))
        return self.worth * chance - self.cost

    @cached_property
    def middle(self) -> Numbers:
        """The utility at the mean of each response."""
        return self.at(0.0)

    @cached_property
    def key(self) -> tuple[float, float, bytes, bytes, bytes, bytes]:
        """All numbers as bytes: equal ones have equal chances."""
        parts = (self.mean, self.spread, self.worth, self.cost)
        mean, spread, worth, cost = (part.tobytes() for part in parts)
        return self.gamma, self.price, mean, spread, worth, cost

    def of(self, places: Indexes | Mask) -> "Utilities":
        """Take some of the candidates."""
        return Utilities(
            self.mean[places],
            self.spread[places],
            self.worth[places],
            self.cost[places],
            self.gamma,
            self.price,
        )


def arbitrate(
    policy: Policy,
    placement: Placement,
    snapshot: Snapshot,
    facts: Facts,
    as_of: int,
    worth: Numbers | None = None,
    other: StandIn | None = None,
    seen: Circumstance | None = None,
) -> Utilities:
    """Join response, value, lever, increment and cost for the whole shelf of a placement.

    U = V·C·L·kappa·(R - b·p_e) - cost - price of attention, where b is how often the goal is
    reached when nothing is said. `worth` is V·C·L per candidate where that is not the shelf's
    own; service messages pay no price. `other` says what another model than the shared one
    expects. `seen` is what the learner sees, where that is known already.
    """
    if seen is None:
        seen = circumstance(facts, as_of, snapshot, policy.learned)
    scores = scorer(policy, placement, snapshot)
    shelf = policy.shelves[placement.channel]
    price = facts.standing.prices.get(placement.channel, 0.0)
    stated = policy.bundle.exploration.spread
    rho = default_spread(snapshot.features) if stated is None else stated
    known = price if facts.priced else 0.0
    if other is not None or not (worth is None or worth is shelf.worth):
        value = shelf.worth if worth is None else worth
        return _utilities(scores, shelf, seen, value, price, known, rho, other)
    key = (price, known, *seen.key)
    found = cast("Utilities | None", scores.settled.get(key))
    if found is None:
        found = _utilities(scores, shelf, seen, shelf.worth, price, known, rho)
        scores.settled.put(key, found)
    return found


def _utilities(
    scores: Scorer,
    shelf: Shelf,
    seen: Circumstance,
    worth: Numbers,
    price: float,
    known: float,
    rho: float,
    other: StandIn | None = None,
) -> Utilities:
    response = scores.respond(seen)
    weight = worth * scores.increment
    cost = shelf.cost
    if price:
        cost = cost + np.where(shelf.service, 0.0, price)
    baselines = scores.baselines(seen)
    if baselines is not None:
        cost = cost + weight * baselines / (1.0 + np.exp(-response.engage))
    mean, spread = (response.mean, response.spread) if other is None else (other.mean, other.spread)
    gamma = 0.0 if other is None else other.gamma
    return Utilities(mean, np.maximum(rho * spread, LEAST_SPREAD), weight, cost, gamma, known)


def seen_in(policy: Policy, snapshot: Snapshot, facts: Facts, as_of: int) -> Circumstance:
    """Give what the learner sees of a request under a policy."""
    return circumstance(facts, as_of, snapshot, policy.learned)


def sound(utilities: Utilities) -> Mask:
    """Tell which candidates have only finite numbers and a worth above 0."""
    total = utilities.mean + utilities.spread + utilities.worth + utilities.cost
    return np.asarray(np.isfinite(total) & (utilities.worth > 0))
