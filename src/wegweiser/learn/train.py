"""From one snapshot and new examples to the next snapshot, the same on every run."""

from collections.abc import Iterable

from wegweiser.learn.label import Example
from wegweiser.learn.model import Belief
from wegweiser.terms.instant import day_of
from wegweiser.terms.model import Head, Snapshot


def train(snapshot: Snapshot, examples: Iterable[Example]) -> Snapshot:
    """Learn the examples that closed after the snapshot's watermark, in their order.

    Examples at or before the watermark were learned already. The watermark is the close of the
    last label learned; without a new one the same snapshot comes back. Learning in one go or
    in several gives equal heads.

    >>> example = Example(1000, "dec_1", "home.hero", 0, "engage", True, {"bias": 1.0})
    >>> first = train(Snapshot(), [example])
    >>> first.number, first.labels, train(first, [example]) is first
    (1, 1, True)
    """
    fresh = [example for example in examples if example.closes_at > snapshot.watermark]
    fresh.sort(key=lambda example: example.order)
    if not fresh:
        return snapshot
    beliefs = {name: Belief(name, head) for name, head in snapshot.heads.items()}
    day = day_of(snapshot.watermark if snapshot.labels else fresh[0].closes_at)
    for example in fresh:
        today = day_of(example.closes_at)
        if today > day:
            for belief in beliefs.values():
                belief.forget(today - day)
            day = today
        if example.head not in beliefs:
            beliefs[example.head] = Belief(example.head, Head())
        beliefs[example.head].update(example.weights, example.responded)
    return Snapshot(
        number=snapshot.number + 1,
        heads={name: beliefs[name].head() for name in sorted(beliefs)},
        labels=snapshot.labels + len(fresh),
        watermark=fresh[-1].closes_at,
    )
