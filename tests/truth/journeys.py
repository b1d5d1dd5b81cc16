"""Simulated journeys with known stages, drawn from a table of rates."""

from random import Random

import msgspec

from wegweiser.profile.stage_table import compile_journey
from wegweiser.terms.journey import STAGES, JourneyTable, Row, Sign

DAY_MINUTES = 1_440
DEFAULT = compile_journey()


class Walked(msgspec.Struct, frozen=True):
    """One simulated subject: where it really is at the end, and the signs that it gave."""

    stage: int
    signs: tuple[Sign, ...]


def bent(table: JourneyTable, luck: Random) -> JourneyTable:
    """Multiply every rate and weight by a factor of its own, log-uniform from a half to two."""

    def factor() -> float:
        return float(2.0 ** luck.uniform(-1, 1))

    def shares(row: Row) -> Row:
        weights = [share * factor() for share in row]
        return tuple(weight / sum(weights) for weight in weights)

    return JourneyTable(
        table.classes,
        table.start,
        tuple(rate * factor() for rate in table.visits),
        tuple(shares(row) for row in table.looks),
        tuple(tuple(rate * factor() for rate in row) for row in table.moves),
    )


def walk(table: JourneyTable, luck: Random, days: int) -> Walked:
    """Draw one journey: moves, and one session of one look at every visit."""
    stage = luck.choices(range(len(STAGES)), table.start)[0]
    at, signs = 0.0, []
    while True:
        rates = table.moves[stage]
        moving, visiting = sum(rates), table.visits[stage]
        at += luck.expovariate(moving + visiting)
        if at >= days:
            return Walked(stage, tuple(signs))
        if luck.random() * (moving + visiting) < visiting:
            look = luck.choices(range(len(table.classes)), table.looks[stage])[0]
            name = table.classes[look]
            signs.append(Sign(int(at * DAY_MINUTES), name, look, opens=True))
        else:
            stage = luck.choices(range(len(STAGES)), rates)[0]


# A usual scoring scheme: the further along the path a look is usual, the more points.
POINTS = {
    "problem": 1,
    "solution": 2,
    "technical": 3,
    "comparison": 3,
    "product_use": 3,
    "pricing": 4,
    "proof": 4,
    "demo": 5,
    "security": 5,
    "meeting": 6,
}


def points(signs: tuple[Sign, ...], at: int, half_life_days: float | None = None) -> float:
    """Add up the points of all signs at a minute; without a half-life they never fall."""
    total = 0.0
    for sign in signs:
        days = (at - sign.minute) / DAY_MINUTES
        decay = 1.0 if half_life_days is None else 0.5 ** (days / half_life_days)
        total += POINTS.get(sign.what, 0) * decay
    return total


def best_cuts(scores: list[float], stages: list[int]) -> list[float]:
    """Give the five limits between the six stages on the path that are right most often."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    # best[k][n]: how many of the n lowest are right in stages 0 to k, and where k begins.
    counted = [[0] * (len(order) + 1) for _ in range(6)]
    for place, subject in enumerate(order):
        for stage in range(6):
            hit = stages[subject] == stage
            counted[stage][place + 1] = counted[stage][place] + hit
    best, begins = counted[0], []
    for stage in range(1, 6):
        row, begin, gain = [], [], (-1, 0)
        for place in range(len(order) + 1):
            gain = max(gain, (best[place] - counted[stage][place], -place))
            row.append(gain[0] + counted[stage][place])
            begin.append(-gain[1])
        best = row
        begins.append(begin)
    cuts, end = [], len(order)
    for begin in reversed(begins):
        end = begin[end]
        cuts.append(scores[order[end]] if end < len(order) else float("inf"))
    return cuts[::-1]


def funnel(score: float, cuts: list[float]) -> int:
    """Give the stage that points lead to."""
    return sum(score >= cut for cut in cuts)
