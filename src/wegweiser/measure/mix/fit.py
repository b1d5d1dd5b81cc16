"""The core fit of a media mix: a search over shapes, then draws that show how sure it is."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import special

from wegweiser.measure.mix.background import background, span_of
from wegweiser.measure.mix.lift_tests import LiftTest, tests_of
from wegweiser.measure.mix.prior import SETTINGS, Prior, scaled_media
from wegweiser.measure.mix.problem import Problem, Wanted, shapes_of
from wegweiser.measure.mix.shape import CARRY_WEEKS, acted, lagged
from wegweiser.measure.mix.simplex import Places, search
from wegweiser.measure.mix.weeks import Weeks

Floats = NDArray[np.float64]
STARTS = 20
DRAWS = 200
BLOCK_WEEKS = 8
_ROUNDS = 3
_STEP, _TOLERANCE, _TURNS_PER_SHAPE = 0.5, 0.01, 60


class Shapes(msgspec.Struct, frozen=True):
    """Decay, steepness, and effect per channel (rows are draws); effects in units of sales.

    A channel brings effect · S(x), x being parts of its highest week.
    """

    decay: Floats
    steepness: Floats
    effect: Floats


class Fit(msgspec.Struct, frozen=True):
    """The most probable shapes (one row), what they leave over, and the scale of it all.

    `residuals` are left over from the eighth week on, in units of sales; `point` and `problem` let
    draws begin where the search ended.
    """

    weeks: Weeks
    prior: Prior
    best: Shapes
    residuals: Floats
    mean_sales: float
    point: Floats
    problem: Problem


def fit(
    weeks: Weeks,
    rng: np.random.Generator,
    prior: Prior | None = None,
    tests: Sequence[LiftTest] = (),
    bias_spread: Floats | None = None,
) -> Fit:
    """Fit sales = level + trend + season + causes + Σ β·S(A(x)), β ≥ 0, with weak penalties.

    Nelder and Mead over decay and steepness from 20 starts, effects by least squares inside; the
    noise variance is found anew twice. With `tests` each channel has a bias with s.d.
    `bias_spread` (in units of sales) on the series that it does not have in tests.
    """
    belief = prior or Prior()
    mean_sales = float(np.abs(weeks.sales[CARRY_WEEKS - 1 :]).mean()) or 1.0
    basis = span_of(background(weeks)[CARRY_WEEKS - 1 :])
    sales = weeks.sales[CARRY_WEEKS - 1 :] / mean_sales
    outside = sales - basis @ (basis.T @ sales)
    spread = np.full(len(weeks.names), 1.0) if bias_spread is None else bias_spread / mean_sales
    problem = Problem(
        lagged(scaled_media(weeks)),
        basis,
        max(float(outside @ outside) / len(sales), 1e-12),
        tests_of(tests, weeks, mean_sales),
        spread,
    )
    wanted = _central(problem, outside, weeks, belief)
    points = _starts(belief, len(weeks.names), rng)
    for _ in range(_ROUNDS):
        points, losses = _searched(problem, _repeated(wanted, len(points)), points)
        points = points[[int(np.argmin(losses))]]
        problem = _quieter(problem, wanted, points)
    return _finished(problem, wanted, points, weeks, belief, mean_sales)


def draws(
    found: Fit,
    rng: np.random.Generator,
    many: int = DRAWS,
    settings: Mapping[str, float] = SETTINGS,
) -> dict[str, Shapes]:
    """Draw what else could be true, for each setting of how wide the beliefs are.

    Each draw fits anew the sales plus residuals in blocks of 8 weeks, with beliefs whose centres
    are themselves drawn: where the data say nothing, draws spread like the belief.
    Source: Künsch 1989 (blocks); Chen and Oliver 2012 (drawn centres).
    """
    wanted = {name: _drawn(found, rng, factor, many) for name, factor in settings.items()}
    everything = Wanted(
        *(
            np.concatenate([getattr(one, field) for one in wanted.values()])
            for field in Wanted.__struct_fields__
        )
    )
    starts = np.repeat(found.point, len(settings) * many, axis=0)
    points, _ = _searched(found.problem, everything, starts)
    shapes = _shapes(found.problem, everything, points, found.mean_sales)
    return {
        name: Shapes(*(part[at * many : (at + 1) * many] for part in _parts(shapes)))
        for at, name in enumerate(settings)
    }


def believed(found: Fit, rng: np.random.Generator, many: int = 2_000) -> Shapes:
    """Draw shapes from the belief alone."""
    wanted = _drawn(found, rng, 1.0, many)
    decay, steepness = shapes_of(wanted.shape_centre)
    return Shapes(decay, steepness, np.abs(wanted.effect_centre) * found.mean_sales)


def _parts(shapes: Shapes) -> tuple[Floats, Floats, Floats]:
    return shapes.decay, shapes.steepness, shapes.effect


def _starts(belief: Prior, channels: int, rng: np.random.Generator) -> Floats:
    centre, spread = belief.shape_centre(channels), belief.shape_spread(channels)
    offs = rng.normal(0, 1.5, (STARTS, 2 * channels))
    offs[0] = 0.0
    return np.asarray(centre + spread * offs)


def _searched(problem: Problem, wanted: Wanted, starts: Floats) -> tuple[Floats, Floats]:
    def loss(points: Floats, members: Places) -> Floats:
        return problem.loss(wanted, points, members)

    return search(loss, starts, _STEP, _TOLERANCE, _TURNS_PER_SHAPE * starts.shape[1])


def _central(problem: Problem, outside: Floats, weeks: Weeks, belief: Prior) -> Wanted:
    channels = len(weeks.names)
    return Wanted(
        outside[None],
        belief.shape_centre(channels)[None],
        belief.shape_spread(channels)[None],
        np.zeros((1, channels)),
        belief.effect_spread(weeks)[None],
        np.zeros((1, channels)),
        problem.tests.lift[None],
    )


def _repeated(wanted: Wanted, times: int) -> Wanted:
    """Give the same wish as often as there are starts."""
    return Wanted(
        *(np.repeat(getattr(wanted, field), times, axis=0) for field in Wanted.__struct_fields__)
    )


def _quieter(problem: Problem, wanted: Wanted, point: Floats) -> Problem:
    """Take the noise from what the search has left over."""
    left = wanted.sales[0] - _explained(problem, wanted, point)
    variance = max(float(left @ left) / _freedom(problem), 1e-12)
    return msgspec.structs.replace(problem, variance=variance)


def _freedom(problem: Problem) -> int:
    """Count the weeks beyond what is fitted."""
    channels, _, weeks = problem.lags.shape
    return max(1, int(weeks - problem.basis.shape[1] - 3 * channels))


def _explained(problem: Problem, wanted: Wanted, point: Floats) -> Floats:
    """Give what media explain beyond the background, at the most probable shapes."""
    _, _, series = problem.solved(wanted, point, np.zeros(1, np.intp))
    active = acted(problem.lags, *shapes_of(point))[0]
    told = series[0] @ active
    return np.asarray(told - problem.basis @ (problem.basis.T @ told))


def _shapes(problem: Problem, wanted: Wanted, points: Floats, mean_sales: float) -> Shapes:
    """Give the shapes at points; an effect that no test has measured may be partly a bias."""
    members = np.arange(len(points))
    _, own, _ = problem.solved(wanted, points, members)
    untested = np.ones(own.shape[1], bool)
    untested[problem.tests.tested] = False
    own[:, untested] = np.maximum(own[:, untested] - wanted.biases[:, untested], 0.0)
    return Shapes(*shapes_of(points), own * mean_sales)


def _finished(
    problem: Problem,
    wanted: Wanted,
    point: Floats,
    weeks: Weeks,
    belief: Prior,
    mean_sales: float,
) -> Fit:
    return Fit(
        weeks,
        belief,
        _shapes(problem, wanted, point, mean_sales),
        mean_sales * (wanted.sales[0] - _explained(problem, wanted, point)),
        mean_sales,
        point,
        problem,
    )


def _drawn(found: Fit, rng: np.random.Generator, factor: float, many: int) -> Wanted:
    """Draw what `many` fits are held against; beliefs are `factor` times as wide."""
    problem, channels = found.problem, len(found.weeks.names)
    shape_spread = factor * found.prior.shape_spread(channels)
    effect_spread = factor * found.prior.effect_spread(found.weeks)
    centre = found.prior.shape_centre(channels)
    has_tests = len(problem.tests.tested) > 0
    biases = rng.normal(0, problem.bias_spread * has_tests, (many, channels))
    told = rng.normal(problem.tests.lift, problem.tests.error, (many, len(problem.tests.lift)))
    return Wanted(
        _resampled(found, rng, many),
        rng.normal(centre, shape_spread, (many, 2 * channels)),
        np.tile(shape_spread, (many, 1)),
        rng.normal(0, effect_spread, (many, channels)),
        np.tile(effect_spread, (many, 1)),
        biases,
        told,
    )


def _resampled(found: Fit, rng: np.random.Generator, many: int) -> Floats:
    """Give sales plus residuals in blocks, with the background taken away.

    Not what the model says plus residuals: that is pulled to the belief already, and would be
    pulled again. Blocks are few, so that their spread is known badly: residuals are made larger
    by what the t distribution is wider than the normal one.
    """
    problem, count = found.problem, len(found.residuals)
    blocks = -(-count // BLOCK_WEEKS)
    wider = float(special.stdtrit(blocks - 1, 0.975) / special.ndtri(0.975))
    noise = wider * found.residuals / found.mean_sales * np.sqrt(count / _freedom(problem))
    firsts = rng.integers(0, count, (many, blocks))
    places = (firsts[:, :, None] + np.arange(BLOCK_WEEKS)).reshape(many, -1)[:, :count] % count
    said = found.weeks.sales[CARRY_WEEKS - 1 :] / found.mean_sales + noise[places]
    return np.asarray(said - (said @ problem.basis) @ problem.basis.T)
