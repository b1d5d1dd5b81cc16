"""A model of one's own: what decisions ask of it, so that its probabilities stay exact."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

# The named features of one candidate in one request, with weights from 0 to 1.
Features = Mapping[str, float]


@runtime_checkable
class ResponseModel(Protocol):
    """Predicts responses with doubt; whoever has the highest draw is chosen (Thompson)."""

    def respond(self, candidates: Sequence[Features]) -> tuple[Sequence[float], Sequence[float]]:
        """Give mean and standard deviation of the response per candidate, on the logit scale."""


@runtime_checkable
class ScoreModel(Protocol):
    """Predicts responses without doubt; SquareCB makes selection probabilities of them."""

    def score(self, candidates: Sequence[Features]) -> Sequence[float]:
        """Give the chance of a response per candidate, from 0 to 1."""

    def labels_seen(self) -> int:
        """Give how many labels it was made from; the more, the less it explores."""


@runtime_checkable
class LearningModel(Protocol):
    """One of the above that wants to be told of labels as their windows close."""

    def learn(self, features: Features, responded: bool) -> None:
        """Take one label: the features of what was shown, and whether it was engaged with."""


@runtime_checkable
class FittedModel(Protocol):
    """One that is made anew once a night, in a thread of its own."""

    def fit(self) -> None:
        """Make it of the labels so far."""


Model = ResponseModel | ScoreModel
