"""When a demo is booked and a deal is won: candidate moments, thinned by the hazard.

Source: thinning of a Poisson process (Lewis and Shedler 1979). The candidates and their
marks are drawn once per buyer, so that the world with and without messages differ only by
the hazard they are compared with: common random numbers.
"""

from collections.abc import Iterator
from random import Random

import msgspec

from wegweiser.demo.chance import between, waiting
from wegweiser.demo.journey import Move, Stage, stage_at
from wegweiser.terms.instant import DAY_MS

# Booked demos per buyer and day without any message.
HAZARD: dict[Stage, float] = {
    "dormant": 0.0004,
    "explore": 0.005,
    "evaluate": 0.017,
    "validate": 0.015,
    "commit": 0.012,
    "customer": 0.0008,
    "stalled": 0.001,
    "not_buyer": 0.0,
}
HIGHEST_HAZARD = 0.17
PAUSE_DAYS = 30
WINDOW_DAYS = 14
DEAL_AFTER_DEMO = 0.25


class Candidate(msgspec.Struct, frozen=True):
    """A moment at which this buyer books if `mark` times the highest hazard is below theirs.

    `deal_after_ms` is when the demo leads to a deal, 0 if it never does.
    """

    at: int
    stage: Stage
    mark: float
    deal_after_ms: int


class Boost(msgspec.Struct, frozen=True):
    """An engaged message: from `since` until before `until` the hazard is `times` as high."""

    since: int
    until: int
    times: float


def candidates(luck: Random, journey: tuple[Move, ...], end: int) -> Iterator[Candidate]:
    """Draw all moments at which one buyer could book."""
    at = journey[0].at
    while True:
        at += max(1, int(waiting(luck, HIGHEST_HAZARD) * DAY_MS))
        mark, deal, delay = luck.random(), luck.random(), between(luck, 8, 30)
        if at >= end:
            return
        leads_on = deal < DEAL_AFTER_DEMO
        yield Candidate(at, stage_at(journey, at), mark, int(delay * DAY_MS) if leads_on else 0)


def books(candidate: Candidate, boosts: tuple[Boost, ...] | list[Boost], last: int | None) -> bool:
    """Tell whether the buyer books at this moment; `last` is their latest booking.

    >>> quiet = Candidate(at=100, stage="evaluate", mark=0.5, deal_after_ms=0)
    >>> books(quiet, (), None), books(quiet, (Boost(0, 200, 8.0),), None)
    (False, True)
    """
    if last is not None and candidate.at - last < PAUSE_DAYS * DAY_MS:
        return False
    times = max((b.times for b in boosts if b.since <= candidate.at < b.until), default=1.0)
    hazard = min(HIGHEST_HAZARD, HAZARD[candidate.stage] * times)
    return candidate.mark * HIGHEST_HAZARD < hazard


def unmoved(drawn: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Give the bookings of one buyer to whom nothing is ever shown."""
    booked: list[Candidate] = []
    for candidate in drawn:
        if books(candidate, (), booked[-1].at if booked else None):
            booked.append(candidate)
    return tuple(booked)
