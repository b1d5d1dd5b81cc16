"""What the value of anybody is worked out from, as rows of an answer."""

import msgspec

from wegweiser.measure.lifetime.holdout import MOST_REPEATS
from wegweiser.measure.lifetime.study import Study
from wegweiser.measure.lifetime.to_come import Outlook
from wegweiser.measure.lifetime.worth import Worth
from wegweiser.terms.json import JsonObject


def model_rows(study: Study, worth: Worth, ahead: Outlook) -> list[JsonObject]:
    """List the parameters of both models, the outlook, and how far the past was missed."""
    fitted, held = study.chosen.fitted, study.chosen.holdout
    rows = [_row("model", study.chosen.model.name, None)]
    rows += [_row("buying", name, fitted[name]) for name in fitted.names]
    for place, one in enumerate(worth.fits):
        rows += [_row(f"worth_{place}", name, one[name]) for name in one.names]
    rows += [_row("border", str(place), one) for place, one in enumerate(worth.borders)]
    rows += [_row("ahead", name, value) for name, value in msgspec.structs.asdict(ahead).items()]
    rows.append(_row("holdout", "error", held.error))
    for repeats in range(MOST_REPEATS + 1):
        came = float(held.came[repeats])
        missed = float(held.foretold[repeats]) / came - 1 if came > 0 else None
        rows.append(_row("holdout_of_repeats", str(repeats), missed))
    return rows


def _row(part: str, name: str, value: float | None) -> JsonObject:
    return {"part": part, "name": name, "value": value}
