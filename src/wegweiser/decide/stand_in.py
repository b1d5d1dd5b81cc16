"""Models that stand in for the shared one: a champion for all, or a challenger in its arm."""

import msgspec
import numpy as np

from wegweiser.decide.circumstance import Circumstance
from wegweiser.decide.features import all_features
from wegweiser.decide.own_models import SHARED
from wegweiser.decide.policy import Numbers, Policy
from wegweiser.decide.square import gamma_of
from wegweiser.ports.response_model import Model, ResponseModel
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot


class StandIn(msgspec.Struct, frozen=True):
    """What another model says of all candidates of a shelf; `gamma` above 0 asks for SquareCB."""

    name: str
    mean: Numbers
    spread: Numbers
    gamma: float = 0.0


def stand_in(
    policy: Policy, arm: str, placement: Placement, snapshot: Snapshot, seen: Circumstance
) -> StandIn | None:
    """Ask the model that stands in for the shared one in an arm; None where it decides itself.

    A champion decides in all arms that differ from the main one by something else.

    One that fails, or says what is no number, is counted and left out for this decision.
    """
    name = policy.bundle.arms.challenger_model if arm == "challenger" else snapshot.champion
    if not name or name == SHARED:
        return None
    models = policy.stand_ins
    model = models.named(name, snapshot)
    shelf = policy.shelves[placement.channel]
    rows = [all_features(candidate, placement.key, seen) for candidate in shelf.candidates]
    try:
        found = None if model is None else _asked(name, model, rows)
    except Exception:  # noqa: BLE001  Somebody else's model may fail in any way; we go on.
        found = None
    if found is None:
        models.failures[name] += 1
    return found


def _asked(name: str, model: Model, rows: list[dict[str, float]]) -> StandIn | None:
    gamma = 0.0
    if isinstance(model, ResponseModel):
        mean, spread = (np.asarray(part, dtype=np.float64) for part in model.respond(rows))
    else:
        chance = np.clip(np.asarray(model.score(rows), dtype=np.float64), 1e-9, 1.0 - 1e-9)
        mean, spread = np.log(chance / (1.0 - chance)), np.zeros(len(rows))
        gamma = gamma_of(model.labels_seen())
    whole = mean.shape == spread.shape == (len(rows),)
    if not whole or not np.isfinite(mean + spread).all() or (spread < 0.0).any():
        return None
    return StandIn(name, mean, spread, gamma)
