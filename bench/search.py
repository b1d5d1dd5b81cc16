"""Search among a million: how long a question takes, and what the index weighs.

The index is fed with words directly. Processor time is told, since others may use the machine.
"""

import argparse
import random
import statistics
import time
import tracemalloc

from wegweiser.profile.search_index import SearchIndex
from wegweiser.profile.search_words import words_of

SYLLABLES = (
    *("al", "an", "ba", "ber", "bo", "da", "del", "do", "el", "en", "fa", "fen"),
    *("ga", "gu", "ha", "hel", "in", "jo", "ka", "kel", "lu", "mar", "ne", "ol"),
)
ASKED = 200


def name_of(chance: random.Random, most: int) -> str:
    """Make up a name of two to `most` syllables."""
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, most)))


def person_of(chance: random.Random, number: int) -> tuple[str, str, str]:
    """Make up name, mail address and user id of one person."""
    first, last = name_of(chance, 3), name_of(chance, 5)
    return f"{first} {last}", f"{first}.{last}@{name_of(chance, 3)}.example", f"u-{number}"


def misspelt(chance: random.Random, word: str) -> str:
    """Leave a letter out, where the word is long enough to be forgiven."""
    place = chance.randrange(len(word))
    return word[:place] + word[place + 1 :] if len(word) > 4 else word


def main() -> None:
    """Build the index, ask it, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--weigh", action="store_true", help="also count bytes; takes far longer")
    options = parser.parse_args()
    chance = random.Random(7)
    if options.weigh:
        tracemalloc.start()
    index, names = SearchIndex(), []
    started = time.process_time()
    for number in range(options.persons):
        name, mail, user_id = person_of(chance, number)
        index.add(f"person_id:{number}", words_of(name, mail, user_id))
        if number % (options.persons // ASKED) == 0:
            names.append(name)
    built_s = time.process_time() - started
    print(f"{options.persons:,} persons, built in {built_s:.0f} s (names made up included)")
    if options.weigh:
        print(f"the index weighs {tracemalloc.get_traced_memory()[0] / 1e6:.0f} MB")
    for what, make in (
        ("exact", lambda name: name),
        ("misspelt", lambda name: " ".join(misspelt(chance, word) for word in name.split())),
        ("one word begun", lambda name: name.split()[1][:4]),
    ):
        took, hit = [], 0
        for name in names:
            asked = make(name)
            begun = time.process_time()
            hits = index.find(words_of(asked), 20)
            took.append((time.process_time() - begun) * 1000)
            hit += bool(hits)
        took.sort()
        print(
            f"{what}: median {statistics.median(took):.1f} ms, 95 of 100 below"
            f" {took[int(0.95 * len(took))]:.1f} ms, longest {took[-1]:.1f} ms;"
            f" {hit} of {len(names)} found"
        )


if __name__ == "__main__":
    main()
