"""A belief about a stage in words, in English and German."""

from wegweiser.profile.stage import SILENCE, Reason, StageBelief
from wegweiser.profile.stage_kernel import DAY_MINUTES
from wegweiser.profile.stage_signs import VISIT
from wegweiser.profile.stage_table import Journey
from wegweiser.terms.figure import percent
from wegweiser.terms.instant import format_instant
from wegweiser.terms.journey import STAGES
from wegweiser.terms.json import JsonObject

LANGUAGES = ("en", "de")
TOLD = 6
_ENGLISH = {"product_use": "product use", VISIT: "other visits", "other": "other evidence"}
_GERMAN = {
    "problem": "Problem",
    "solution": "Lösung",
    "pricing": "Preise",
    "comparison": "Vergleich",
    "technical": "Technik",
    "demo": "Vorführung",
    "security": "Sicherheit",
    "proof": "Referenzen",
    "meeting": "Gespräch",
    "product_use": "Produktnutzung",
    "careers": "Karriere",
    "help": "Hilfe",
    VISIT: "andere Besuche",
    "other": "Übriges",
}
_TIMES = {"en": {1: "", 2: " twice"}, "de": {1: "", 2: " zweimal"}}
_GOING = {
    "en": {
        "forward": "forward",
        "back": "back",
        "steady": "steady",
        "dormant": "dormant",
        "off_path": "off the path",
        "unknown": "not known",
    },
    "de": {
        "forward": "voran",
        "back": "zurück",
        "steady": "unverändert",
        "dormant": "ruhend",
        "off_path": "abseits",
        "unknown": "unklar",
    },
}


def what_in_words(what: str, language: str) -> str:
    """Name a class of evidence; a declared one and a fact are named as they were declared.

    >>> what_in_words("pricing", "de"), what_in_words("pricing", "en")
    ('Preise', 'pricing')
    """
    return (_GERMAN if language == "de" else _ENGLISH).get(what, what)


def reason_in_words(reason: Reason, language: str) -> str:
    """Say what one kind of evidence did.

    >>> reason_in_words(Reason("pricing", 2, 0, 1.12), "en")
    'pricing twice +1.1'
    >>> reason_in_words(Reason("silence", 3, 12 * 1440, -0.8), "de")
    '12 stille Tage −0,8'
    """
    change = f"{reason.change:+.1f}".replace("-", "−")
    if language == "de":
        change = change.replace(".", ",")
    if reason.what == SILENCE:
        days = round(reason.minutes / DAY_MINUTES)
        if language == "de":
            return f"{days} {'stiller Tag' if days == 1 else 'stille Tage'} {change}"
        return f"{days} silent {'day' if days == 1 else 'days'} {change}"
    often = _TIMES[language].get(reason.times)
    times = f" {reason.times}-mal" if language == "de" else f" {reason.times} times"
    return f"{what_in_words(reason.what, language)}{times if often is None else often} {change}"


def belief_in_words(belief: StageBelief, journey: Journey, language: str) -> str:
    """Say in one line where somebody is, which way it goes, and why."""
    if not belief.known:
        return "Wir wissen es nicht." if language == "de" else "We do not know."
    share = percent(belief.probabilities[STAGES.index(belief.stage)], language, 0)
    name = journey.names[belief.stage][language]
    way = "" if belief.going == belief.stage else f", {_GOING[language][belief.going]}"
    reasons = "; ".join(reason_in_words(one, language) for one in belief.reasons[:TOLD])
    why = f": {reasons}" if reasons else ""
    return f"{name} ({share}){way}{why}"


def document(belief: StageBelief, journey: Journey) -> JsonObject:
    """Write a belief as profiles and the read API tell it."""
    return {
        "stage": belief.stage if belief.known else "unknown",
        "probabilities": dict(zip(STAGES, belief.probabilities, strict=True)),
        "direction": belief.direction,
        "going": belief.going,
        "entropy": belief.entropy,
        "entries": belief.entries,
        "evidence": [
            {
                "what": one.what,
                "times": one.times,
                "days": round(one.minutes / DAY_MINUTES, 1),
                "change": round(one.change, 4),
            }
            for one in belief.reasons
        ],
        "words": {language: belief_in_words(belief, journey, language) for language in LANGUAGES},
        "as_of": format_instant(belief.as_of),
        "table": journey.version,
    }
