"""The challenger of boosted trees: it learns what a sum of features cannot say."""

import numpy as np
import pytest

from wegweiser.adapters.boosted_trees import FEWEST_LABELS, BoostedTrees
from wegweiser.decide.own_models import StandIns
from wegweiser.ports.response_model import LearningModel, ScoreModel


def taught(count: int, seed: int = 1) -> BoostedTrees:
    """Teach that a and b together work, and either alone does not."""
    rng, trees = np.random.default_rng(seed), BoostedTrees()
    for _ in range(count):
        a, b = (bool(one) for one in rng.integers(0, 2, 2))
        features = {"bias": 1.0, "topic:a": float(a), "format:b": float(b)}
        trees.learn(features, bool(rng.random() < (0.6 if a and b else 0.05)))
    return trees


def test_it_is_a_model_that_can_be_registered() -> None:
    trees = BoostedTrees()
    assert isinstance(trees, ScoreModel)
    assert isinstance(trees, LearningModel)
    StandIns().put("trees", trees)
    assert trees.score([{"bias": 1.0}, {}]) == [0.5, 0.5]


def test_it_finds_what_only_two_features_together_tell() -> None:
    pytest.importorskip("lightgbm", reason="the extra `trees` is not installed")
    trees = taught(3_000)
    trees.fit()
    assert trees.labels_seen() == 3_000
    both, one, none = trees.score(
        [
            {"bias": 1.0, "topic:a": 1.0, "format:b": 1.0},
            {"bias": 1.0, "topic:a": 1.0, "format:b": 0.0},
            {"bias": 1.0, "unknown": 1.0},
        ]
    )
    assert both == pytest.approx(0.6, abs=0.1)
    assert max(one, none) < 0.15
    again = taught(3_000)
    again.fit()
    assert again.score([{"topic:a": 1.0}]) == trees.score([{"topic:a": 1.0}])


def test_too_few_labels_make_no_trees() -> None:
    pytest.importorskip("lightgbm", reason="the extra `trees` is not installed")
    trees = taught(FEWEST_LABELS - 1)
    trees.fit()
    assert trees.labels_seen() == 0
