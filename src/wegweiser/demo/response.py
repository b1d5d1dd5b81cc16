"""How buyers truly respond: seeing, clicking, and what an engaged message changes afterwards."""

import math

from wegweiser.demo.journey import Stage
from wegweiser.demo.messages import OFFER_BY_KEY, Aim, Offer

# Chance that what was placed is really seen.
SEEN: dict[str, float] = {
    "home.hero": 0.85,
    "app.card": 0.9,
    "email.weekly": 0.4,
    "sales.next": 0.75,
}
DECLINED_OF_SEEN = 0.04
EFFECT_DAYS = 10

_CLICK_LOGIT = -1.4
_TOPIC_MATCH = 0.8

# How well an aim fits a stage: 2 exactly, 1 nearly, 0 not at all.
_FITS: dict[Aim, dict[Stage, int]] = {
    "awaken": {"dormant": 2, "stalled": 2, "explore": 1},
    "problem": {"explore": 2, "dormant": 1, "evaluate": 1},
    "solution": {"evaluate": 2, "explore": 1, "validate": 1},
    "proof": {"validate": 2, "evaluate": 2, "commit": 1},
    "close": {"commit": 2, "validate": 2, "evaluate": 1},
    "amuse": {},
}
_CLICKS_BY_FIT = (-0.3, 0.4, 1.0)
_TIMES_BY_FIT = (1.4, 4.0, 8.0)
HIGHEST_MULTIPLIER = max(_TIMES_BY_FIT)


def fit(aim: Aim, stage: Stage) -> int:
    """Tell how well an aim fits a stage: 2 exactly, 1 nearly, 0 not at all.

    >>> fit("proof", "validate"), fit("proof", "dormant")
    (2, 0)
    """
    return _FITS[aim].get(stage, 0)


def click_probability(message: str, stage: Stage, interests: tuple[str, ...]) -> float:
    """Give the true chance of a click by a buyer who saw this message; 0.05 if unknown."""
    offer = OFFER_BY_KEY.get(message)
    return 0.05 if offer is None else click_of(offer, stage, interests)


def click_of(offer: Offer, stage: Stage, interests: tuple[str, ...]) -> float:
    """Give the true chance of a click by a buyer who saw a message.

    >>> from wegweiser.demo.messages import OFFERS
    >>> click_of(OFFERS[0], "explore", ("analytics",)) > click_of(OFFERS[0], "commit", ())
    True
    """
    logit = _CLICK_LOGIT + offer.appeal + _CLICKS_BY_FIT[fit(offer.aim, stage)]
    logit += _TOPIC_MATCH * (offer.topic in interests)
    return 1 / (1 + math.exp(-logit))


def goal_multiplier(message: str, stage: Stage) -> float:
    """Give the factor on the hazard of "Demo Booked" for `EFFECT_DAYS` after a click.

    >>> goal_multiplier("roi-calculator", "commit")
    8.0
    >>> goal_multiplier("conference-raffle", "commit")
    1.0
    """
    offer = OFFER_BY_KEY.get(message)
    if offer is None or offer.aim == "amuse":
        return 1.0
    return _TIMES_BY_FIT[fit(offer.aim, stage)]
