"""Topics from a declared taxonomy: patterns over path, title, category and words searched for."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec
import re2

LONGEST_TEXT = 1_000
MOST_TOPICS = 20
PAGES_HELD = 4_096


class TopicRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A topic and the patterns of which one must fit; `*` stands for any text, case for none."""

    topic: str
    paths: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """All patterns of the rule."""
        return (*self.paths, *self.titles, *self.categories, *self.searches)


TopicsOf = Callable[[str, str, str, str], tuple[str, ...]]


def topic_finder(rules: Sequence[TopicRule]) -> TopicsOf:
    """Make a function from path, title, category and search to topics, in declared order.

    >>> find = topic_finder([TopicRule("security", paths=("/security/*",), searches=("*sso*",))])
    >>> find("/security/keys", "", "", ""), find("/", "", "", "SSO price"), find("/", "", "", "")
    (('security',), ('security',), ())
    """
    compiled = [
        (
            rule.topic,
            tuple(map(_fits_any, (rule.paths, rule.titles, rule.categories, rule.searches))),
        )
        for rule in rules
    ]

    @lru_cache(maxsize=PAGES_HELD)
    def topics_of(path: str, title: str, category: str, search: str) -> tuple[str, ...]:
        texts = (path, title, category, search)
        found = (
            topic
            for topic, fits in compiled
            if any(text and fit(text) for fit, text in zip(fits, texts, strict=True))
        )
        return tuple(dict.fromkeys(found))[:MOST_TOPICS]

    return lambda path, title, category, search: topics_of(
        path[:LONGEST_TEXT], title[:LONGEST_TEXT], category[:LONGEST_TEXT], search[:LONGEST_TEXT]
    )


def _fits_any(patterns: Sequence[str]) -> Callable[[str], bool]:
    if not patterns:
        return lambda text: False
    whole = "|".join(
        "(?:" + ".*".join(re2.escape(part) for part in pattern.split("*")) + ")"
        for pattern in patterns
    )
    # Declared by an operator and shown to what strangers send: RE2 has no slow patterns.
    found = re2.compile(f"(?is)(?:{whole})")
    return lambda text: found.fullmatch(text) is not None
