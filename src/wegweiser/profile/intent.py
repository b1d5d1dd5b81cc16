"""Intents: what the newest evidence of somebody says they are about to do, by declared signals."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import exp2

import msgspec

from wegweiser.profile.trait import Register
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.intent import IntentSignal
from wegweiser.terms.profile import Happening, Intent

HALF_LIFE_MS = 14 * DAY_MS
MOST_EVIDENCE = 5
_PAGES = frozenset({"Page Viewed", "Screen Viewed"})
_NO_WORD = re.compile(r"[^\w]+|_+")
_PARTS = 4


class _Look(msgspec.Struct, frozen=True):
    """One piece of evidence for an intent."""

    at: int
    words: str
    weight: float


class Intents:
    """Compiled signals; each text is looked at once. Keys are in the order of declaration."""

    def __init__(self, signals: Sequence[IntentSignal]):
        self.signals = tuple(signals)
        pages = _by_term((one.pages, place) for place, one in enumerate(signals))
        searches = _by_term((one.searches, place) for place, one in enumerate(signals))
        events = _by_term((one.events, place) for place, one in enumerate(signals))

        @lru_cache(maxsize=8_192)
        def found_in(name: str, detail: str) -> frozenset[int]:
            phrases = pages if name in _PAGES else searches
            return frozenset(events.get(name, ())).union(
                *(phrases[phrase] for phrase in _phrases(detail) if phrase in phrases)
            )

        self._found_in = found_in

    def read(
        self, evidence: Iterable[Happening], traits: Register, as_of: int
    ) -> dict[str, Intent]:
        """Give the intents that evidence and traits show at a moment (ms), by key.

        The strength is the sum of the weights of all that shows it, halved every 14 days.

        >>> from wegweiser.profile.intent_default import DEFAULT_SIGNALS
        >>> seen = [Happening(0, "m", "Page Viewed", "/de/preise", "anonymous_id:a")]
        >>> found = Intents(DEFAULT_SIGNALS).read(seen, {}, HALF_LIFE_MS)
        >>> found["pricing"].strength, found["pricing"].evidence
        (0.5, ('Page Viewed: /de/preise',))
        """
        looks: dict[int, list[_Look]] = {}
        for one in sorted(evidence):
            if one.at <= as_of:
                for place in self._found_in(one.name, one.detail):
                    words = f"{one.name}: {one.detail}" if one.detail else one.name
                    weight = self.signals[place].weight
                    looks.setdefault(place, []).append(_Look(one.at, words, weight))
        for place, signal in enumerate(self.signals):
            for look in _stated(signal, traits, as_of):
                looks.setdefault(place, []).append(look)
        return {self.signals[place].key: _intent(looks[place], as_of) for place in sorted(looks)}


def _stated(signal: IntentSignal, traits: Register, as_of: int) -> Iterable[_Look]:
    for name in signal.traits:
        writing = traits.get(name)
        if writing is not None and writing.value not in (None, "", False) and writing.at <= as_of:
            yield _Look(writing.at, f"{name}: {str(writing.value)[:100]}", signal.weight)


def _intent(looks: list[_Look], as_of: int) -> Intent:
    looks.sort(key=lambda one: (one.at, one.words))
    strength = sum(one.weight * exp2((one.at - as_of) / HALF_LIFE_MS) for one in looks)
    newest = dict.fromkeys(one.words for one in reversed(looks))
    return Intent(round(strength, 4), format_instant(looks[-1].at), tuple(newest)[:MOST_EVIDENCE])


def _by_term(parts: Iterable[tuple[Sequence[str], int]]) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for terms, place in parts:
        for term in terms:
            found[term] = (*found.get(term, ()), place)
    return found


def _phrases(detail: str) -> Iterable[str]:
    words = [word for word in _NO_WORD.split(detail.lower()) if word]
    for start in range(len(words)):
        for length in range(1, _PARTS + 1):
            if start + length <= len(words):
                yield "-".join(words[start : start + length])
