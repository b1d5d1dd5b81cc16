"""Effects of message components: a weighted regression within tests, robust to what tests share."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import special

from wegweiser.measure.statistic import Interval, interval

LEAST_TESTS = 10
_SAME = 1 - 1e-9
Floats = NDArray[np.float64]


class VariantRate(msgspec.Struct, frozen=True):
    """One variant in one test: `reached` of `shown` (drawn at random), and its components."""

    test: str
    reached: float
    shown: float
    components: Mapping[str, str]


class Component(msgspec.Struct, frozen=True):
    """The effect of a component on the log odds against `reference`, the value shown most.

    `name` joins components that always go together by " + "; `tests` vary it. `shrunk` is the
    effect after shrinking over all components, `chance` that of a larger one without any effect.
    """

    name: str
    reference: str
    tests: int
    effect: Interval
    shrunk: float
    chance: float


def effects(variants: Sequence[VariantRate], least_tests: int = LEAST_TESTS) -> list[Component]:
    """Give the effects of all components that at least so many tests vary, jointly.

    z = ln((x + ½)/(n − x + ½)), weight 1/(1/(x + ½) + 1/(n − x + ½)), both centred within tests;
    β = (X'WX)⁻¹X'Wz, Var by tests as clusters times G/(G − 1)·(N − 1)/(N − K), t with G − 1
    degrees of freedom, G = tests that vary anything. Assumes variants drawn at random within a
    test. Source: Liang & Zeger 1986, Biometrika 73; shrinkage: Efron & Morris 1975, JASA 70.
    """
    tests = np.array([one.test for one in variants])
    names, columns, references = _columns(variants, tests, least_tests)
    if not names:
        return []
    reached = np.array([one.reached for one in variants]) + 0.5
    missed = np.array([one.shown - one.reached for one in variants]) + 0.5
    weights = 1 / (1 / reached + 1 / missed)
    centred = _centred(np.column_stack([*columns, np.log(reached / missed)]), weights, tests)
    design, odds = centred[:, :-1], centred[:, -1]
    kept = _independent(design * np.sqrt(weights)[:, None])
    if not kept:
        return []
    beta, spread, freedom = _fit(design[:, kept], odds, weights, tests)
    shrunk = shrink(beta, spread)
    quantile = float(special.stdtrit(freedom, 0.975))
    return [
        Component(
            names[column],
            references[column],
            _varied(columns[column], tests),
            interval(
                float(beta[i]),
                float(beta[i] - quantile * spread[i]),
                float(beta[i] + quantile * spread[i]),
            ),
            float(shrunk[i]),
            float(2 * special.stdtr(freedom, -abs(beta[i]) / spread[i])) if spread[i] > 0 else 0.0,
        )
        for i, column in enumerate(kept)
    ]


def shrink(effects: Floats, errors: Floats) -> Floats:
    """Shrink effects towards 0 by what their spread exceeds their errors.

    τ² = max(0, mean(b² − s²)), shrunk = b·τ²/(τ² + s²).

    >>> shrink(np.array([1.0, -1.0]), np.array([0.5, 0.5]))
    array([ 0.75, -0.75])
    """
    spread = max(0.0, float(np.mean(effects**2 - errors**2)))
    if spread == 0.0:
        return np.zeros_like(effects)
    return np.asarray(effects * spread / (spread + errors**2))


def _columns(
    variants: Sequence[VariantRate], tests: NDArray[np.str_], least_tests: int
) -> tuple[list[str], list[Floats], list[str]]:
    """Make a 0/1 column per value of each component but the one shown most; equal ones are one."""
    names: list[str] = []
    columns: list[Floats] = []
    references: list[str] = []
    for part in sorted({part for one in variants for part in one.components}):
        shown: dict[str, float] = {}
        for one in variants:
            value = one.components.get(part, "")
            shown[value] = shown.get(value, 0.0) + one.shown
        reference = max(sorted(shown), key=lambda value: shown[value])
        for value in sorted(shown):
            column = np.array([one.components.get(part, "") == value for one in variants], float)
            if value == reference or _varied(column, tests) < least_tests:
                continue
            name = _named(part, value)
            twin = _twin(column, columns, tests)
            if twin is None:
                names.append(name)
                columns.append(column)
                references.append(_named(part, reference))
            else:
                index, same = twin
                names[index] += f" + {name if same else _named(part, reference)}"
    return names, columns, references


def _named(part: str, value: str) -> str:
    return f"{part}={value or '(none)'}"


def _twin(
    column: Floats, columns: Sequence[Floats], tests: NDArray[np.str_]
) -> tuple[int, bool] | None:
    """Find a column that varies within tests as this one does, or exactly against it (False)."""
    ones = np.ones(len(tests))
    own = _centred(column[:, None], ones, tests)[:, 0]
    for index, other in enumerate(columns):
        beside = _centred(other[:, None], ones, tests)[:, 0]
        size = float(np.sqrt(own @ own) * np.sqrt(beside @ beside))
        if size > 0 and abs(float(own @ beside)) / size > _SAME:
            return index, bool(own @ beside > 0)
    return None


def _varied(column: Floats, tests: NDArray[np.str_]) -> int:
    return sum(len(set(column[tests == test])) > 1 for test in np.unique(tests))


def _centred(values: Floats, weights: Floats, tests: NDArray[np.str_]) -> Floats:
    _, group = np.unique(tests, return_inverse=True)
    totals = np.bincount(group, weights)
    means = np.column_stack(
        [np.bincount(group, weights * values[:, i]) / totals for i in range(values.shape[1])]
    )
    return np.asarray(values - means[group])


def _independent(design: Floats) -> list[int]:
    """Keep the columns, from the left, that are no sum of those before them."""
    kept: list[int] = []
    for column in range(design.shape[1]):
        tried = [*kept, column]
        if np.linalg.matrix_rank(design[:, tried], tol=1e-8) == len(tried):
            kept = tried
    return kept


def _fit(
    design: Floats, odds: Floats, weights: Floats, tests: NDArray[np.str_]
) -> tuple[Floats, Floats, int]:
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    beta = bread @ (design.T @ (weights * odds))
    scores = design * (weights * (odds - design @ beta))[:, None]
    _, group = np.unique(tests, return_inverse=True)
    sums = np.column_stack([np.bincount(group, scores[:, i]) for i in range(scores.shape[1])])
    # A test that varies nothing of this tells nothing of it.
    clusters = len(set(group[np.abs(design).sum(axis=1) > 0]))
    rows, columns = design.shape
    factor = clusters / (clusters - 1) * (rows - 1) / max(rows - columns, 1)
    variance = bread @ (factor * sums.T @ sums) @ bread
    return np.asarray(beta), np.sqrt(np.maximum(np.diag(variance), 0.0)), clusters - 1
