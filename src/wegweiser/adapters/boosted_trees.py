"""A challenger of boosted trees: LightGBM predicts responses, SquareCB explores around them."""

from collections.abc import Sequence
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from wegweiser.ports.response_model import Features

# Older labels are forgotten.
MOST_LABELS = 50_000
FEWEST_LABELS = 500
ROUNDS = 120
_PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "deterministic": True,
    "num_threads": 1,
    "force_row_wise": True,
    "seed": 1,
    "verbosity": -1,
}


class _Trees(Protocol):
    def predict(self, rows: csr_matrix) -> NDArray[np.float64]: ...


class BoostedTrees:
    """Learns from labels as their windows close; `fit` makes new trees, once a night.

    Until there are 500 labels it expects the same of every candidate. Needs the extra `trees`.
    """

    def __init__(self) -> None:
        self._labels: list[tuple[dict[str, float], bool]] = []
        self._seen = 0
        self._columns: dict[str, int] = {}
        self._trees: _Trees | None = None
        self._made_of = 0
        self._fitting = Lock()

    def learn(self, features: Features, responded: bool) -> None:
        """Keep one label for the next trees."""
        self._seen += 1
        self._labels.append((dict(features), responded))
        if len(self._labels) > MOST_LABELS:
            del self._labels[: MOST_LABELS // 10]

    def labels_seen(self) -> int:
        """Give how many labels the present trees were made after."""
        return self._made_of

    def fit(self) -> None:
        """Make trees of the labels so far; takes seconds, and may run beside decisions."""
        import lightgbm

        with self._fitting:
            labels, seen = list(self._labels), self._seen
            if len(labels) < FEWEST_LABELS:
                return
            names = sorted({name for features, _ in labels for name in features})
            columns = {name: place for place, name in enumerate(names)}
            rows = _matrix([features for features, _ in labels], columns)
            responded = np.array([float(hit) for _, hit in labels])
            data = lightgbm.Dataset(rows, label=responded, free_raw_data=True)
            trees = lightgbm.train(_PARAMETERS, data, num_boost_round=ROUNDS)
            self._columns, self._trees, self._made_of = columns, trees, seen

    def score(self, candidates: Sequence[Features]) -> list[float]:
        """Give the chance of a response per candidate."""
        if self._trees is None:
            return [0.5] * len(candidates)
        return [float(chance) for chance in self._trees.predict(_matrix(candidates, self._columns))]


def _matrix(rows: Sequence[Features], columns: dict[str, int]) -> csr_matrix:
    values: list[float] = []
    places: list[int] = []
    ends = [0]
    for features in rows:
        for name, weight in features.items():
            if name in columns:
                places.append(columns[name])
                values.append(weight)
        ends.append(len(values))
    shape = (len(rows), max(len(columns), 1))
    return csr_matrix((np.array(values), np.array(places), np.array(ends)), shape=shape)
