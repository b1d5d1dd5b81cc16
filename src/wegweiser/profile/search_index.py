"""An index of words that forgives mistakes: each distinct word once, with those who have it.

A word carries a signature of 64 bits, one for each pair of neighbouring letters. Words that may
be meant are those that share enough bits with the word looked for, found by one pass over all
signatures; only the nearest of them are compared letter by letter.
"""

from array import array
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.profile.search_words import distance, mistakes_in

# One mistake changes at most so many pairs of letters.
PAIRS_PER_MISTAKE = 3
# So many of the nearest words are compared letter by letter, and so many are meant at most.
COMPARED = 300
MEANT = 60
MOST_SUBJECTS = 200_000
WORDS_ASKED = 6
# Words from so many letters on tell somebody from others.
TELLING = 3
_PREFIX_WORTH, _MISTAKE_WORTH = 0.9, 0.25


class Hit(msgspec.Struct, frozen=True):
    """Somebody who was found; `worth` is 1 for each word that fits exactly, less for others."""

    subject: str
    worth: float


class SearchIndex:
    """Subjects by their words; whoever is put again is found by the new words only."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._words: list[str] = []
        self._signatures = array("Q")
        self._lengths = array("B")
        # Most words are had by one subject alone, and that one needs no array.
        self._having: list[array[int] | int] = []
        self._subjects: list[str] = []
        # The place that counts of those who were put more than once; -1 of those who are gone.
        self._newest: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._subjects)

    def add(self, subject: str, words: Sequence[str]) -> None:
        """Put somebody who was never put before."""
        number = len(self._subjects)
        self._subjects.append(subject)
        for word in words:
            place = self._places.get(word)
            if place is None:
                place = self._places[word] = len(self._words)
                self._words.append(word)
                self._signatures.append(signature(f"^{word}$"))
                self._lengths.append(len(word))
                self._having.append(number)
                continue
            held = self._having[place]
            if isinstance(held, int):
                held = self._having[place] = array("I", (held,))
            held.append(number)

    def put(self, subject: str, words: Sequence[str]) -> None:
        """Put somebody anew; without words they are found no more."""
        self._newest[subject] = len(self._subjects) if words else -1
        if words:
            self.add(subject, words)

    @property
    def outdated(self) -> int:
        """How many were put anew since the index was made."""
        return len(self._newest)

    def find(self, words: Sequence[str], limit: int) -> list[Hit]:
        """Give those whom the words fit best: all words first, then as many as fit at all."""
        asked = words[:WORDS_ASKED]
        having = [(word, self._having_like(word)) for word in asked]
        found = [one for _, one in having if len(one[0])]
        telling = [word for word in asked if len(word) >= TELLING]
        # Where none of the longer words fits, a short one that does says nothing.
        told = any(len(one[0]) for word, one in having if word in telling)
        if not found or (telling and not told):
            return []
        numbers = np.concatenate([one for one, _ in found])
        worths = np.concatenate([worth for _, worth in found])
        who, where, counts = np.unique(numbers, return_inverse=True, return_counts=True)
        total = np.asarray(np.bincount(where, worths), dtype=np.float64)
        # A word more that fits counts for more than any nearness.
        order = np.lexsort((who, -total, -counts))
        return self._alive(who[order], total[order], counts[order], limit)

    def _alive(
        self,
        who: NDArray[np.uint32],
        total: NDArray[np.float64],
        counts: NDArray[np.intp],
        limit: int,
    ) -> list[Hit]:
        hits: list[Hit] = []
        for number, worth, count in zip(who.tolist(), total.tolist(), counts.tolist(), strict=True):
            if len(hits) == limit or count < int(counts[0]):
                break
            subject = self._subjects[number]
            if self._newest.get(subject, number) == number:
                hits.append(Hit(subject, worth))
        return hits

    def _having_like(self, word: str) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
        """Give who has a word like this one, each once, with how near it is."""
        numbers: list[NDArray[np.uint32]] = []
        worths: list[NDArray[np.float64]] = []
        left = MOST_SUBJECTS
        for place, worth in self.meant_by(word):
            held = self._having[place]
            having = np.array([held] if isinstance(held, int) else held[:left], dtype=np.uint32)
            numbers.append(having)
            worths.append(np.full(len(having), worth))
            left -= len(having)
            if left <= 0:
                break
        if not numbers:
            return np.empty(0, np.uint32), np.empty(0)
        every, nearness = np.concatenate(numbers), np.concatenate(worths)
        # The nearest words come first, so that the first of each subject is its best.
        who, first = np.unique(every, return_index=True)
        return who, nearness[first]

    def meant_by(self, word: str) -> list[tuple[int, float]]:
        """Give the places of words that may be meant, the nearest first, with their worth."""
        found = []
        for place in self._candidates(word):
            worth = worth_of(word, self._words[place])
            if worth > 0:
                found.append((place, worth))
        return sorted(found, key=lambda one: (-one[1], one[0]))[:MEANT]

    def _candidates(self, word: str) -> list[int]:
        """Give the places of words with enough pairs of letters in common, the nearest first."""
        if not self._words:
            return []
        asked = np.uint64(signature(f"^{word}"))
        signatures = np.frombuffer(self._signatures, np.uint64)
        common = np.bitwise_count(signatures & asked)
        lengths = np.frombuffer(self._lengths, np.uint8).astype(np.int16)
        pairs, forgiven = int(np.bitwise_count(asked)), mistakes_in(len(word))
        starts = (common == pairs) & (lengths >= len(word))
        near = np.abs(lengths - len(word)) <= forgiven
        fits = near & (common >= max(1, pairs - PAIRS_PER_MISTAKE * forgiven)) | starts
        places = np.flatnonzero(fits)
        # Of words with as much in common the one of the same length is the nearest.
        rank = common[places].astype(np.int32) * 64 - np.abs(lengths[places] - len(word))
        if len(places) > COMPARED:
            best = np.argpartition(-rank, COMPARED)[:COMPARED]
            places = places[best]
        exact = self._places.get(word)
        kept: list[int] = places.tolist()
        return kept if exact is None or exact in kept else [exact, *kept]


def worth_of(wanted: str, word: str) -> float:
    """Say how well a word fits the one looked for, from 1 (the same) to 0 (another word).

    >>> worth_of("muller", "muller"), worth_of("muller", "mueller"), worth_of("ada", "otto")
    (1.0, 0.75, 0.0)
    """
    if wanted == word:
        return 1.0
    if word.startswith(wanted):
        return _PREFIX_WORTH * (0.5 + 0.5 * len(wanted) / len(word))
    forgiven = mistakes_in(len(wanted))
    made = distance(wanted, word, forgiven)
    return 1.0 - _MISTAKE_WORTH * made if made <= forgiven else 0.0


def signature(word: str) -> int:
    """Give a bit for each pair of neighbouring letters, in 64.

    >>> signature("ab") == signature("ab"), signature("ab") == signature("ba")
    (True, False)
    """
    bits = 0
    for left, right in pairwise(word):
        bits |= 1 << ((ord(left) * 31 + ord(right)) & 63)
    return bits
