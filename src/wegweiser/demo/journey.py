"""The true journeys: a continuous-time Markov chain over stages, back and off the path too.

Source of the form: a journey is a jump process; its rates are per day, the waiting time in
a stage is exponential, the next stage is drawn in proportion to the rates.
"""

from bisect import bisect_right
from random import Random
from typing import Literal

import msgspec

from wegweiser.demo.chance import pick_weighted, waiting
from wegweiser.terms.instant import DAY_MS

Stage = Literal[
    "dormant", "explore", "evaluate", "validate", "commit", "customer", "stalled", "not_buyer"
]
PageClass = Literal[
    "problem",
    "solution",
    "pricing",
    "comparison",
    "technical",
    "demo",
    "security",
    "proof",
    "careers",
    "help",
]

# On the path; off it are stalled and not_buyer.
RANK: dict[Stage, int] = {
    "dormant": 0,
    "explore": 1,
    "evaluate": 2,
    "validate": 3,
    "commit": 4,
    "customer": 5,
}

AT_FIRST: dict[Stage, float] = {
    "dormant": 0.40,
    "explore": 0.30,
    "evaluate": 0.10,
    "validate": 0.04,
    "commit": 0.02,
    "customer": 0.05,
    "stalled": 0.04,
    "not_buyer": 0.05,
}

# Moves per day.
MOVES: dict[Stage, dict[Stage, float]] = {
    "dormant": {"explore": 0.02, "not_buyer": 0.001},
    "explore": {"evaluate": 0.05, "dormant": 0.04, "stalled": 0.01, "not_buyer": 0.005},
    "evaluate": {"validate": 0.05, "explore": 0.03, "stalled": 0.03, "dormant": 0.005},
    "validate": {"commit": 0.06, "evaluate": 0.04, "stalled": 0.02},
    "commit": {"customer": 0.08, "validate": 0.03, "stalled": 0.02},
    "customer": {"evaluate": 0.005, "dormant": 0.001},
    "stalled": {"evaluate": 0.02, "explore": 0.015, "dormant": 0.02},
    "not_buyer": {"explore": 0.002, "dormant": 0.01},
}

VISITS_PER_DAY: dict[Stage, float] = {
    "dormant": 0.02,
    "explore": 0.13,
    "evaluate": 0.32,
    "validate": 0.27,
    "commit": 0.22,
    "customer": 0.12,
    "stalled": 0.03,
    "not_buyer": 0.06,
}

_CLASSES: tuple[PageClass, ...] = (
    "problem",
    "solution",
    "pricing",
    "comparison",
    "technical",
    "demo",
    "security",
    "proof",
    "careers",
    "help",
)
_MUCH, _SOME, _LITTLE, _RARE = 8.0, 3.0, 1.0, 0.1


def _interest(*weights: float) -> dict[PageClass, float]:
    return dict(zip(_CLASSES, weights, strict=True))


# What a visitor looks at, by stage; weights in the order of `_CLASSES`.
LOOKS: dict[Stage, dict[PageClass, float]] = {
    "dormant": _interest(3, 1, 1, _RARE, 1, _RARE, _RARE, _RARE, 1, 1),
    "explore": _interest(_MUCH, _SOME, 1, 1, 1, 1, _RARE, 1, 1, _RARE),
    "evaluate": _interest(_SOME, _MUCH, _SOME, _MUCH, 3, 3, 1, 3, _RARE, _RARE),
    "validate": _interest(1, 3, 3, 3, _MUCH, 3, _MUCH, _MUCH, _RARE, _RARE),
    "commit": _interest(1, _RARE, _MUCH, _RARE, 3, 3, _MUCH, 3, _RARE, 1),
    "customer": _interest(_RARE, _RARE, 1, _RARE, 3, _RARE, _RARE, _RARE, _RARE, _MUCH),
    "stalled": _interest(3, 1, 1, _RARE, 1, _RARE, _RARE, _RARE, 1, 1),
    "not_buyer": _interest(1, 1, _RARE, _RARE, 1, _RARE, _RARE, _RARE, _MUCH, _SOME),
}


class Move(msgspec.Struct, frozen=True):
    """From `at` (ms) on, the buyer is in this stage."""

    at: int
    stage: Stage


def walk(luck: Random, start: int, end: int, pace: float = 1.0) -> tuple[Move, ...]:
    """Draw one journey from start to end; `pace` multiplies all rates."""
    stage = pick_weighted(luck, AT_FIRST)
    at = start
    moves = [Move(at, stage)]
    while True:
        rates = MOVES[stage]
        at += int(waiting(luck, pace * sum(rates.values())) * DAY_MS)
        if at >= end:
            return tuple(moves)
        stage = pick_weighted(luck, rates)
        moves.append(Move(at, stage))


def stage_at(journey: tuple[Move, ...], at: int) -> Stage:
    """Give the stage of a moment that is not before the journey's start.

    >>> stage_at((Move(0, "explore"), Move(10, "evaluate")), 9)
    'explore'
    """
    return journey[bisect_right(journey, at, key=lambda move: move.at) - 1].stage


def goes_back(before: Stage, after: Stage) -> bool:
    """Tell whether a move leads backward on the path.

    >>> goes_back("validate", "evaluate"), goes_back("explore", "stalled")
    (True, False)
    """
    return before in RANK and after in RANK and RANK[after] < RANK[before]
