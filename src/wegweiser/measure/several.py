"""Several comparisons at once: which of them stand, judged by their e-values."""

from collections.abc import Mapping


def confirmed(evidence: Mapping[str, float], rate: float = 0.10) -> frozenset[str]:
    """Give the names whose e-value stands among all of them (e-BH).

    With e₍₁₎ ≥ e₍₂₎ ≥ …, the largest k with e₍ₖ₎ ≥ m/(k·rate); the first k stand. At most `rate`
    of what stands is false on average, however the comparisons hang together.
    Source: R. Wang & A. Ramdas 2022, JRSS B 84.

    >>> sorted(confirmed({"a": 50.0, "b": 16.0, "c": 2.0}))
    ['a', 'b']
    """
    ranked = sorted(evidence.items(), key=lambda one: (-one[1], one[0]))
    count = len(ranked)
    last = max(
        (rank for rank, (_, value) in enumerate(ranked, 1) if value >= count / (rank * rate)),
        default=0,
    )
    return frozenset(name for name, _ in ranked[:last])
