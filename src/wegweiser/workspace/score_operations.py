"""Operations on predictive scores: list, show, train, and explain one of somebody."""

import msgspec

from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import format_day
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.score import ScoreCheck, ScoreDeclared, ScoreModel
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, text
from wegweiser.workspace.site import Site

MOST_CONTRIBUTIONS = 10
# From here on a score or a feature is told to have drifted (population stability index).
DRIFTED, MOVED = 0.25, 0.1


async def score_list(site: Site, arguments: JsonObject) -> Json:
    """List the scores with their newest model, how good it is, and what is missing."""
    book = site.scoring.book
    rows: list[Json] = [
        _row(declared, book.newest(key), book.checks.get(key), site.scoring.window_of(declared))
        for key, declared in sorted(book.declared.items())
    ]
    return {"scores": rows}


async def score_show(site: Site, arguments: JsonObject) -> Json:
    """Give one score whole: weights, calibration by tenth, drift, and all its models."""
    key = text(arguments, "key")
    book = site.scoring.book
    declared = book.declared.get(key)
    if declared is None:
        raise NotFound(wrong("no_score", key=repr(key)))
    model, check = book.newest(key), book.checks.get(key)
    told = _row(declared, model, check, site.scoring.window_of(declared))
    models: list[Json] = [
        {"number": one.number, "sha256": one.sha256, "trained_on": format_day(one.trained_on)}
        for one in book.models_of(key)
    ]
    return {
        **told,
        "quality": None if model is None else plain(model.quality),
        "weights": [] if model is None else _weights(model),
        "drift": None if check is None or check.drift is None else plain(check.drift),
        "models": models,
    }


async def score_train(site: Site, arguments: JsonObject) -> Json:
    """Learn one score now, or all of them; "too little data" is an answer."""
    wanted = arguments.get("key")
    keys = [text(arguments, "key")] if wanted else sorted(site.scoring.book.declared)
    rows: list[Json] = []
    for key in keys:
        check = await site.scoring.train(key)
        declared = site.scoring.book.declared[key]
        model = site.scoring.book.newest(key)
        rows.append(_row(declared, model, check, site.scoring.window_of(declared)))
    return {"scores": rows}


async def score_explain(site: Site, arguments: JsonObject) -> Json:
    """Give one score of somebody with what each feature adds, or why there is none."""
    await site.intake.settle()
    key, name = text(arguments, "key"), text(arguments, "identifier")
    if key not in site.scoring.book.declared:
        raise NotFound(wrong("no_score", key=repr(key)))
    until = site.knowing.insights.until
    group_id = site.views.find_account(name)
    person_id = None if group_id is not None else site.views.find_person(name)
    if group_id is not None:
        subject, account = f"group_id:{group_id}", site.views.account(group_id)
        cells = site.views.account_cells_of(group_id)
        told = site.scoring.scores.explain(key, account, cells, until)
    elif person_id is not None:
        subject, person = f"person_id:{person_id}", site.views.person(person_id)
        consent = site.views.consent_of(person_id)
        person = msgspec.structs.replace(person, consent=consent)
        cells = site.views.cells_of(person_id)
        told = site.scoring.scores.explain(key, person, cells, until)
    else:
        raise NotFound(wrong("no_profile"))
    check = site.scoring.book.checks.get(key)
    shown: list[Json] = [plain(one) for one in told.contributions[:MOST_CONTRIBUTIONS]]
    rest = sum(one.points for one in told.contributions[MOST_CONTRIBUTIONS:])
    return {
        "subject": subject,
        "key": key,
        "score": None if told.score is None else plain(told.score),
        "why": told.why or None,
        "missing": check.reason if check and told.why == "too_little_data" else None,
        "logit": told.logit,
        "intercept": told.intercept,
        "contributions": shown,
        "rest": rest,
    }


def _row(
    declared: ScoreDeclared, model: ScoreModel | None, check: ScoreCheck | None, days: int
) -> JsonObject:
    drift = None if check is None or check.drift is None else check.drift
    return {
        "key": declared.key,
        "name": declared.name or declared.key,
        "predicts": declared.predicts,
        "goal": declared.goal or None,
        "days": days,
        "unit": declared.unit,
        "status": "never_trained" if check is None else check.status,
        "missing": check.reason if check and check.reason else None,
        "model": None if model is None else model.number,
        "sha256": None if model is None else model.sha256,
        "trained_on": None if model is None else format_day(model.trained_on),
        "checked_on": None if check is None else format_day(check.checked_on),
        "auc": None if model is None else plain(model.quality.auc),
        "calibration_slope": None if model is None else plain(model.quality.slope),
        "drift": None if drift is None else drift.score,
        "drifted": drift is not None and drift.score > DRIFTED,
        "moved": []
        if drift is None
        else [name for name, value in drift.features.items() if value > MOVED],
    }


def _weights(model: ScoreModel) -> list[Json]:
    found: list[Json] = [
        {
            "feature": model.features[term.feature].name,
            "level": term.level or None,
            "weight": term.weight,
            "doubt": model.covariance[place][place] ** 0.5,
        }
        for place, term in enumerate(model.terms, 1)
    ]
    return found


OPERATIONS = {
    "score_list": score_list,
    "score_show": score_show,
    "score_train": score_train,
    "score_explain": score_explain,
}
