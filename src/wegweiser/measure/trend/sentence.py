"""Rising topics in sentences."""

from wegweiser.measure.statistic import Interval
from wegweiser.measure.trend.rated import Rated
from wegweiser.measure.words import Sentence, between, both, day, decimals_for, number

KIND_WORDS: dict[str, dict[str, str]] = {
    "query": {"en": "searches on the site", "de": "Suchen auf der Website"},
    "web_search": {"en": "web searches", "de": "Suchen im Netz"},
    "topic": {"en": "topics of pages", "de": "Themen von Seiten"},
    "referrer": {"en": "referring sites", "de": "verweisende Websites"},
    "campaign": {"en": "campaigns", "de": "Kampagnen"},
    "page": {"en": "pages", "de": "Seiten"},
    "region": {"en": "regions", "de": "Regionen"},
    "talk_topic": {"en": "topics of conversations", "de": "Themen von Gesprächen"},
    "competitor": {"en": "competitors in conversations", "de": "Wettbewerber in Gesprächen"},
    "word": {"en": "words in sales notes", "de": "Wörter in Notizen des Vertriebs"},
    "message": {"en": "clicks on messages", "de": "Klicks auf Botschaften"},
}
_PER = {
    "week": {"en": "weeks", "de": "Wochen"},
    "month": {"en": "months", "de": "Monaten"},
}


def periods_word(per: str, language: str) -> str:
    """Name periods in the plural, in German as it follows a preposition.

    >>> periods_word("week", "de")
    'Wochen'
    """
    return _PER[per][language]


def ends(found: Interval, language: str, scale: float = 1.0, unit: str = "") -> str:
    """Write the ends of an interval with as many digits as it knows.

    >>> ends(Interval(2.0, 1.6, 2.6), "de")
    'zwischen 1,6 und 2,6, in 19 von 20 Fällen'
    """
    return between(found, language, scale, unit)


def growth_told(one: Rated, found: Interval) -> Sentence:
    """Say how much more often a term is met than before, beyond what the season does."""
    digits = decimals_for(found.high - found.low)
    times = {lang: number(found.estimate, lang, digits) for lang in ("en", "de")}
    kind = KIND_WORDS[one.kind]
    how = both("rises", "steigt") if one.status == "emerging" else both("jumped", "ist gesprungen")
    return both(
        f'"{one.term}" ({kind["en"]}) {how["en"]}: {times["en"]} times as often as before'
        f" ({ends(found, 'en')}), since {day(one.since, 'en')}.",
        f"„{one.term}“ ({kind['de']}) {how['de']}: {times['de']}-mal so oft wie zuvor"
        f" ({ends(found, 'de')}), seit {day(one.since, 'de')}.",
    )


def new_told(one: Rated) -> Sentence:
    """Say of a term that was never met before how often it is met now."""
    kind = KIND_WORDS[one.kind]
    return both(
        f'New: "{one.term}" ({kind["en"]}), {one.mentions} mentions in the newest period, since'
        f" {day(one.since, 'en')}. It was never met before.",
        f"Neu: „{one.term}“ ({kind['de']}), {one.mentions} Nennungen im neuesten Zeitraum, seit"
        f" {day(one.since, 'de')}. Vorher kam es nie vor.",
    )


def rising_told(emerging: list[Rated], bursts: int, compared: int, newest: str) -> Sentence:
    """Say how many terms rise, and name the first three."""
    names = {
        "en": ", ".join(f'"{one.term}"' for one in emerging[:3]),
        "de": ", ".join(f"„{one.term}“" for one in emerging[:3]),
    }
    listed = {lang: f": {told}" if told else "" for lang, told in names.items()}
    many = len(emerging)
    english = "1 topic rises" if many == 1 else f"{many or 'No'} topics rise"
    german = "1 Thema steigt" if many == 1 else f"{many or 'Keine'} Themen steigen"
    jumped = "weiteres ist" if bursts == 1 else "weitere sind"
    return both(
        f"{english}{listed['en']}. {bursts} more jumped once. {number(compared, 'en')} terms were"
        f" compared up to {day(newest, 'en')}; on average one in ten at most stands out by chance.",
        f"{german}{listed['de']}. {bursts} {jumped} einmal gesprungen."
        f" {number(compared, 'de')} Begriffe wurden verglichen, bis {day(newest, 'de')};"
        " im Mittel fällt höchstens jeder zehnte davon nur durch Zufall auf.",
    )


def lead_told(median: float, flags: int, per: str) -> Sentence:
    """Say how early flags came before the peak in the tenant's own past."""
    digits = 0 if median == int(median) else 1
    said = {lang: number(median, lang, digits) for lang in ("en", "de")}
    return both(
        f"In your own past a rise was flagged {said['en']} {periods_word(per, 'en')} before its"
        f" peak (median of {flags} rises).",
        f"In Ihrer eigenen Vergangenheit wurde ein Anstieg {said['de']} {periods_word(per, 'de')}"
        f" vor seinem Höhepunkt gemeldet (Median aus {flags} Anstiegen).",
    )


def fell_back_told(found: Interval | None, back: int, judged: int, per: str) -> Sentence:
    """Say how many flags of the past came to nothing."""
    tail = both("", "")
    if found is not None:
        tail = both(f" ({ends(found, 'en', 100, '%')})", f" ({ends(found, 'de', 100, '%')})")
    return both(
        f"{back} of {judged} past flags fell back within 8 {periods_word(per, 'en')}{tail['en']}.",
        f"{back} von {judged} früheren Meldungen fielen in 8 {periods_word(per, 'de')} zurück"
        f"{tail['de']}.",
    )
