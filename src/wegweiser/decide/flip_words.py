"""What would have changed a choice, said in English and in German."""

from wegweiser.decide.flip import Flips
from wegweiser.decide.sentence_words import Language
from wegweiser.terms.instant import format_instant

_ENGLISH = {
    "quoted": "“{}”",
    "best": "In {placement} {best} has the highest mean utility.",
    "nothing": "In {placement} saying nothing has the highest mean utility.",
    "lever": "{message} would overtake it with a lever of {needed} or more (now {lever}).",
    "no_lever": "No allowed lever would bring {message} in front.",
    "stage": "Moving {percent} % of the belief from “{source}” to “{target}” would bring "
    "{candidate} in front.",
    "silence": "nothing",
    "time": "From {at} on {candidate} would be in front.",
    "rule": "{candidate} would be in front if this rule did not keep it out: {rule}",
}
_GERMAN = {
    "quoted": "„{}“",
    "best": "In {placement} hat {best} den höchsten mittleren Nutzen.",
    "nothing": "In {placement} hat es den höchsten mittleren Nutzen, nichts zu sagen.",
    "lever": "{message} läge mit einem Hebel ab {needed} vorn (jetzt {lever}).",
    "no_lever": "Kein erlaubter Hebel brächte {message} nach vorn.",
    "stage": "Wanderten {percent} % der Vermutung von „{source}“ nach „{target}“, läge "
    "{candidate} vorn.",
    "silence": "nichts",
    "time": "Ab {at} läge {candidate} vorn.",
    "rule": "{candidate} läge vorn, wenn diese Regel es nicht ausschlösse: {rule}",
}
_TEMPLATES: dict[Language, dict[str, str]] = {"en": _ENGLISH, "de": _GERMAN}


def in_words(flips: Flips) -> dict[Language, str]:
    """Say in a few sentences per language what would have changed the best candidate of a slot."""
    return {language: _told(language, words, flips) for language, words in _TEMPLATES.items()}


def _number(value: float, form: str, language: Language) -> str:
    written = format(value, form)
    return written.replace(".", ",") if language == "de" else written


def _told(language: Language, words: dict[str, str], flips: Flips) -> str:
    first = words["best" if flips.best else "nothing"]
    parts = [first.format(placement=flips.placement, best=words["quoted"].format(flips.best))]
    if (by := flips.lever) is not None:
        template = words["no_lever" if by.verdict else "lever"]
        parts.append(
            template.format(
                message=words["quoted"].format(by.message),
                needed=_number(by.needed or 0.0, ".3f", language),
                lever=_number(by.lever, "g", language),
            )
        )
    if (stage := flips.stage) is not None:
        name = words["quoted"].format(stage.candidate) if stage.candidate else words["silence"]
        parts.append(
            words["stage"].format(
                percent=_number(100 * stage.moved, ".1f", language),
                source=stage.source,
                target=stage.target,
                candidate=name,
            )
        )
    if (time := flips.time) is not None:
        at = format_instant(time.at)
        parts.append(words["time"].format(at=at, candidate=words["quoted"].format(time.candidate)))
    if (rule := flips.rule) is not None:
        parts.append(
            words["rule"].format(candidate=words["quoted"].format(rule.candidate), rule=rule.rule)
        )
    return " ".join(parts)
