"""Chooses among the buying models by what each foretold of the time held out."""

import msgspec

from wegweiser.measure.lifetime.buyers import Buyers
from wegweiser.measure.lifetime.checks import identified
from wegweiser.measure.lifetime.fit import Fitted
from wegweiser.measure.lifetime.holdout import Holdout, held_against
from wegweiser.measure.lifetime.models import AT_ANY_TIME, MODELS, WITHOUT_DROP_OUT, Model
from wegweiser.measure.lifetime.told import Told

# More customers narrow the interval of a parameter, but not the doubt about the model.
MOST_FITTED = {"pareto_nbd": 10_000}
MOST_OF_OTHERS = 50_000


class Tried(msgspec.Struct, frozen=True):
    """A model fitted to what was known before the holdout, and what it foretold."""

    model: Model
    fitted: Fitted
    holdout: Holdout
    is_identified: bool


class Chosen(msgspec.Struct, frozen=True):
    """The model to forecast with, fitted to all that is known, beside all that were tried.

    Where `drop_out_told` is false the data cannot tell how people stop, and the model is the one
    in which nobody does.
    """

    model: Model
    fitted: Fitted
    holdout: Holdout
    tried: tuple[Tried, ...]
    drop_out_told: bool


def choose(told: Told, wish: str, season_before: float = 1.0) -> Chosen:
    """Try the models wished ("auto": those for orders at any time), and take the best identified.

    Best is the smallest sum of errors by frequency in the holdout, whose forecast is multiplied by
    `season_before`. What is left when no other is identified is the model without drop-out.
    """
    names = AT_ANY_TIME if wish == "auto" else (wish,)
    tried = [_tried(MODELS[name], told, season_before) for name in (*names, WITHOUT_DROP_OUT)]
    known = [one for one in tried[:-1] if one.is_identified]
    for one in sorted(known, key=lambda each: each.holdout.bin_error):
        fitted, is_identified = fit(one.model, told.now)
        # The past may tell of drop-out what all that is known no longer does.
        if is_identified:
            return Chosen(one.model, fitted, one.holdout, tuple(tried), True)
    last = tried[-1]
    fitted, _ = fit(last.model, told.now)
    return Chosen(last.model, fitted, last.holdout, tuple(tried), False)


def fit(model: Model, buyers: Buyers) -> tuple[Fitted, bool]:
    """Fit a model, of very many buyers to every so many of them; also tells if it is identified."""
    few = buyers.thinned(MOST_FITTED.get(model.name, MOST_OF_OTHERS))
    fitted = model.fit(few)
    floor = fitted if model.name == WITHOUT_DROP_OUT else MODELS[WITHOUT_DROP_OUT].fit(few)
    return fitted, identified(model, fitted, floor.log_likelihood)


def _tried(model: Model, told: Told, season: float) -> Tried:
    fitted, is_identified = fit(model, told.before)
    foretold = season * model.expected(fitted, told.before, told.held)
    return Tried(model, fitted, held_against(foretold, told.before, told.later), is_identified)
