"""Reading a snapshot: the mean and variance of a feature, or what was believed before."""

from collections.abc import Mapping

from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.prior import BIAS, ENOUGH_LABELS, family_of, prior_mean, prior_variance

_EMPTY = Head()


def base_rate(snapshot: Snapshot, head: str) -> float:
    """Give the rate at which a head's bias stands; 0 while there were not 1,000 labels.

    A head that has not seen so many itself takes the rate of all heads of its kind.

    >>> base_rate(Snapshot(heads={"goal:won": Head(labels=2_000, positives=100)}), "goal:lost")
    0.05
    """
    own = snapshot.heads.get(head)
    return own.rate if own is not None and own.labels else rate_of_kind(snapshot.heads, head)


def rate_of_kind(heads: Mapping[str, Head], head: str) -> float:
    """Give the rate over all heads of the kind of one; 0 while there were not 1,000 labels."""
    kind = family_of(head)
    alike = [found for name, found in heads.items() if family_of(name) == kind]
    return own_rate(sum(found.labels for found in alike), sum(found.positives for found in alike))


def own_rate(labels: int, positives: int) -> float:
    """Give a rate from counts; 0 while there were not 1,000 labels.

    >>> own_rate(2_000, 100), own_rate(999, 100)
    (0.05, 0.0)
    """
    if labels < ENOUGH_LABELS:
        return 0.0
    # Nobody, or everybody, is a rate that no finite number of labels can prove.
    return min(max(positives, 0.5), labels - 0.5) / labels


def mean_of(snapshot: Snapshot, head: str, feature: str) -> float:
    """Read a feature's mean, or its prior where nothing was learned."""
    found = snapshot.heads.get(head, _EMPTY).mean.get(feature)
    if found is not None:
        return found
    return prior_mean(head, feature, base_rate(snapshot, head) if feature == BIAS else 0.0)


def variance_of(snapshot: Snapshot, head: str, feature: str) -> float:
    """Read a feature's variance, or its prior where nothing was learned."""
    found = snapshot.heads.get(head, _EMPTY).variance.get(feature)
    return prior_variance(feature, snapshot.features) if found is None else found
