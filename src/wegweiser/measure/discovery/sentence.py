"""What sets a group apart in words, in English and German; never a word of causes."""

from collections.abc import Sequence

from wegweiser.measure.discovery.apart import TOP, Apart
from wegweiser.measure.form import Asked
from wegweiser.measure.statistic import interval
from wegweiser.measure.words import Sentence, between, both, estimate_of, number

_GROUPS = {
    "valuable": both("the most valuable", "den Wertvollsten"),
    "leaving": both("those who stay away", "denen, die wegbleiben"),
    "growing": both("those who grow", "denen, die wachsen"),
}
_KINDS = {
    "page": both("page", "Seite"),
    "topic": both("topic", "Thema"),
    "source": both("source", "Quelle"),
    "campaign": both("campaign", "Kampagne"),
    "channel": both("channel", "Kanal"),
    "region": both("region", "Region"),
    "device": both("device", "Gerät"),
    "search": both("search", "Suche"),
    "download": both("download", "Download"),
    "event": both("event", "Ereignis"),
    "trait": both("trait", "Merkmal"),
    "message": both("message", "Botschaft"),
}
_OTHER = both("anything rarer", "etwas Selteneres")


def group_words(asked: Asked) -> Sentence:
    """Name the group."""
    if asked.text("group") == "trait":
        trait, value = asked.text("trait"), asked.text("value")
        return both(f"those with {trait} {value}", f"denen mit {trait} {value}")
    if asked.text("group") == "segment":
        segment = asked.text("segment")
        return both(f"those in segment {segment}", f"denen im Segment {segment}")
    return _GROUPS[asked.text("group")]


def feature_words(one: Apart, language: str) -> str:
    """Name a feature."""
    name = one.feature.name
    shown = _OTHER[language] if name == "(other)" else name
    return f"{_KINDS[one.feature.kind][language]} {shown}"


def nobody(asked: Asked) -> Sentence:
    """Say that nobody was there before the landmark."""
    days = asked.whole("window_days")
    return both(
        f"Nobody who could be compared was seen more than {days} days before the end of this"
        " period.",
        f"Niemand, der sich vergleichen ließe, war mehr als {days} Tage vor dem Ende dieses"
        " Zeitraums da.",
    )


def few(asked: Asked, sizes: Sequence[int], needed: int) -> Sentence:
    """Say how many are there and how many are needed on each side."""
    name = group_words(asked)
    inside, outside = ([number(size, lang) for lang in ("en", "de")] for size in sizes)
    return both(
        f"Too little data: {inside[0]} of {name['en']} and {outside[0]} others are known, {needed}"
        " of each are needed.",
        f"Zu wenig Daten: {inside[1]} von {name['de']} und {outside[1]} andere sind bekannt, je"
        f" {needed} sind nötig.",
    )


def said_of_all(
    asked: Asked,
    counts: dict[str, int],
    compared: int,
    stands: Sequence[Apart],
    marked: int,
) -> Sentence:
    """Say how many features were compared, how many stand, and which come first."""
    name = group_words(asked)
    inside = {lang: number(counts["inside"], lang) for lang in ("en", "de")}
    outside = {lang: number(counts["outside"], lang) for lang in ("en", "de")}
    if not compared:
        return both(
            f"No feature is frequent enough among {inside['en']} of {name['en']} and"
            f" {outside['en']} others to be compared.",
            f"Kein Merkmal ist unter {inside['de']} von {name['de']} und {outside['de']} anderen"
            " häufig genug für einen Vergleich.",
        )
    first = {lang: _first(stands, lang) for lang in ("en", "de")}
    loose = sum(not one.is_stable for one in stands)
    return both(
        f"{inside['en']} of {name['en']} were held against {outside['en']} others: {len(stands)} of"
        f" {compared} features differ{first['en']}; {loose} of them are not stable, {marked} were"
        " left out of the ranking.",
        f"{inside['de']} von {name['de']} standen {outside['de']} anderen gegenüber: {len(stands)}"
        f" von {compared} Merkmalen unterscheiden sich{first['de']}; {loose} davon sind nicht"
        f" stabil, {marked} blieben außerhalb der Rangfolge.",
    )


def _first(stands: Sequence[Apart], language: str) -> str:
    if not stands:
        return ""
    joined = ", ".join(feature_words(one, language) for one in stands[:3])
    return {"en": f", first {joined}", "de": f", zuerst {joined}"}[language]


def said_of(one: Apart, asked: Asked) -> Sentence:
    """Say what share of the group and of everybody else has a feature."""
    fewer = one.difference.estimate < 0
    found = one.difference
    size = interval(-found.estimate, -found.high, -found.low) if fewer else found
    more = both("less", "weniger") if fewer else both("more", "mehr")
    name, told = group_words(asked), _held(one)
    shares = {
        lang: [number(100 * share, lang, 1) for share in (one.share_inside, one.share_outside)]
        for lang in ("en", "de")
    }
    return both(
        f"{_begun(feature_words(one, 'en'))}: {shares['en'][0]}% of {name['en']},"
        f" {shares['en'][1]}% of everybody else, {estimate_of(size, 'en', 100)} points"
        f" {more['en']} ({between(size, 'en', 100)}). It goes together with the group; whether one"
        f" leads to the other is not told. {told['en']}",
        f"{feature_words(one, 'de')}: {shares['de'][0]} % von {name['de']},"
        f" {shares['de'][1]} % von allen anderen, {estimate_of(size, 'de', 100)} Punkte"
        f" {more['de']} ({between(size, 'de', 100)}). Es geht mit der Gruppe einher; ob eins zum"
        f" anderen führt, ist damit nicht gesagt. {told['de']}",
    )


def _begun(words: str) -> str:
    return words[0].upper() + words[1:]


def stable_words(one: Apart) -> Sentence:
    """Say whether draws find a feature again."""
    return both("stable", "stabil") if one.is_stable else both("not stable", "nicht stabil")


def _held(one: Apart) -> Sentence:
    share = {lang: number(100 * one.stability, lang) for lang in ("en", "de")}
    word = {lang: _begun(told) for lang, told in stable_words(one).items()}
    return both(
        f"{word['en']}: among the first {TOP} in {share['en']}% of draws.",
        f"{word['de']}: unter den ersten {TOP} in {share['de']} % der Ziehungen.",
    )
