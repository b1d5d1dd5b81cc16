"""One sentence per decision, in English and in German, from templates."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.decide.candidate import unpack
from wegweiser.decide.naming import Naming, by_key, name_in
from wegweiser.decide.sentence_words import WORDS, Language
from wegweiser.decide.shared_budget import SHARED_BUDGET
from wegweiser.decide.winner import Winner
from wegweiser.terms.decision import Decision

# What stands behind these is named in the sentence; of others the kind alone says it.
_TAGS = ("stage", "persona", "role", "industry", "attribute")


class Told(msgspec.Struct, frozen=True):
    """What features do not say by their names: the words that were searched for.

    `naming` knows what caps, goals, purposes and arms are called.
    """

    query: str = ""
    naming: Naming = by_key


def sentence(
    decision: Decision, winners: Sequence[Winner], told: Told | None = None
) -> dict[Language, str]:
    """Say in one sentence per language what was chosen and why."""
    named = told or Told()
    return {language: _sentence(language, decision, winners, named) for language in WORDS}


def _sentence(language: Language, decision: Decision, winners: Sequence[Winner], told: Told) -> str:
    words = WORDS[language]
    if decision.reason == SHARED_BUDGET:
        return words[SHARED_BUDGET]
    if decision.status in ("deferred", "expired"):
        return words[decision.status]
    if decision.status == "fallback":
        return words["fallback"].format(message=words["quoted"].format(decision.items[0].message))
    shown = {(item.placement, item.slot) for item in decision.items}
    parts = [
        _won(language, decision, won, told)
        for won in winners
        if (won.slot.draw.placement, won.slot.draw.slot) in shown
    ]
    if parts:
        return ". ".join(parts) + "."
    if winners:
        return words["ghost"].format(
            message=words["quoted"].format(winners[0].candidate.message.key)
        )
    if decision.items:
        # What was known of somebody erased is gone; what was shown is not.
        return ". ".join(_plainly(words, decision)) + "."
    if decision.draws:
        return words["control" if decision.ghost else "quiet"]
    return _none(language, decision, told)


def _plainly(words: dict[str, str], decision: Decision) -> list[str]:
    return [
        words["showed"].format(
            message=words["quoted"].format(item.message), placement=item.placement
        )
        for item in decision.items
    ]


def _won(language: Language, decision: Decision, won: Winner, told: Told) -> str:
    words = WORDS[language]
    message, draw = words["quoted"].format(won.candidate.message.key), won.slot.draw
    text = words["showed"].format(message=message, placement=draw.placement)
    last = words["alone"]
    if won.rival is not None:
        rival, tenths = words["quoted"].format(won.rival.message.key), round(10 * won.beats)
        last = words["beats"].format(rival=rival, tenths=tenths)
    if draw.how in ("floor", "arm"):
        arm = told.naming(language, "arm", decision.arm) or decision.arm
        return (
            text
            + words[draw.how].format(arm=words["quoted"].format(arm))
            + words["but"].format(last=last)
        )
    found = [_reason(words, feature, weight, told) for feature, weight in won.because]
    return text + words["because"].format(reasons=_listed(words, [*dict.fromkeys(found), last]))


def _listed(words: dict[str, str], parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return words["comma"].join(parts[:-1]) + words["and"] + parts[-1]


def _reason(words: dict[str, str], feature: str, weight: float, told: Told) -> str:
    parts = feature.split("&")
    tag = next((part for part in parts if part.partition(":")[0] in _TAGS), feature)
    kind, _, name = tag.partition(":")
    if kind == "stage":
        return words["stage"].format(name=words.get(name, name), percent=round(100 * weight))
    if kind == "match":
        return words[feature].format(percent=round(100 * weight))
    if kind == "channel":
        name = feature.rpartition("format:")[2]
    if kind == "query_match":
        name = told.query
    template = words.get(kind, words["message"])
    return template.format(name=words["quoted"].format(name))


def _none(language: Language, decision: Decision, named: Told) -> str:
    words = WORDS[language]
    times: Counter[tuple[str, str]] = Counter()
    for drop in decision.drops:
        times[drop.step, drop.reason] += len(unpack(drop.candidates))
    if not times:
        return words["empty"]
    (step, reason), count = min(times.items(), key=lambda found: (-found[1], found[0]))
    told = reason_in_words(words, step, reason, name_in(named.naming, language, step, reason))
    return words["none"].format(count=decision.candidates, reason=told, times=count)


def reason_in_words(words: Mapping[str, str], step: str, reason: str, called: str = "") -> str:
    """Say why a candidate fell; a reason without words of its own is told by its step.

    `called` is the name of what the reason speaks of, where it has one.

    >>> reason_in_words(WORDS["en"], "contact", "cap:weekly")
    'that the limit “weekly” is used up'
    >>> reason_in_words(WORDS["de"], "contact", "quiet_hours")
    'die Ruhezeit'
    """
    kind, _, name = reason.partition(":")
    named = (f"drop {reason}", f"drop {kind}", f"drop {step}", "drop other")
    template = next(words[key] for key in named if key in words)
    return template.format(name=words["quoted"].format(called or name or reason))
