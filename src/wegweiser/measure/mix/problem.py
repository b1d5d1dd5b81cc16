"""The inner half of a media mix: for given decays and saturations the effects are least squares."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.mix.lift_tests import Tests
from wegweiser.measure.mix.nonnegative import nonnegative
from wegweiser.measure.mix.shape import acted, saturated
from wegweiser.measure.mix.simplex import Places

Floats = NDArray[np.float64]
_LARGEST_LOG = 6.0


class Wanted(msgspec.Struct, frozen=True):
    """What each of B fits is held against: its sales (background taken away), beliefs and tests.

    `shape_*` are (B, 2K), `effect_*` (B, K); `biases` (B, K) are what the series says beyond a
    test, with s.d. `bias_spread` (K); `told` (B, T) are the differences that tests have shown.
    """

    sales: Floats
    shape_centre: Floats
    shape_spread: Floats
    effect_centre: Floats
    effect_spread: Floats
    biases: Floats
    told: Floats


class Problem(msgspec.Struct, frozen=True):
    """Media (K × 8 × n) with the `basis` of the background (n × p), noise variance and tests.

    Effects are in parts of mean sales. Tests measure own effects; the series measures the effects
    and a bias, so that a confounded series bends to a test and not the test to the series.
    """

    lags: Floats
    basis: Floats
    variance: float
    tests: Tests
    bias_spread: Floats

    def loss(self, wanted: Wanted, points: Floats, members: Places) -> Floats:
        """Give −2 log posterior, up to a constant, of each point for its member."""
        return self.solved(wanted, points, members)[0]

    def solved(
        self, wanted: Wanted, points: Floats, members: Places
    ) -> tuple[Floats, Floats, Floats]:
        """Give losses (B), own effects (B, K), and the effects that the series shows (B, K)."""
        channels = self.lags.shape[0]
        decay, steepness = shapes_of(points)
        active = acted(self.lags, decay, steepness)
        products, targets = self._normal(wanted, active, steepness, members)
        found = nonnegative(products, targets)
        sales = wanted.sales[members]
        away = (points - wanted.shape_centre[members]) / wanted.shape_spread[members]
        loss = (
            (sales * sales).sum(axis=1) / self.variance
            + (away * away).sum(axis=1)
            + self._constant(wanted, members)
            + (found * ((products @ found[:, :, None])[:, :, 0] - 2 * targets)).sum(axis=1)
        )
        own = found[:, :channels].copy()
        own[:, self.tests.tested] = found[:, channels:]
        return loss, own, found[:, :channels]

    def _normal(
        self, wanted: Wanted, active: Floats, steepness: Floats, members: Places
    ) -> tuple[Floats, Floats]:
        """Give the normal equations for series effects and, behind them, tested own effects."""
        channels, tested = self.lags.shape[0], self.tests.tested
        size = channels + len(tested)
        outside = active - (active @ self.basis) @ self.basis.T
        products = np.zeros((len(members), size, size))
        targets = np.zeros((len(members), size))
        products[:, :channels, :channels] = outside @ active.transpose(0, 2, 1) / self.variance
        targets[:, :channels] = (active @ wanted.sales[members][:, :, None])[:, :, 0]
        targets[:, :channels] /= self.variance
        own = np.arange(channels)
        own[tested] = channels + np.arange(len(tested))
        precision = wanted.effect_spread[members] ** -2.0
        products[:, own, own] += precision
        targets[:, own] += precision * wanted.effect_centre[members]
        if len(tested):
            self._link(wanted, products, targets, steepness, members)
        return products, targets

    def _link(
        self,
        wanted: Wanted,
        products: Floats,
        targets: Floats,
        steepness: Floats,
        members: Places,
    ) -> None:
        """Add what tests say, and that a series effect is its own effect and a bias."""
        tests, channels = self.tests, self.lags.shape[0]
        own, series = channels + np.arange(len(tests.tested)), tests.tested
        weight = self.bias_spread[series] ** -2.0
        bias = wanted.biases[members][:, series] * weight
        products[:, own, own] += weight
        products[:, series, series] += weight
        products[:, own, series] -= weight
        products[:, series, own] -= weight
        targets[:, series] += bias
        targets[:, own] -= bias
        lift = tests.steps(steepness)
        for test, place in enumerate(tests.places):
            scaled = lift[:, test] / tests.error[test] ** 2
            products[:, channels + place, channels + place] += scaled * lift[:, test]
            targets[:, channels + place] += scaled * wanted.told[members][:, test]

    def _constant(self, wanted: Wanted, members: Places) -> Floats:
        """Give the parts of the loss that no effect changes, so that losses stay above 0."""
        held = (wanted.effect_centre[members] / wanted.effect_spread[members]) ** 2
        series = self.tests.tested
        bias = (wanted.biases[members][:, series] / self.bias_spread[series]) ** 2
        told = (wanted.told[members] / self.tests.error) ** 2
        return np.asarray(held.sum(axis=1) + bias.sum(axis=1) + told.sum(axis=1))


def shapes_of(points: Floats) -> tuple[Floats, Floats]:
    """Give decays and steepnesses (B, K) of points (B, 2K) of logits and logarithms."""
    channels = points.shape[1] // 2
    decay = 1 / (1 + np.exp(-np.clip(points[:, :channels], -30, 30)))
    return decay, np.exp(np.clip(points[:, channels:], -_LARGEST_LOG, _LARGEST_LOG))


def response(steepness: Floats, effect: Floats, spend: Floats) -> Floats:
    """Give what a steady weekly spend (parts of the highest week, S) brings: (B) → B × S."""
    return np.asarray(effect[:, None] * saturated(spend[None, :], steepness[:, None]))
