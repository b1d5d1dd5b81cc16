"""A learner's state at one moment, published as a numbered snapshot."""

import msgspec


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """Mean and variance per named feature of one logistic head, on the logit scale.

    `labels` and `positives` count what it learned; `rate` is the one at which its bias began, or
    the workspace's own once there were enough labels (0: the one that is assumed of everybody).
    """

    mean: dict[str, float] = {}
    variance: dict[str, float] = {}
    labels: int = 0
    positives: int = 0
    rate: float = 0.0


class Guard(msgspec.Struct, frozen=True, omit_defaults=True):
    """A slice of a head whose predictions were wrong: until it is calm, its rate is all it says.

    `part` is "" for the whole head, else "channel:<key>" or "message:<key>"; `since` the UTC day
    on which it tripped, `clean` the clean nights since, `intercept` the logit of its own rate.
    """

    head: str
    part: str
    since: int
    intercept: float
    clean: int = 0


class Increment(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much of what was predicted for a goal was really caused, from held-out units.

    `lift` and `error` are the measured difference per unit and its standard error, `predicted`
    the difference that the model foretold; `kappa` joins them with the prior.
    """

    kappa: float
    lift: float
    error: float
    predicted: float


class Cell(msgspec.Struct, array_like=True):
    """Labels whose prediction fell into one narrow range: count, expected and found positives."""

    count: int = 0
    expected: float = 0.0
    found: int = 0


# Cells by range, per slice "head|part".
Tallies = dict[str, dict[str, Cell]]


class Sum(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was foretold for one goal: increments before kappa, summed over shown messages."""

    count: int = 0
    increment: float = 0.0


class Leanings(msgspec.Struct, frozen=True, array_like=True):
    """How far people of one role lean to topics: labels that told it, and sums by topic."""

    labels: int = 0
    sums: dict[str, float] = {}


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """What deciders read; equal label logs give equal snapshots and equal `digest`.

    `heads` are keyed "engage", "goal:<key>" and "nothing:<key>"; `labels` counts what was
    learned, `watermark` (ms) is the close of the last label, `shown` and `positives` count
    labels and responses by message key. `champion` is the model that decides, "" the shared one.
    `names` are the texts behind hashed features, `bins` the seven cuts of numeric attributes,
    `guards` the slices that tripped, `judged` those that were right in their last night
    ("head|part"), `increments` kappa by goal, `foretold` what was predicted of it. `tallies` is
    what the next night judges, `waiting` the numbers of which cuts will be made, `leanings` what
    `peers` are made of, "" for everybody; these three are kept with the newest snapshot only.
    `peers` tells how far people of a role lean to each topic. `features` is the set of features
    that it was learned with, 0 in snapshots of before there were sets. `code` is the version of the
    program that published it, "" in older ones; `digest` leaves it out. `base` is above 0 only in
    the store, where heads hold what differs from that snapshot.
    """

    number: int = 0
    heads: dict[str, Head] = {}
    labels: int = 0
    watermark: int = 0
    shown: dict[str, int] = {}
    positives: dict[str, int] = {}
    champion: str = ""
    names: dict[str, str] = {}
    bins: dict[str, tuple[float, ...]] = {}
    guards: tuple[Guard, ...] = ()
    judged: tuple[str, ...] = ()
    increments: dict[str, Increment] = {}
    foretold: dict[str, Sum] = {}
    tallies: Tallies = {}
    waiting: dict[str, list[float]] = {}
    digest: str = ""
    base: int = 0
    features: int = 0
    peers: dict[str, dict[str, float]] = {}
    leanings: dict[str, Leanings] = {}
    code: str = ""
