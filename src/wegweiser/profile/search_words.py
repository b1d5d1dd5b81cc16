"""Words as people search for them: without case and accents, and how far two are apart."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 40
MOST_WORDS = 24
_WORD = re.compile(r"[^\W_]+")


def words_of(*texts: str) -> tuple[str, ...]:
    """Give the words of some texts, each once, in their order.

    >>> words_of("Müller, Ada", "ada.mueller@example.com")
    ('muller', 'ada', 'mueller', 'example', 'com')
    """
    found = dict.fromkeys(_words(texts))
    return tuple(found)[:MOST_WORDS]


def _words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        plain = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
        yield from (word[:LONGEST] for word in _WORD.findall(plain))


def mistakes_in(length: int) -> int:
    """Give how many mistakes are forgiven in a word of this length.

    >>> mistakes_in(3), mistakes_in(5), mistakes_in(9)
    (0, 1, 2)
    """
    if length < 4:
        return 0
    return 1 if length < 8 else 2


def distance(a: str, b: str, most: int) -> int:
    """Count the mistakes between two words: left out, put in, wrong, or two turned round.

    Gives `most` + 1 where there are more.

    >>> distance("muller", "mueller", 2), distance("anna", "nana", 2), distance("ada", "otto", 2)
    (1, 1, 3)
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        earlier, before, row = before, row, [i, *([0] * len(b))]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, earlier[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
