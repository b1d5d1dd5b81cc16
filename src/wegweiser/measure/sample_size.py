"""How many units a test needs, and the smallest lift that a number of units can show."""

from scipy import optimize

from wegweiser.measure.statistic import normal_quantile

POWER = 0.8
_MOST_LIFT = 1e6


def sample_size(
    base: float, lift: float, share: float, power: float = POWER, level: float = 0.95
) -> float:
    """Give the units that show a relative lift of a rate, of which `share` are held out.

    N = (z_level + z_power)²·(p₁(1 − p₁)/h + p₂(1 − p₂)/(1 − h))/(p₂ − p₁)² with p₂ = p₁(1 + r).
    Assumes independent units and one look at the end. Source: J. L. Fleiss 1981, chapter 3.
    Raises ValueError unless 0 < p₁, p₂ < 1, 0 < h < 1 and r is not 0.

    >>> round(sample_size(0.02, 0.10, 0.05)), round(sample_size(0.02, 0.10, 0.50))
    (813631, 161357)
    """
    raised = base * (1 + lift)
    if not (0 < base < 1 and 0 < raised < 1 and 0 < share < 1 and lift != 0):
        raise ValueError("rates and the share must lie between 0 and 1, and the lift must not be 0")
    spread = base * (1 - base) / share + raised * (1 - raised) / (1 - share)
    quantiles = normal_quantile(level) + normal_quantile(2 * power - 1)
    return float(quantiles**2 * spread / (raised - base) ** 2)


def design_effect(
    mean_per_cluster: float, intraclass_correlation: float, variation: float = 0.0
) -> float:
    """Give how many times the units must be in clusters: 1 + ((cv² + 1)·m − 1)·ICC.

    `variation` is the coefficient of variation (cv) of the sizes of clusters, 0 where all are
    equal. Source: S. M. Eldridge, D. Ashby and S. Kerry 2006, Int. J. of Epidemiology 35.

    >>> design_effect(5, 0.1), design_effect(5, 0.1, 1.0)
    (1.4, 1.9)
    """
    return 1 + ((variation**2 + 1) * mean_per_cluster - 1) * intraclass_correlation


def smallest_lift(units: float, base: float, share: float, power: float = POWER) -> float | None:
    """Give the smallest relative lift that so many units show, None where no lift does.

    Solves N(r) = `units` for r > 0; `share` of the units are held out and reach `base`.

    >>> smallest_lift(2_000, 0.05, 0.1), smallest_lift(2_000, 0.05, 0.5)
    (0.948, 0.6186)
    """
    if not (0 < base < 1 and 0 < share < 1 and units > 0):
        return None
    highest = (1 / base - 1) * (1 - 1e-9)

    def missing(lift: float) -> float:
        return sample_size(base, lift, share, power) - units

    if missing(highest) > 0:
        return None
    return float(optimize.brentq(missing, 1e-9, min(highest, _MOST_LIFT), xtol=1e-9))
