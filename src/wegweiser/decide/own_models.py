"""The models of a workspace by name: the built-in challenger, and those of its data scientists."""

from collections import Counter
from collections.abc import Mapping, Sequence

from wegweiser.ports.response_model import Features, Model, ResponseModel, ScoreModel
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import ENGAGE, ENGAGE_RATE, logit
from wegweiser.terms.weights import base_rate

# The built-in challenger, blind to who asks.
BETA = "beta"
BETA_WEIGHT = 20.0
SHARED = "shared"


class BetaPerMessage:
    """Counts per message and nothing else, as a normal on the logit scale.

    Mean logit(a/(a+b)) and variance 1/a + 1/b of a beta distribution that begins with twenty
    contacts at the workspace's rate: what context has to beat.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._rate = base_rate(snapshot, ENGAGE) or ENGAGE_RATE

    def respond(self, candidates: Sequence[Features]) -> tuple[list[float], list[float]]:
        """Give mean and spread per candidate."""
        means, spreads = [], []
        for features in candidates:
            key = next((name[8:] for name in features if _is_message(name)), "")
            found = self._snapshot.positives.get(key, 0) + BETA_WEIGHT * self._rate
            shown = self._snapshot.shown.get(key, 0) + BETA_WEIGHT
            means.append(logit(found / shown))
            spreads.append((1.0 / found + 1.0 / (shown - found)) ** 0.5)
        return means, spreads


def _is_message(name: str) -> bool:
    return name.startswith("message:") and "&" not in name


class StandIns:
    """The models of a workspace by name; `failures` counts how often one could not be used."""

    def __init__(self, models: Mapping[str, Model] | None = None) -> None:
        self.models: dict[str, Model] = dict(models or {})
        self.failures: Counter[str] = Counter()

    def put(self, name: str, model: object) -> None:
        """Register a model; raises InputRefused for one that cannot state its probabilities.

        >>> StandIns().put("linucb", object())
        Traceback (most recent call last):
        wegweiser.terms.errors.InputRefused: ...
        """
        if name in ("", SHARED, BETA):
            raise InputRefused("bad_model", f"The name {name!r} is taken; choose another.")
        if not isinstance(model, ResponseModel | ScoreModel):
            raise InputRefused(
                "bad_model",
                "A model has respond(candidates) -> (means, deviations), or score(candidates) and "
                "labels_seen(). One that only names its choice cannot state a probability.",
            )
        self.models[name] = model

    def named(self, name: str, snapshot: Snapshot) -> Model | None:
        """Find a model; None for the shared one, or where none of this name is there."""
        return BetaPerMessage(snapshot) if name == BETA else self.models.get(name)
