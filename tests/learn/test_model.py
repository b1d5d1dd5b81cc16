"""The update of one label: always a proper belief, and the right one where truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.learn.model import Belief
from wegweiser.terms.model import Head
from wegweiser.terms.prior import prior_mean, prior_variance

NAMES = ["bias", "channel:web", "message:a", "message:b", "topic:x", "affinity:x"]
WEIGHTS = st.dictionaries(st.sampled_from(NAMES), st.floats(0.0, 1.0), min_size=1)


@given(st.lists(st.tuples(WEIGHTS, st.booleans(), st.integers(0, 40)), max_size=60))
def test_variance_stays_above_zero_and_never_exceeds_its_prior(
    labels: list[tuple[dict[str, float], bool, int]],
) -> None:
    belief = Belief("engage", Head())
    for weights, responded, days in labels:
        belief.update(weights, responded)
        belief.forget(days)
        for name in NAMES:
            assert 0.0 < belief.variance(name) <= prior_variance(name)
            assert math.isfinite(belief.mean(name))


@given(WEIGHTS)
def test_a_success_raises_and_a_failure_lowers_every_active_mean(weights: dict[str, float]) -> None:
    up, down = Belief("engage", Head()), Belief("engage", Head())
    up.update(weights, True)
    down.update(weights, False)
    for name in NAMES:
        before = prior_mean("engage", name)
        if weights.get(name, 0.0) > 1e-6:
            assert down.mean(name) < before < up.mean(name)
            assert up.variance(name) < prior_variance(name)
        elif name not in weights:
            assert up.mean(name) == before == down.mean(name)


def test_one_label_moves_the_belief_as_the_formula_says() -> None:
    belief = Belief("goal:won", Head({"bias": 0.0, "message:a": 0.5}, {"message:a": 0.1}))
    belief.update({"bias": 1.0, "message:a": 0.5}, True)
    variance = 0.5 + 0.25 * 0.1
    kappa = 1 / math.sqrt(1 + math.pi * variance / 8)
    expected = 1 / (1 + math.exp(-kappa * 0.25))
    assert belief.mean("bias") == pytest.approx(0.5 * kappa * (1 - expected))
    assert belief.mean("message:a") == pytest.approx(0.5 + 0.05 * kappa * (1 - expected))
    shrink = kappa**2 * expected * (1 - expected)
    assert belief.variance("bias") == pytest.approx(0.5 - 0.25 * shrink)
    assert belief.variance("message:a") == pytest.approx(0.1 - 0.05**2 * shrink)


def test_forgetting_stops_at_the_prior_and_leaves_the_mean() -> None:
    belief = Belief("engage", Head({"message:a": 0.3}, {"message:a": 0.1}))
    belief.forget(10)
    assert belief.variance("message:a") == pytest.approx(0.1 * 1.01**10)
    belief.forget(1_000_000)
    assert belief.variance("message:a") == prior_variance("message:a")
    assert belief.mean("message:a") == 0.3


def test_many_labels_find_the_true_rates() -> None:
    random = np.random.default_rng(4)
    rates = {"message:a": 0.05, "message:b": 0.20}
    belief = Belief("engage", Head())
    for _ in range(6000):
        name = str(random.choice(list(rates)))
        belief.update({"bias": 1.0, name: 1.0}, bool(random.random() < rates[name]))
    for name, rate in rates.items():
        found = 1 / (1 + math.exp(-belief.mean("bias") - belief.mean(name)))
        assert found == pytest.approx(rate, abs=0.02)
