"""BG/BB: buying or not at fixed occasions, such as renewals, until one stops for good.

Source: Fader, Hardie and Shang 2010, Marketing Science 29.
"""

import numpy as np
from scipy.special import betaln, gammaln, logsumexp

from wegweiser.measure.lifetime.buyers import Buyers, Numbers
from wegweiser.measure.lifetime.fit import Fitted, Starts, fit_buyers

NAMES = ("alpha", "beta", "gamma", "delta")
_STARTS = ((1.0, 1.0, 1.0, 1.0), (1.2, 0.8, 0.7, 2.8))


def fit(buyers: Buyers, starts: Starts = _STARTS) -> Fitted:
    """Fit BG/BB; `age` counts the occasions, `last` is the number of the last one that was taken.

    Assumes that people take an occasion with a chance of their own while alive, and stop before
    an occasion with a chance of their own, both beta distributed.
    """
    return fit_buyers(NAMES, _log_likelihood, starts, buyers)


def _log_likelihood(parameters: Numbers, buyers: Buyers) -> float:
    return float((buyers.count * _log_of_each(parameters, buyers)).sum())


def _log_of_each(parameters: Numbers, buyers: Buyers) -> Numbers:
    alpha, beta, gamma, delta = parameters
    x, last, n = buyers.repeats, buyers.last, buyers.age
    terms = [betaln(alpha + x, beta + n - x) + betaln(gamma, delta + n)]
    for later in range(int((n - last).max(initial=0.0))):
        part = betaln(alpha + x, beta + last - x + later) + betaln(
            gamma + 1.0, delta + last + later
        )
        terms.append(np.where(later <= n - last - 1.0, part, -np.inf))
    shared = betaln(alpha, beta) + betaln(gamma, delta)
    return np.asarray(logsumexp(np.array(terms), axis=0) - shared, dtype=np.float64)


def alive(fitted: Fitted, buyers: Buyers) -> Numbers:
    """Give the chance of each group to take part in the next occasion at all."""
    alpha, beta, gamma, delta = fitted.values
    x, n = buyers.repeats, buyers.age
    here = betaln(alpha + x, beta + n - x) + betaln(gamma, delta + n + 1.0)
    here = here - betaln(alpha, beta) - betaln(gamma, delta)
    return np.asarray(np.exp(here - _log_of_each(fitted.values, buyers)), dtype=np.float64)


def expected(fitted: Fitted, buyers: Buyers, occasions: float) -> Numbers:
    """Give how many of the coming occasions each group will take.

    Σ_k B(α + x + 1, β + n - x)·B(γ, δ + n + k) over B(α, β)·B(γ, δ)·L, k from 1 to the occasions.
    """
    alpha, beta, gamma, delta = fitted.values
    x, n = buyers.repeats, buyers.age
    taken = betaln(alpha + x + 1.0, beta + n - x) - betaln(alpha, beta) - betaln(gamma, delta)
    later = [betaln(gamma, delta + n + coming) for coming in range(1, round(occasions) + 1)]
    log_sum = logsumexp(np.array(later), axis=0) if later else np.full(len(x), -np.inf)
    logs = taken + log_sum - _log_of_each(fitted.values, buyers)
    return np.asarray(np.exp(logs), dtype=np.float64)


def expected_of_new(fitted: Fitted, occasions: float) -> float:
    """Give how many of the coming occasions somebody new will take; needs gamma other than 1.

    α/(α + β)·δ/(γ - 1)·[1 - Γ(γ + δ)Γ(1 + δ + n)/(Γ(γ + δ + n)Γ(1 + δ))].
    """
    alpha, beta, gamma, delta = fitted.values
    left = gammaln(gamma + delta) - gammaln(gamma + delta + occasions)
    left += gammaln(1.0 + delta + occasions) - gammaln(1.0 + delta)
    share = alpha / (alpha + beta) * delta / (gamma - 1.0)
    return float(share * (1.0 - np.exp(left)))
