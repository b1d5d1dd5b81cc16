"""Base and hard cases of several arms at once, and of segments drawn towards all."""

from collections.abc import Iterator

import numpy as np

from tests.truth.coverage.draws import (
    LOGNORMAL_MEAN,
    Case,
    Rng,
    Told,
    chunks,
    lognormal,
    rate_sums,
    unit_sums,
)
from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.lift_at_end import at_end
from wegweiser.measure.lift_segments_effects import Part, drawn_together
from wegweiser.measure.lift_sums import Sums
from wegweiser.measure.statistic import Interval


def all_at_once(chances: tuple[float, ...], sizes: tuple[int, ...]) -> Case:
    """Dunnett's intervals of several arms: all of them hold, or the world counts as missed."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        drawn = [rng.binomial(n, p, worlds).tolist() for p, n in zip(chances, sizes, strict=True)]
        for reached in zip(*drawn, strict=True):
            sums = [rate_sums(x, n) for x, n in zip(reached, sizes, strict=True)]
            arms = {str(place): one for place, one in enumerate(sums[1:], 1)}
            yield hull(
                arms, sums[0], {name: chances[int(name)] - chances[0] for name in arms}, True
            )

    return case


def all_at_once_of_money(rng: Rng, worlds: int) -> Iterator[list[Told]]:
    """Dunnett's intervals of three arms whose money has a heavy tail."""
    for size in chunks(worlds):
        arms = [unit_sums(lognormal(rng, (size, 4_000), times)) for times in (1.0, 1.0, 1.1, 1.2)]
        for none, *others in zip(*arms, strict=True):
            sums = {str(place): one for place, one in enumerate(others)}
            truths = {str(place): 0.1 * place * LOGNORMAL_MEAN for place in range(3)}
            yield hull(sums, none, truths, False)


def hull(arms: dict[str, Sums], none: Sums, truths: dict[str, float], rated: bool) -> list[Told]:
    """Fold several intervals into one told: 0 is in it where every truth is in its interval."""
    ends = at_end(arms, none, rated)
    far = max(
        max(ends[arm].found.low - truths[arm], truths[arm] - ends[arm].found.high) for arm in arms
    )
    return [(Interval(far, far, far) if far > 0 else Interval(0.0, 0.0, 0.0), 0.0)]


def of_segments(spread: float, segments: int, unequal: bool = False) -> Case:
    """Effects of segments drawn towards all: τ is `spread` standard errors of a usual segment."""

    def case(rng: Rng, worlds: int) -> Iterator[list[Told]]:
        for _ in range(worlds):
            variances = np.ones(segments)
            if unequal:
                variances = rng.uniform(0.2, 4.0, segments)
            truths = 0.5 + spread * rng.normal(0, 1, segments)
            seen = truths + np.sqrt(variances) * rng.normal(0, 1, segments)
            parts = [Part(str(s), float(seen[s]), float(variances[s])) for s in range(segments)]
            yield list(zip(drawn_together(parts), truths.tolist(), strict=True))

    return case


def of_segments_with_rare_goals(rng: Rng, worlds: int) -> Iterator[list[Told]]:
    """Four segments with goals of about .5 %, whose effects are .1 % to .3 %."""
    truths = (0.001, 0.001, 0.002, 0.003)
    for _ in range(worlds):
        parts = []
        for place, effect in enumerate(truths):
            one, none = (
                rate_sums(int(rng.binomial(6_000, p)), 6_000) for p in (0.005 + effect, 0.005)
            )
            found = adjusted(one, none)
            parts.append(Part(str(place), found.difference, found.variance))
        yield list(zip(drawn_together(parts), truths, strict=True))


CASES: dict[tuple[str, str], Case] = {
    ("several arms, all", "base"): all_at_once((0.1, 0.1, 0.11, 0.12), (1_000,) * 4),
    ("several arms, all", "rare goals"): all_at_once((0.005, 0.005, 0.006, 0.007), (6_000,) * 4),
    ("several arms, all", "arms 95:5"): all_at_once((0.1, 0.1, 0.11), (500, 4_750, 4_750)),
    ("several arms, all", "heavy tails"): all_at_once_of_money,
    ("segments", "base"): of_segments(1.0, 6),
    ("segments", "unequal"): of_segments(1.0, 6, unequal=True),
    ("segments", "two"): of_segments(1.0, 2),
    ("segments", "rare goals"): of_segments_with_rare_goals,
}
