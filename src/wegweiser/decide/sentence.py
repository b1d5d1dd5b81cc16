"""One sentence per decision, in English and in German, from templates."""

from collections import Counter
from collections.abc import Sequence

from wegweiser.decide.candidate import unpack
from wegweiser.decide.winner import Winner
from wegweiser.terms.decision import Decision

Language = str

_ENGLISH = {
    "showed": "Showed {message} in {placement}",
    "because": " because of {reasons}",
    "beats": "; it beats {rival} {tenths} times in 10",
    "alone": "; no other message was possible",
    "floor": ", chosen to keep learning",
    "arm": ", chosen at random for comparison",
    "and": " and ",
    "affinity": "the interest in {name}",
    "topic": "how well {name} works as a topic",
    "message": "how well this message works",
    "format": "how well the format {name} works",
    "ghost": "Nothing was shown, because this subject is in the control group; "
    "otherwise it would have been {message}.",
    "control": "Nothing was shown, because this subject is in the control group.",
    "quiet": "Nothing was shown, because saying nothing was the better choice.",
    "none": "Nothing was shown, because none of {count} candidates was possible; "
    "the commonest reason is {reason} ({times} times).",
    "empty": "Nothing was shown, because there are no messages for this channel.",
    "stopped": "that the message is stopped",
    "ended": "that the message has ended",
    "not_started": "that the message has not started yet",
    "locale": "that there is no text in this language",
    "eligibility": "that a rule is not met",
    "consent": "that there is no consent for {name}",
    "contact": "that the limit {name} is used up",
    "slate": "that the limit {name} is used up",
    "arbitration": "that a figure cannot be computed",
    "deferred": "Nothing was sent yet; the limits on contacts allow it later.",
    "fallback": "Showed the fallback {message}, because no choice was possible.",
}
_GERMAN = {
    "showed": "{message} in {placement} gezeigt",
    "because": " wegen {reasons}",
    "beats": "; schlägt {rival} in {tenths} von 10 Fällen",
    "alone": "; keine andere Botschaft war möglich",
    "floor": ", gewählt, um weiter zu lernen",
    "arm": ", zum Vergleich zufällig gewählt",
    "and": " und ",
    "affinity": "des Interesses an {name}",
    "topic": "der Wirkung des Themas {name}",
    "message": "der Wirkung dieser Botschaft",
    "format": "der Wirkung des Formats {name}",
    "ghost": "Nichts gezeigt, weil dieser Empfänger zur Kontrollgruppe gehört; "
    "sonst wäre es {message} gewesen.",
    "control": "Nichts gezeigt, weil dieser Empfänger zur Kontrollgruppe gehört.",
    "quiet": "Nichts gezeigt, weil es besser war, nichts zu sagen.",
    "none": "Nichts gezeigt, weil keiner von {count} Kandidaten möglich war; "
    "der häufigste Grund ist {reason} ({times}-mal).",
    "empty": "Nichts gezeigt, weil es für diesen Kanal keine Botschaften gibt.",
    "stopped": "dass die Botschaft angehalten ist",
    "ended": "dass die Botschaft abgelaufen ist",
    "not_started": "dass die Botschaft noch nicht begonnen hat",
    "locale": "dass es keinen Text in dieser Sprache gibt",
    "eligibility": "dass eine Regel nicht erfüllt ist",
    "consent": "dass die Einwilligung für {name} fehlt",
    "contact": "dass die Grenze {name} erreicht ist",
    "slate": "dass die Grenze {name} erreicht ist",
    "arbitration": "dass sich eine Zahl nicht berechnen lässt",
    "deferred": "Noch nichts gesendet; die Grenzen für Kontakte erlauben es später.",
    "fallback": "Ersatz {message} gezeigt, weil keine Auswahl möglich war.",
}
_WORDS: dict[Language, dict[str, str]] = {"en": _ENGLISH, "de": _GERMAN}


def sentence(decision: Decision, winners: Sequence[Winner]) -> dict[Language, str]:
    """Say in one sentence per language what was chosen and why."""
    return {language: _sentence(words, decision, winners) for language, words in _WORDS.items()}


def _sentence(words: dict[str, str], decision: Decision, winners: Sequence[Winner]) -> str:
    if decision.status == "deferred":
        return words["deferred"]
    if decision.status == "fallback":
        return words["fallback"].format(message=f"“{decision.items[0].message}”")
    shown = {(item.placement, item.slot) for item in decision.items}
    parts = [_won(words, won) for won in winners if (won.draw.placement, won.draw.slot) in shown]
    if parts:
        return ". ".join(parts) + "."
    if winners:
        return words["ghost"].format(message=f"“{winners[0].candidate.message.key}”")
    if decision.draws:
        return words["control" if decision.ghost else "quiet"]
    return _none(words, decision)


def _won(words: dict[str, str], won: Winner) -> str:
    message = f"“{won.candidate.message.key}”"
    text = words["showed"].format(message=message, placement=won.draw.placement)
    named = [_reason(words, feature) for feature in won.because]
    named = [reason for reason in dict.fromkeys(named) if reason]
    if won.draw.how in ("floor", "arm"):
        text += words[won.draw.how]
    elif named:
        text += words["because"].format(reasons=words["and"].join(named))
    if won.runner_up is None:
        return text + words["alone"]
    tenths = round(10 * won.beats)
    return text + words["beats"].format(rival=f"“{won.runner_up.message.key}”", tenths=tenths)


def _reason(words: dict[str, str], feature: str) -> str:
    kind, _, name = feature.partition(":")
    return words.get(kind, "").format(name=f"“{name}”")


def _none(words: dict[str, str], decision: Decision) -> str:
    times: Counter[tuple[str, str]] = Counter()
    for drop in decision.drops:
        times[drop.step, drop.reason] += len(unpack(drop.candidates))
    if not times:
        return words["empty"]
    (step, reason), count = min(times.items(), key=lambda found: (-found[1], found[0]))
    told = words.get(reason) or words[step].format(name=f"“{reason.removeprefix('cap:')}”")
    return words["none"].format(count=decision.candidates, reason=told, times=count)
