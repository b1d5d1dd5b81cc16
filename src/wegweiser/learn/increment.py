"""How much of what is foretold for a goal was caused: the measured lift beside the prediction."""

import math

from wegweiser.terms.model import Increment

# Before anything is measured, half of it; about two thirds of all truths lie within a quarter.
PRIOR, PRIOR_DEVIATION = 0.5, 0.25
MOST = 1.5
# So many held-out units must have reached the goal before a measured lift counts.
FEWEST_POSITIVES = 200


def increment(lift: float, error: float, predicted: float) -> Increment | None:
    """Join a measured lift per unit (with its standard error) and the one that was foretold.

    Formula: r = lift / predicted with variance (error / predicted)²; kappa is the mean of
    N(0.5, 0.25²) and r weighted by precision, cut to 0..1.5. None where nothing was foretold or
    the error is not known: nothing can be compared then.
    Assumption: the prediction is known without error against the lift.

    >>> increment(0.010, 0.002, 0.010).kappa
    0.804878
    """
    usable = all(map(math.isfinite, (lift, error, predicted)))
    if not usable or predicted <= 0.0 or error <= 0.0:
        return None
    known = (predicted / error) ** 2
    prior = 1.0 / PRIOR_DEVIATION**2
    joined = (prior * PRIOR + known * lift / predicted) / (prior + known)
    return Increment(round(min(max(joined, 0.0), MOST), 6), lift, error, predicted)
