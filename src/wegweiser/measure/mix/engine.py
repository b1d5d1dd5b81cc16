"""The ways to compute a media mix, and the one that samples."""

from collections.abc import Sequence

import numpy as np

from wegweiser.measure.form import gated
from wegweiser.measure.mix.analysis import Mix, compared, gathered
from wegweiser.measure.mix.bayesian import Posterior, sampled
from wegweiser.measure.mix.fit import believed, draws, fit
from wegweiser.measure.mix.honesty import holdout
from wegweiser.measure.mix.lift_tests import LiftTest
from wegweiser.measure.mix.prior import Prior
from wegweiser.measure.mix.weeks import Weeks
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Result

ENGINES = ("core", "regression", "pymc")


def mixed_by_sampling(
    name: str, weeks: Weeks, seed: int, prior: Prior, tests: Sequence[LiftTest]
) -> Mix | Result:
    """Sample with PyMC-Marketing; a refusal where the chains disagree or steps diverged.

    Prediction of the last 8 weeks and agreement with tests are those of the core fit.
    """
    found = sampled(weeks, seed, prior, tests)
    wrong = [one for one in found.values() if not one.is_sound]
    if wrong:
        return _unsound(name, weeks, wrong)
    rng = np.random.default_rng(seed)
    plain = fit(weeks, rng, prior)
    alone = draws(plain, rng, settings={"asked": 1.0})["asked"]
    return gathered(
        weeks,
        {setting: one.shapes for setting, one in found.items()},
        believed(plain, rng),
        holdout(weeks, rng, prior),
        compared(plain, alone, tests),
    )


def _unsound(name: str, weeks: Weeks, wrong: Sequence[Posterior]) -> Result:
    r_hat, diverging = (max(getattr(one, field) for one in wrong) for field in _PROOFS)
    said = {
        lang: (number(r_hat, lang, 3), number(100 * diverging, lang, 2)) for lang in ("en", "de")
    }
    told = both(
        f"The sampler did not find its way (R-hat {said['en'][0]}, 1.01 at most;"
        f" {said['en'][1]}% of steps diverged, 0.1% at most). Ask with --engine core.",
        f"Die Ziehung fand ihren Weg nicht (R-hat {said['de'][0]}, höchstens 1,01; {said['de'][1]}"
        " % der Schritte wichen ab, höchstens 0,1 %). Fragen Sie mit --engine core.",
    )
    n = {"weeks": weeks.count, "channels": len(weeks.names)}
    return gated(name, "share of sales", "unidentified", n, told)


_PROOFS = ("r_hat", "divergences")
