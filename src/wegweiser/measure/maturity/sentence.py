"""The maturity report in sentences, English and German."""

from wegweiser.measure.maturity.line import STAGES
from wegweiser.measure.maturity.standing import Judged, Stage, Standing
from wegweiser.measure.words import Sentence, both, number, percent

STATES: dict[str, Sentence] = {
    "in_place": {"en": "in place", "de": "vorhanden"},
    "in_part": {"en": "in part", "de": "teilweise"},
    "missing": {"en": "missing", "de": "fehlt"},
    "not_yet_visible": {"en": "not yet visible", "de": "noch nicht sichtbar"},
    "not_needed": {"en": "not needed", "de": "nicht nötig"},
}


def standing_told(found: Standing) -> Sentence:
    """Say at which stage the organisation stands, and what comes next."""
    if found.reached == 0 and not found.is_visible:
        return both(
            "Where you stand is not yet visible: " + _next("en", found),
            "Wo Sie stehen, ist noch nicht sichtbar: " + _next("de", found),
        )
    if found.reached == 0:
        first = stage_told(found.stages[0])
        return both(
            f"You are on the way to stage 1 of 5. {first['en']} Next: {_next('en', found)}",
            f"Sie sind auf dem Weg zu Stufe 1 von 5. {first['de']} Als Nächstes:"
            f" {_next('de', found)}",
        )
    stage = found.stages[found.reached - 1]
    name, state = STAGES[stage.number], STATES[stage.state]
    if stage.number == len(STAGES) and stage.state == "in_place":
        return both(
            "You stand at stage 5 of 5: all five stages are in place.",
            "Sie stehen auf Stufe 5 von 5: Alle fünf Stufen sind vorhanden.",
        )
    return both(
        f"You stand at stage {stage.number} of 5, {name['en']} ({state['en']}). Next: "
        + _next("en", found),
        f"Sie stehen auf Stufe {stage.number} von 5, {name['de']} ({state['de']})."
        " Als Nächstes: " + _next("de", found),
    )


def _next(language: str, found: Standing) -> str:
    return found.steps[0].line.step[language]


def stage_told(stage: Stage) -> Sentence:
    """Say of one stage what of it is there, and which lines are missing."""
    needed = [one for one in stage.lines if one.state != "not_needed"]
    good = sum(one.state == "in_place" for one in needed)
    missing = [one.line.label for one in needed if one.state != "in_place"]
    told = {lang: ", ".join(label[lang] for label in missing) for lang in ("en", "de")}
    tail = both("", "")
    if missing:
        tail = both(f" Still open: {told['en']}.", f" Noch offen: {told['de']}.")
    name, state = STAGES[stage.number], STATES[stage.state]
    return both(
        f"{name['en']}: {state['en']}, {good} of {len(needed)}.{tail['en']}",
        f"{name['de']}: {state['de']}, {good} von {len(needed)}.{tail['de']}",
    )


def line_told(one: Judged) -> Sentence:
    """Say of one line what it shows, from when on it is in place, and else the next step."""
    label, state = one.line.label, _state(one)
    figure = {lang: _figure(one, lang) for lang in ("en", "de")}
    tail = both("", "")
    if one.state in ("missing", "not_yet_visible"):
        tail = both(" " + one.line.step["en"], " " + one.line.step["de"])
    return both(
        f"{label['en']}: {figure['en']}, {state['en']}.{tail['en']}",
        f"{label['de']}: {figure['de']}, {state['de']}.{tail['de']}",
    )


def _state(one: Judged) -> Sentence:
    """Say how far a line is: what is there, but too little of it, is not missing."""
    if one.state != "missing" or not one.figure:
        return STATES[one.state]
    if one.line.unit == "error":
        return both("too much", "zu viel")
    return both("not yet enough", "noch nicht genug")


def step_told(place: int, one: Judged) -> Sentence:
    """Say what to do next, and what that makes possible."""
    return both(
        f"{place}. {one.line.step['en']} What you gain: {one.line.enables['en']}."
        f" See {one.line.page}.",
        f"{place}. {one.line.step['de']} Ihr Gewinn: {one.line.enables['de']}."
        f" Siehe {one.line.page}.",
    )


def _figure(one: Judged, language: str) -> str:
    most = one.line.unit == "error"
    ends = {"en": ("at most ", "at least "), "de": ("höchstens ", "mindestens ")}[language]
    wanted = (ends[0] if most else ends[1]) + _shown(one.line.threshold, one, language)
    if one.figure is None:
        return {"en": f"unknown ({wanted})", "de": f"unbekannt ({wanted})"}[language]
    return f"{_shown(one.figure, one, language)} ({wanted})"


def _shown(value: float, one: Judged, language: str) -> str:
    if one.line.unit == "count":
        return number(value, language)
    decimals = 1 if one.line.unit == "error" else 0
    return percent(value, language, decimals)
