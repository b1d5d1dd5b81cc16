"""What is believed of a feature before anything was learned, on the logit scale."""

import math
from functools import lru_cache

# Until enough labels exist: 2 % of the contacts are engaged with, 1 % of those reach the goal,
# and of those to whom nothing is said as many reach it as of all contacts.
ENGAGE_RATE = 0.02
GOAL_RATE = 0.01
NOTHING_RATE = 0.01
# From so many labels on the workspace's own rate takes the place of the rates above.
ENOUGH_LABELS = 1_000
BIAS = "bias"
ENGAGE = "engage"
GOAL = "goal:"
# The head that predicts a goal among those to whom nothing was said.
NOTHING_HEAD = "nothing:"
# Under this name records of held-out units tell the features of saying nothing.
ALONE = "alone"
BIAS_VARIANCE = 0.5
FEATURE_VARIANCE = 0.2
MESSAGE_STAGE_VARIANCE = 0.02
# Sets of features; snapshots name theirs. 0 has no matches, 1 has matches that all messages share.
# From 2 on there are roles, crossed with topics, and what people of one role lean to.
MATCHES, ROLES = 1, 2
FEATURES = ROLES
# How far draws spread around what is expected, in parts of the doubt, where no policy says it.
_SPREAD_BEFORE_ROLES, _SPREAD = 0.6, 0.4
# What all messages share is soon known, and says most; what only one kind of them has says less.
_VARIANCES = {
    "match": 0.5,
    "affinity": 0.1,
    "role&topic": 0.1,
    "topic": 0.05,
    "format": 0.05,
    "channel&format": 0.05,
    "length": 0.05,
    "stage_aim": 0.05,
    "persona_aim": 0.05,
    "industry&topic": 0.05,
}


def logit(rate: float) -> float:
    """Give the log-odds of a rate between 0 and 1."""
    return math.log(rate / (1.0 - rate))


def family_of(head: str) -> str:
    """Give what kind of head one is: "engage", "goal:" or "nothing:".

    >>> family_of("goal:won")
    'goal:'
    """
    kind, colon, _ = head.partition(":")
    return kind + colon


_RATES = {ENGAGE: ENGAGE_RATE, GOAL: GOAL_RATE, NOTHING_HEAD: NOTHING_RATE}


def prior_mean(head: str, feature: str, rate: float = 0.0) -> float:
    """Give the prior mean of a feature in a head; `rate` is the workspace's own, if known.

    >>> round(prior_mean("engage", "bias"), 5), round(prior_mean("engage", "bias", 0.5), 5)
    (-3.89182, 0.0)
    >>> prior_mean("engage", "topic:security")
    0.0
    """
    if feature != BIAS:
        return 0.0
    return logit(rate or _RATES.get(family_of(head), GOAL_RATE))


def default_spread(features: int) -> float:
    """Give the spread scale rho of draws under a set of features.

    >>> default_spread(MATCHES), default_spread(ROLES)
    (0.6, 0.4)
    """
    return _SPREAD if features >= ROLES else _SPREAD_BEFORE_ROLES


def kind_of(feature: str) -> str:
    """Give a feature's name without values.

    >>> kind_of("topic:sso"), kind_of("channel:web&format:card")
    ('topic', 'channel&format')
    """
    return "&".join(part.partition(":")[0] for part in feature.split("&"))


@lru_cache(maxsize=65_536)
def prior_variance(feature: str, features: int = 0) -> float:
    """Give the prior variance of a feature in a set; nothing learned ever makes it larger.

    >>> prior_variance("bias"), prior_variance("message:welcome")
    (0.5, 0.2)
    >>> prior_variance("message:welcome&stage:explore")
    0.02
    >>> prior_variance("topic:sso"), prior_variance("topic:sso", FEATURES)
    (0.2, 0.05)
    """
    if feature == BIAS:
        return BIAS_VARIANCE
    if feature.startswith("message:") and "&stage:" in feature:
        return MESSAGE_STAGE_VARIANCE
    if features == 0:
        return FEATURE_VARIANCE
    return _VARIANCES.get(kind_of(feature), FEATURE_VARIANCE)
