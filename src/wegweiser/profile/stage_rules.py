"""Which class of evidence a happening is: by the name of its event, or by its words."""

import re

from wegweiser.profile.stage_table import EvidenceRules

_NO_WORD = re.compile(r"[^\w]+|_+")
# The longest name of a class word, in parts: what-is, case-study, book-a-call.
_PARTS = 4


def class_of(rules: EvidenceRules, name: str, detail: str) -> int:
    """Give the place of the class of a happening, -1 where it has none.

    A path is read part by part from the left, so that the blog post about prices is a blog post.

    >>> from wegweiser.profile.stage_table import compile_journey
    >>> journey = compile_journey()
    >>> name = lambda *seen: journey.table.classes[class_of(journey.rules, *seen)]
    >>> name("Page Viewed", "/de/preise"), name("Page Viewed", "/blog/price-per-seat")
    ('pricing', 'problem')
    >>> name("Feature Used", ""), name("File Downloaded", "security-whitepaper.pdf")
    ('product_use', 'security')
    >>> class_of(journey.rules, "Page Viewed", "/")
    -1
    """
    lower = name.lower()
    found = rules.events.get(lower)
    if found is not None:
        return found
    if lower not in rules.read:
        return -1
    for part in detail.lower().split("/"):
        place = _of_part(rules, part)
        if place >= 0:
            return place
    return -1


def _of_part(rules: EvidenceRules, part: str) -> int:
    words = [word for word in _NO_WORD.split(part) if word]
    found = [
        rules.words[phrase]
        for start in range(len(words))
        for length in range(1, _PARTS + 1)
        if (phrase := "-".join(words[start : start + length])) in rules.words
    ]
    # Of several words in one part the class that stands first in the document counts.
    return min(found, default=-1)
