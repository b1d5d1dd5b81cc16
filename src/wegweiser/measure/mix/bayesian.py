"""The same media mix as a fully Bayesian model, with PyMC-Marketing (the extra `mix`)."""

from collections.abc import Sequence
from datetime import date, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from wegweiser.measure.mix.background import HARMONICS
from wegweiser.measure.mix.fit import Shapes
from wegweiser.measure.mix.lift_tests import LiftTest
from wegweiser.measure.mix.prior import SETTINGS, Prior
from wegweiser.measure.mix.shape import CARRY_WEEKS
from wegweiser.measure.mix.weeks import Weeks
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

if TYPE_CHECKING:
    import pandas

CHAINS, DRAWS_PER_CHAIN = 4, 500
LARGEST_R_HAT, MOST_DIVERGENCES = 1.01, 0.001
_SMALLEST_SPREAD = 1e-6
_FIRST_DAY = date(2020, 1, 6)


class Posterior(msgspec.Struct, frozen=True):
    """Draws of one setting, with the proofs that the sampler has found its way.

    `r_hat` is the largest over all parameters, `divergences` the share of diverging steps.
    """

    shapes: Shapes
    r_hat: float
    divergences: float

    @property
    def is_sound(self) -> bool:
        """True where the chains agree and hardly any step diverged."""
        return self.r_hat <= LARGEST_R_HAT and self.divergences <= MOST_DIVERGENCES


def require_extra() -> None:
    """Raise InputRefused, with what to install, where PyMC-Marketing is not there."""
    if find_spec("pymc_marketing") is None:
        told = wrong("needs_pymc")
        raise InputRefused("missing_extra", told, 422, "engine")


def sampled(
    weeks: Weeks, seed: int, prior: Prior | None = None, tests: Sequence[LiftTest] = ()
) -> dict[str, Posterior]:
    """Sample the model under each setting of the belief; raises InputRefused without the extra."""
    require_extra()
    belief = prior or Prior()
    return {name: _sampled(weeks, seed, belief, factor, tests) for name, factor in SETTINGS.items()}


def _sampled(
    weeks: Weeks, seed: int, belief: Prior, factor: float, tests: Sequence[LiftTest]
) -> Posterior:
    import arviz
    import pandas
    from pymc_marketing.mmm import GeometricAdstock, LogisticSaturation
    from pymc_marketing.mmm.multidimensional import MMM
    from pymc_marketing.prior import Prior as Stated

    channels = [f"media_{k}" for k in range(len(weeks.names))]
    table, controls = _table(weeks, channels)
    sales = pandas.Series(weeks.sales, name="sales")
    most = float(np.abs(weeks.sales).max())
    mean = float(np.abs(weeks.sales[CARRY_WEEKS - 1 :]).mean())
    alpha, beta = _decay_beta(belief, factor)
    effect = np.maximum(factor * belief.effect_spread(weeks) * mean / most, _SMALLEST_SPREAD)
    steepness = {"mu": np.log(belief.steepness), "sigma": factor * belief.steepness_spread}
    model = MMM(
        date_column="week",
        channel_columns=channels,
        target_column="sales",
        control_columns=controls,
        yearly_seasonality=HARMONICS,
        adstock=GeometricAdstock(
            l_max=CARRY_WEEKS,
            priors={"alpha": Stated("Beta", alpha=alpha, beta=beta, dims="channel")},
        ),
        saturation=LogisticSaturation(
            priors={
                "lam": Stated("LogNormal", **steepness, dims="channel"),
                "beta": Stated("HalfNormal", sigma=effect, dims="channel"),
            }
        ),
    )
    model.build_model(table, sales)
    if tests:
        model.add_lift_test_measurements(_tests(weeks, tests, channels))
    found = model.fit(
        table,
        sales,
        chains=CHAINS,
        draws=DRAWS_PER_CHAIN,
        tune=2 * DRAWS_PER_CHAIN,
        target_accept=0.95,
        random_seed=seed,
        progressbar=False,
    )
    names = ("adstock_alpha", "saturation_lam", "saturation_beta")
    drawn = [
        np.asarray(found.posterior[name].stack(row=("chain", "draw")).transpose("row", "channel"))
        for name in names
    ]
    agreed = arviz.rhat(found, var_names=[one.name for one in model.model.free_RVs])
    r_hat = max(float(agreed[name].max()) for name in agreed.data_vars)
    diverging = float(found.sample_stats["diverging"].mean())
    return Posterior(Shapes(drawn[0], drawn[1], drawn[2] * most), r_hat, diverging)


def _decay_beta(belief: Prior, factor: float) -> tuple[float, float]:
    """Give the beta distribution with mean and variance of the believed decay.

    The library knows no logit-normal one.
    """
    at = np.linspace(-6, 6, 2_001)
    weights = np.exp(-0.5 * at * at)
    weights /= weights.sum()
    decay = 1 / (1 + np.exp(-(belief.shape_centre(1)[0] + factor * belief.decay_spread * at)))
    mean = float(weights @ decay)
    variance = float(weights @ (decay - mean) ** 2)
    size = mean * (1 - mean) / variance - 1
    return mean * size, (1 - mean) * size


def _table(weeks: Weeks, channels: Sequence[str]) -> tuple["pandas.DataFrame", list[str]]:
    """Lay out weeks as the library reads them, with the trend among the controls."""
    import pandas

    days = weeks.first_days or [
        (_FIRST_DAY + timedelta(weeks=week)).isoformat() for week in range(weeks.count)
    ]
    table = pandas.DataFrame({"week": pandas.to_datetime(list(days))})
    for name, column in zip(channels, weeks.media.T, strict=True):
        table[name] = column
    table["trend"] = np.arange(weeks.count) / max(1, weeks.count - 1) - 0.5
    moved = [column for column in weeks.controls.T if column.std() > 0]
    for k, column in enumerate(moved):
        table[f"control_{k}"] = (column - column.mean()) / column.std()
    return table, ["trend", *(f"control_{k}" for k in range(len(moved)))]


def _tests(weeks: Weeks, tests: Sequence[LiftTest], channels: Sequence[str]) -> "pandas.DataFrame":
    import pandas

    return pandas.DataFrame(
        [
            {
                "channel": channels[weeks.names.index(one.channel)],
                "x": one.spend,
                "delta_x": one.more,
                "delta_y": one.lift,
                "sigma": one.error,
            }
            for one in tests
        ]
    )
