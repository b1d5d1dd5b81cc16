"""A learner's state at one moment, published as a numbered snapshot."""

import msgspec


class Head(msgspec.Struct, frozen=True):
    """Mean and variance per named feature of one logistic head, on the logit scale."""

    mean: dict[str, float] = {}
    variance: dict[str, float] = {}


class Snapshot(msgspec.Struct, frozen=True):
    """What deciders read; equal label logs give equal snapshots.

    `heads` are keyed "engage" and "goal:<key>"; `labels` counts what was learned.
    """

    number: int = 0
    heads: dict[str, Head] = {}
    labels: int = 0
    watermark: int = 0
