"""Predictive scores: as declared, as learned models, as checked every night, and as shown."""

from typing import Literal

import msgspec

from wegweiser.terms.reserved_traits import Of

Predicts = Literal["goal", "dormancy", "next_purchase", "fit"]
FeatureKind = Literal["events", "days", "since_last", "since_first", "trait", "size"]
Band = Literal["low", "medium", "high"]
# How far back features look; cells lose their day after 400.
LOOK_BACK_DAYS = 365


class ScoreFeature(msgspec.Struct, frozen=True):
    """One feature, read from the log's archive and from live cells alike.

    `events` counts events, `days` the days with any, `since_last` and `since_first` the days from
    the last or first one to the moment (all in the last `window_days`; `event` narrows to one
    name). `trait` is the text of a trait of an account, `size` the class of a number in it.
    """

    kind: FeatureKind
    event: str = ""
    window_days: int = LOOK_BACK_DAYS
    trait: str = ""

    @property
    def name(self) -> str:
        """The name by which it is explained.

        >>> ScoreFeature("events", "Page Viewed", 90).name, ScoreFeature("trait", trait="a").name
        ('events of 90 days: Page Viewed', 'a')
        """
        if self.is_category:
            return self.trait
        told = {
            "events": f"events of {self.window_days} days",
            "days": f"active days of {self.window_days}",
            "since_last": "days since the last event",
            "since_first": "days since the first event",
        }[self.kind]
        return f"{told}: {self.event}" if self.event else told

    @property
    def is_category(self) -> bool:
        """True for what is a text rather than a number."""
        return self.kind in ("trait", "size")


class ScoreDeclared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A score as people declare it: what it predicts, of whom, and in how many days.

    `goal` names the goal of "goal" and "fit"; `days` is the window of the others, and of a goal
    whose own window is not meant. `traits` are those that "fit" and accounts read besides the
    usual ones. One that is `off` is neither learned nor told.
    """

    key: str
    predicts: Predicts
    goal: str = ""
    days: int = 0
    unit: Of = "person"
    features: Literal["default"] = "default"
    traits: tuple[str, ...] = ()
    name: str = ""
    off: bool = False


class Estimated(msgspec.Struct, frozen=True):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class ScoreTerm(msgspec.Struct, frozen=True):
    """One weight: of a number, standardised by `mean` and `scale`, or of one text `level`."""

    feature: int
    weight: float
    level: str = ""
    mean: float = 0.0
    scale: float = 1.0


class Share(msgspec.Struct, frozen=True):
    """How a feature was spread in training: shares below each border and above, or by text."""

    borders: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()


class Decile(msgspec.Struct, frozen=True):
    """A tenth of the holdout by score: how many, what was said, and what came."""

    count: int
    said: float
    came: float


class ScoreQuality(msgspec.Struct, frozen=True):
    """How a model did on moments after all that it had learned from."""

    rows: int
    positives: int
    auc: Estimated
    brier: float
    brier_of_rate: float
    slope: Estimated
    intercept: Estimated
    deciles: tuple[Decile, ...]


class ScoreModel(msgspec.Struct, frozen=True, kw_only=True):
    """A logistic model with its posterior; immutable, and without anything of any person.

    `covariance` is that of intercept and weights, in their order. `cuts` are the days (numbers)
    on which people were looked at, the last ones for the holdout. `borders` are the nine between
    the tenths of the score, `spread` how features and score were spread in training.
    """

    key: str
    number: int = 0
    sha256: str = ""
    declared: ScoreDeclared
    window_days: int
    features: tuple[ScoreFeature, ...]
    intercept: float
    terms: tuple[ScoreTerm, ...]
    covariance: tuple[tuple[float, ...], ...]
    cuts: tuple[int, ...]
    holdout_cuts: tuple[int, ...]
    rows: int
    positives: int
    quality: ScoreQuality
    borders: tuple[float, ...]
    spread: tuple[Share, ...]
    score_spread: Share
    trained_on: int = 0


class ScoreDrift(msgspec.Struct, frozen=True):
    """How far people of today differ from those of training, as a population stability index."""

    rows: int
    score: float
    features: dict[str, float]


ScoreStatus = Literal["ok", "too_little_data", "never_trained"]


class ScoreCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What the last look at a score found; `reason` says what is missing, in words."""

    key: str
    status: ScoreStatus
    checked_on: int
    model: int = 0
    rows: int = 0
    positives: int = 0
    holdout_positives: int = 0
    drift: ScoreDrift | None = None
    reason: str = ""


class ShownScore(msgspec.Struct, frozen=True, rename="camel"):
    """A score as profiles show it: a probability, its tenth (10 is highest) and its model.

    `low` and `high` hold the probability in 95 of 100 cases, as far as the model is right.
    `expected_on` is the day (ISO) by which a next purchase is as likely as not, None beyond two
    years.
    """

    value: float
    low: float
    high: float
    decile: int
    band: Band
    as_of: str
    model: int
    expected_on: str | None = None


class Contribution(msgspec.Struct, frozen=True):
    """What one feature adds to the logit of a score, and the value that does it."""

    feature: str
    value: float | str | None
    points: float
