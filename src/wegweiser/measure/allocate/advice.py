"""Budget advice: what to move, what it is expected to gain, and when there is none."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.allocate.optimum import best_spend
from wegweiser.measure.allocate.response import MOST_MOVE, Response, limits_of
from wegweiser.measure.statistic import Interval, interval

Floats = NDArray[np.float64]
LEAST_CHANCE = 0.8
_TELLABLE = 1e-6


class Move(msgspec.Struct, frozen=True):
    """One channel: spend now and planned, the planned one's 5 to 95 % over draws, its marginal.

    `marginal` is what the last bit of today's spend earns per unit of money, 5 to 95 %.
    """

    channel: str
    now: float
    planned: float
    planned_low: float
    planned_high: float
    marginal: Interval
    identified: bool


class Plan(msgspec.Struct, frozen=True):
    """A whole plan; without `advised` only the `experiment` (a channel) counts."""

    moves: tuple[Move, ...]
    gain: Interval
    chance: float
    advised: bool
    experiment: str


def plan(
    responses: Sequence[Response],
    total: float,
    rng: np.random.Generator,
    most_move: float = MOST_MOVE,
) -> Plan:
    """Advise spends for a total: maximise mean profit over draws, within limits.

    No advice where the chance of any gain is below .8, or a channel that would be moved is not
    identified; then the experiment is named that would tell most for its money.
    """
    limits = [limits_of(one, most_move) for one in responses]
    means = [one.mean() for one in responses]
    planned = best_spend(responses, means, limits, total, rng)
    gains = _gains(responses, planned)
    drawn = np.array(
        [
            best_spend(responses, [one.draws[draw] for one in responses], limits, total, rng)
            for draw in range(len(responses[0].draws))
        ]
    )
    chance = float(np.mean(gains.sum(axis=1) > 0))
    moves = tuple(_move(one, float(planned[k]), drawn[:, k]) for k, one in enumerate(responses))
    blind = any(not one.identified and _is_moved(one) for one in moves)
    return Plan(
        moves,
        _spread(gains.sum(axis=1)),
        chance,
        chance >= LEAST_CHANCE and not blind and any(map(_is_moved, moves)),
        _cheapest(responses, moves, drawn),
    )


def _gains(responses: Sequence[Response], planned: Floats) -> Floats:
    """Give, per draw and channel, what the plan earns beyond today, less what it costs more."""
    return np.column_stack(
        [
            one.at(spend) - one.at(one.now) - (spend - one.now)
            for one, spend in zip(responses, planned, strict=True)
        ]
    )


def _spread(values: Floats) -> Interval:
    low, high = (float(np.quantile(values, share)) for share in (0.025, 0.975))
    return interval(float(values.mean()), low, high)


def _move(one: Response, planned: float, drawn: Floats) -> Move:
    marginal = one.marginal()
    return Move(
        one.channel,
        one.now,
        planned,
        float(np.quantile(drawn, 0.05)),
        float(np.quantile(drawn, 0.95)),
        interval(
            float(marginal.mean()),
            float(np.quantile(marginal, 0.05)),
            float(np.quantile(marginal, 0.95)),
        ),
        one.identified,
    )


def _is_moved(one: Move) -> bool:
    return abs(one.planned - one.now) > _TELLABLE * max(1.0, one.now)


def _cheapest(responses: Sequence[Response], moves: Sequence[Move], drawn: Floats) -> str:
    """Name the channel whose switching off in a part would tell most per money it touches.

    What it would tell is how far the best spend swings over draws times the doubt about its
    marginal earnings; a channel that is not identified comes first.
    """

    def worth(k: int) -> tuple[bool, float, str]:
        swing = float(np.quantile(drawn[:, k], 0.95) - np.quantile(drawn[:, k], 0.05))
        doubt = moves[k].marginal.high - moves[k].marginal.low
        cost = max(responses[k].now, _TELLABLE)
        return (responses[k].identified, -(swing + _TELLABLE) * doubt / cost, moves[k].channel)

    return moves[min(range(len(moves)), key=worth)].channel
