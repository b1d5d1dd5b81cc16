"""What is believed of a feature before anything was learned, on the logit scale."""

import math

# Until enough labels exist: 2 % of the contacts are engaged with, 1 % of those reach the goal.
ENGAGE_RATE = 0.02
GOAL_RATE = 0.01
BIAS = "bias"
ENGAGE = "engage"
BIAS_VARIANCE = 0.5
FEATURE_VARIANCE = 0.2


def prior_mean(head: str, feature: str) -> float:
    """Give the prior mean of a feature in the head "engage" or "goal:<key>".

    >>> prior_mean("engage", "bias")
    -3.89182
    >>> prior_mean("engage", "topic:security")
    0.0
    """
    if feature != BIAS:
        return 0.0
    rate = ENGAGE_RATE if head == ENGAGE else GOAL_RATE
    return math.log(rate / (1 - rate))


def prior_variance(feature: str) -> float:
    """Give the prior variance of a feature; nothing learned ever makes it larger.

    >>> prior_variance("bias"), prior_variance("message:welcome")
    (0.5, 0.2)
    """
    return BIAS_VARIANCE if feature == BIAS else FEATURE_VARIANCE
