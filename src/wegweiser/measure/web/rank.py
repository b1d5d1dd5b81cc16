"""The rank of a page among all pages, with how far chance alone could move it."""

import hashlib

import msgspec
import numpy as np

from wegweiser.terms.result import Question

DRAWS = 1_000
# Pages beyond these share the last place; they are too rare for a rank to mean anything.
MOST_RANKED = 5_000


def seed_of(question: Question) -> int:
    """Give the seed that a question's text and parameters stand for."""
    encoded = msgspec.json.encode(question, order="sorted")
    return int.from_bytes(hashlib.sha256(encoded).digest()[:8], "big")


def rank_ends(counts: list[int], chance: np.random.Generator) -> list[tuple[int, int]]:
    """Give per count the 5th and 95th percent of its rank; rank 1 is the largest.

    1,000 draws of shares from Dirichlet(counts + ½); ranks need only the gamma draws behind it.
    Assumes that visits choose their pages independently. `counts` are in descending order.

    >>> rank_ends([900, 500, 490], np.random.default_rng(7))
    [(1, 1), (2, 3), (2, 3)]
    """
    ranked = np.asarray(counts[:MOST_RANKED], dtype=np.float64)
    ranks = np.empty((DRAWS, len(ranked)), dtype=np.int32)
    places = np.arange(1, len(ranked) + 1, dtype=np.int32)
    for draw in ranks:
        draw[np.argsort(-chance.standard_gamma(ranked + 0.5), kind="stable")] = places
    low, high = np.percentile(ranks, (5, 95), axis=0, method="nearest")
    ends = [(int(first), int(last)) for first, last in zip(low, high, strict=True)]
    beyond = (len(ranked) + 1, len(counts))
    return [
        (min(place, first), max(place, last))
        for place, (first, last) in enumerate(ends + [beyond] * (len(counts) - len(ends)), 1)
    ]
