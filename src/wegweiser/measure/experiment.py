"""The split check: were units divided over the arms as planned?"""

import math
from collections.abc import Mapping

import msgspec
from scipy import special

BROKEN_BELOW = 0.001
BROKEN_FROM_EVIDENCE = 1_000.0
LEAST_UNITS = 100
LEAST_EXPECTED = 5.0


class Split(msgspec.Struct, frozen=True):
    """How far the counts per arm are from the plan; `chance` is that of a sound split."""

    chi_square: float
    freedom: int
    chance: float
    evidence: float
    broken: bool


def check_split(
    counts: Mapping[str, int], shares: Mapping[str, float], running: bool = False
) -> Split:
    """Compare the units of each arm with its planned share.

    χ² = Σ(n_k − Nθ_k)²/(Nθ_k) with arms − 1 degrees of freedom (arms with fewer than 5 expected
    units are taken together), broken at the end of a test when such a split has a chance below
    .001. While it is `running` it may be looked at often, and only the e-value counts, which stays
    below 1,000 over all looks with a chance of .999 (Lindon & Malek 2022). Assumes independent
    units. Shares are scaled to sum 1; arms without a
    share that have units break the check. Raises ValueError when nothing was planned or counted.

    >>> check = check_split({"a": 21307, "b": 21387, "c": 21306}, {"a": 1, "b": 1, "c": 1})
    >>> check.chi_square, check.chance, check.broken
    (0.2025, 0.9037, False)
    >>> uneven = {"a": 3_000, "b": 2_700}
    >>> [check_split(uneven, {"a": 1, "b": 1}, running).broken for running in (True, False)]
    [False, True]
    """
    planned = {arm: share for arm, share in shares.items() if share > 0}
    total = sum(counts.values())
    if len(planned) < 2 or total == 0:
        raise ValueError("a split check needs two planned arms and some units")
    if any(number and arm not in planned for arm, number in counts.items()):
        return Split(math.inf, len(planned) - 1, 0.0, math.inf, True)
    whole = sum(planned.values())
    expected = {arm: total * share / whole for arm, share in planned.items()}
    cells = _cells(counts, expected)
    chi_square = sum((found - want) ** 2 / want for found, want in cells)
    freedom = max(len(cells) - 1, 0)
    chance = float(special.chdtrc(freedom, chi_square)) if freedom else 1.0
    evidence = split_evidence(
        [counts.get(arm, 0) for arm in planned], [share / whole for share in planned.values()]
    )
    broken = evidence >= BROKEN_FROM_EVIDENCE or (not running and chance < BROKEN_BELOW)
    return Split(chi_square, freedom, chance, evidence, broken)


def _cells(counts: Mapping[str, int], expected: Mapping[str, float]) -> list[tuple[int, float]]:
    """Give counted and expected units per cell of χ², which needs 5 expected in each.

    Arms with fewer are taken together, and with the smallest other one if that is not enough.
    """
    ordered = sorted(expected, key=lambda arm: (-expected[arm], arm))
    cells = [(counts.get(arm, 0), expected[arm]) for arm in ordered]
    while len(cells) > 1 and cells[-1][1] < LEAST_EXPECTED:
        (one, few), (other, more) = cells.pop(), cells.pop()
        cells.append((one + other, few + more))
    return cells


def split_evidence(counts: list[int], shares: list[float], weight: float = 100.0) -> float:
    """Give the e-value against the planned shares (multinomial, Dirichlet of `weight`).

    ln E = lnΓ(A) − lnΓ(A + N) + Σ[lnΓ(Aθ_k + n_k) − lnΓ(Aθ_k)] − Σ n_k ln θ_k.

    >>> split_evidence([50, 50], [0.5, 0.5]) < 1 < split_evidence([80, 20], [0.5, 0.5])
    True
    """
    total = sum(counts)
    logarithm = special.gammaln(weight) - special.gammaln(weight + total)
    for count, share in zip(counts, shares, strict=True):
        logarithm += special.gammaln(weight * share + count) - special.gammaln(weight * share)
        logarithm -= count * math.log(share)
    return math.exp(min(float(logarithm), 700.0))
