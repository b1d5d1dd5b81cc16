"""What would have changed a choice, said in English and in German."""

import math

from wegweiser.decide.flip import Flips
from wegweiser.decide.naming import Naming, by_key
from wegweiser.decide.sentence_words import Language
from wegweiser.terms.figure import number
from wegweiser.terms.instant import format_instant

_ENGLISH = {
    "quoted": "“{}”",
    "best": "In {placement} {best} has the highest mean utility.",
    "nothing": "In {placement} saying nothing has the highest mean utility.",
    "lever": "{message} would overtake it with a lever of {needed} or more (now {lever}).",
    "no_lever": "No allowed lever would bring {message} in front.",
    "stage": "Moving {percent}% of the belief from “{source}” to “{target}” would bring "
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
_SMALL_LEVER = 0.1
_TEMPLATES: dict[Language, dict[str, str]] = {"en": _ENGLISH, "de": _GERMAN}


def in_words(flips: Flips, naming: Naming = by_key) -> dict[Language, str]:
    """Say in a few sentences per language what would have changed the best candidate of a slot.

    `naming` knows what stages and moments are called.
    """
    return {language: _told(language, flips, naming) for language in _TEMPLATES}


def lever_words(needed: float, lever: float, language: str) -> tuple[str, str]:
    """Write the lever that is needed and the one of now, with the same decimals.

    The needed one is rounded up, so that what stands there is enough.

    >>> lever_words(1.0004, 1.0, "en"), lever_words(1.5, 0.8, "de"), lever_words(0.0312, 0.03, "en")
    (('1.01', '1.00'), ('1,50', '0,80'), ('0.0312', '0.0300'))
    """
    decimals = 2 if needed >= _SMALL_LEVER else 4
    # What binary fractions leave behind the last digit does not count as more.
    up = math.ceil(round(needed * 10**decimals, 6)) / 10**decimals
    return number(up, language, decimals), number(lever, language, decimals)


def _told(language: Language, flips: Flips, naming: Naming) -> str:
    words = _TEMPLATES[language]
    first = words["best" if flips.best else "nothing"]
    parts = [first.format(placement=flips.placement, best=words["quoted"].format(flips.best))]
    if (by := flips.lever) is not None:
        template = words["no_lever" if by.verdict else "lever"]
        needed, lever = lever_words(by.needed or 0.0, by.lever, language)
        name = words["quoted"].format(by.message)
        parts.append(template.format(message=name, needed=needed, lever=lever))
    if (stage := flips.stage) is not None:
        name = words["quoted"].format(stage.candidate) if stage.candidate else words["silence"]
        parts.append(
            words["stage"].format(
                percent=number(100 * stage.moved, language, 1),
                source=naming(language, "stage", stage.source) or stage.source,
                target=naming(language, "stage", stage.target) or stage.target,
                candidate=name,
            )
        )
    if (time := flips.time) is not None:
        at = naming(language, "moment", str(time.at)) or format_instant(time.at)
        parts.append(words["time"].format(at=at, candidate=words["quoted"].format(time.candidate)))
    if (rule := flips.rule) is not None:
        parts.append(
            words["rule"].format(candidate=words["quoted"].format(rule.candidate), rule=rule.rule)
        )
    return " ".join(parts)
