"""When an effect stops lasting is an alarm: a month whose word is worse than the last clear one."""

from collections.abc import Sequence

import msgspec

from wegweiser.measure.form import Row, real, text
from wegweiser.measure.statistic import Interval, normal_quantile
from wegweiser.measure.watch.drift import RECENT, Effect, fell_since, pooled, spread_between
from wegweiser.measure.words import Sentence, between, both, estimate_of

SERIES = "lift"
UNCLEAR = "cannot_tell"
# What was told before, and what is told now: only what gets worse is an alarm.
_WORSE = {
    "fading": ("still_effective",),
    "no_longer_visible": ("still_effective", "fading"),
}
_TOLD = {
    "fading": both("Lift has faded since {since}", "Die Wirkung lässt seit {since} nach"),
    "no_longer_visible": both(
        "Lift has not been visible any more since {since}",
        "Die Wirkung ist seit {since} nicht mehr zu sehen",
    ),
}


class EffectAlarm(msgspec.Struct, frozen=True):
    """An effect that no longer lasts: its word, the month that showed it, and since which month."""

    word: str
    month: str
    since: str
    sentence: Sentence


def effect_alarm(rows: Sequence[Row], month: str) -> EffectAlarm | None:
    """Read the rows of `watch.effect` up to a month; None where its word is no worse than before.

    A month that cannot tell says nothing: what it is compared with is the last word before it.

    >>> held = [{"month": f"2026-0{at}", "lift": 0.06, "low": 0.05, "high": 0.07,
    ...          "word": "still_effective"} for at in range(1, 6)]
    >>> fell = {"month": "2026-06", "lift": 0.01, "low": 0.0, "high": 0.02, "word": "fading"}
    >>> effect_alarm([*held, fell], "2026-06").sentence["en"][:31]
    'Lift has faded since 2026-06: 4'
    >>> effect_alarm(held, "2026-05") is None
    True
    """
    known = [row for row in rows if row["lift"] is not None and text(row, "month") <= month]
    if len(known) < 2 or text(known[-1], "month") != month:
        return None
    words = [text(row, "word") for row in known]
    before, now = next((one for one in words[-2::-1] if one != UNCLEAR), ""), words[-1]
    if before not in _WORSE.get(now, ()):
        return None
    effects = [_effect(row) for row in known]
    since, _ = fell_since(effects, spread_between(effects)[0])
    return EffectAlarm(now, month, since or month, _sentence(now, effects, since or month))


def _effect(row: Row) -> Effect:
    half = (real(row, "high") - real(row, "low")) / 2 / normal_quantile(0.95)
    return Effect(text(row, "month"), real(row, "lift"), half * half)


def _sentence(word: str, effects: Sequence[Effect], since: str) -> Sentence:
    recent = pooled(effects[-RECENT:])
    earlier = [one for one in effects if one.period < since]
    then = pooled(earlier) if earlier else None
    said: Sentence = {}
    for lang in ("en", "de"):
        told = _TOLD[word][lang].format(since=since)
        lately = both("in the last three months", "in den letzten drei Monaten")[lang]
        earlier_was = both("before it was", "davor waren es")[lang]
        tail = f"; {earlier_was} {_size(then, lang)}" if then is not None else ""
        said[lang] = f"{told}: {_size(recent, lang)} {lately}{tail}."
    return said


def _size(found: Interval, lang: str) -> str:
    unit = both("of 100", "von 100")[lang]
    return f"{estimate_of(found, lang, 100, unit)} ({between(found, lang, 100)})"
