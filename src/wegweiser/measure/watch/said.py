"""Alarms in words, in English and German."""

from collections.abc import Sequence
from datetime import date

from wegweiser.measure.statistic import Interval
from wegweiser.measure.watch.alarm import Alarm
from wegweiser.measure.watch.drivers import Driver
from wegweiser.measure.watch.facts import WATCHABLE
from wegweiser.measure.watch.table import Key
from wegweiser.measure.words import Sentence, between, both, estimate_of, percent
from wegweiser.measure.words import date as day_told

LANGUAGES = ("en", "de")
DIMENSIONS = {
    "channel": both("channel", "Kanal"),
    "path": both("page", "Seite"),
    "device": both("device", "Gerät"),
    "region": both("region", "Region"),
    "source": both("source", "Quelle"),
    "message": both("message", "Botschaft"),
    "placement": both("place", "Platz"),
    "event": both("event", "Ereignis"),
    "segment": both("segment", "Segment"),
}
_FAULTS = {
    "flat": both(
        "source broken: {name} stands still, the same value again and again since {since}",
        "Quelle defekt: {name} steht still, seit {since} immer derselbe Wert",
    ),
    "missing": both(
        "source broken: nothing came for {name} since {since}",
        "Quelle defekt: für {name} kam seit {since} nichts",
    ),
    "late": both(
        "source late: most of {name} of {since} came more than a day late",
        "Quelle verspätet: das meiste für {name} vom {since} kam über einen Tag zu spät",
    ),
}


def told_day(day: date, language: str) -> str:
    """Write a day as people do."""
    return day_told((day - date(1970, 1, 1)).days * 86_400_000, language)


def name_of(key: Key, language: str) -> str:
    """Name a series: what is watched, and of which value.

    >>> name_of(("visits", "channel", "mail"), "en")
    'visits (channel mail)'
    """
    series, dimension, member = key
    said = WATCHABLE[series].said[language]
    return f"{said} ({DIMENSIONS[dimension][language]} {member or '–'})" if dimension else said


def sentence_of(
    alarm: Alarm, key: Key, since: date, known: date, drivers: Sequence[Driver]
) -> Sentence:
    """Say what is unusual, since when, how much, and what moved with it."""
    said: Sentence = {}
    for lang in LANGUAGES:
        days = {"since": told_day(since, lang), "name": name_of(key, lang)}
        if alarm.is_fault:
            told = _FAULTS[alarm.kind][lang].format(**days)
        else:
            told = _sized(alarm, days, lang)
        told = f"{told[:1].upper()}{told[1:]}"
        said[lang] = f"{told}{moved_words(drivers, lang)}."
    return said


def _sized(alarm: Alarm, days: dict[str, str], lang: str) -> str:
    change = alarm.change or Interval(0.0, 0.0, 0.0)
    above = alarm.side > 0
    words = both("above what was expected", "über dem Erwarteten")
    if not above:
        words = both("below what was expected", "unter dem Erwarteten")
    when = both(f"since {days['since']}", f"seit {days['since']}")
    if alarm.kind == "point":
        when = both(f"on {days['since']}", f"am {days['since']}")
    size = change if above else Interval(-change.estimate, -change.high, -change.low)
    much, ends = estimate_of(size, lang, 100, "%"), between(size, lang, 100, "%")
    counted = percent(abs(alarm.seen or 0.0), lang, 0)
    told = both(f"{counted} as counted", f"gezählt {counted}")
    return f"{days['name']}: {when[lang]} {much} {words[lang]} ({ends}; {told[lang]})"


def moved_words(drivers: Sequence[Driver], lang: str) -> str:
    """Say where most of a change lies, to stand behind it; empty where nothing stands out."""
    if not drivers:
        return ""
    parts = [
        f"{DIMENSIONS[one.dimension][lang]} {one.member or '–'} ({percent(one.share, lang, 0)})"
        for one in drivers
    ]
    lead = both("most of it lies in", "das meiste davon liegt bei")[lang]
    return f"; {lead} {', '.join(parts)}"
