"""Rules of identity made ready to be asked: classes, limits, blocked and pinned values."""

from collections.abc import Callable
from functools import lru_cache

import msgspec
import re2

from wegweiser.resolve.classes import class_of_kind, priority_of_kind
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import Identifier, kind_of, value_of
from wegweiser.terms.identity_rules import IdentifierClass, IdentityRules, TypeRule
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust
from wegweiser.terms.wrong import wrong

_EVERY = "*"
_QUOTES = "\"'` "
_PERSONS = ("unique", "strong", "weak")


class KindRule(msgspec.Struct, frozen=True, gc=False):
    """What one type is: its class and rank, and how many values within which window (ms)."""

    identifier_class: IdentifierClass
    priority: int
    most: int
    window_ms: int


class Rulebook:
    """Rules by type and value; what was asked once is remembered.

    >>> book = Rulebook(IdentityRules(types={"loyalty_card": TypeRule(identifier_class="strong")}))
    >>> book.class_of("loyalty_card:7"), book.class_of("email:a@buyer.example")
    ('strong', 'strong')
    """

    def __init__(self, rules: IdentityRules):
        self.rules = rules
        self.version = rules.version
        self.plain = not (rules.blocked or rules.blocked_patterns or rules.pinned)
        self._kinds: dict[str, KindRule] = {}
        self._values = {
            kind: {_bare(value) for value in values} for kind, values in rules.blocked.items()
        }
        self._patterns = {
            kind: [pattern_of(text) for text in texts]
            for kind, texts in rules.blocked_patterns.items()
        }
        self._refused = {kind for kind, rule in rules.types.items() if rule.refused}
        blocks = bool(rules.blocked or rules.blocked_patterns or self._refused)
        self.is_blocked: Callable[[Identifier], bool] = (
            lru_cache(65_536)(self._is_blocked) if blocks else _never
        )

    def kind(self, kind: str) -> KindRule:
        """Give the rule of a type."""
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = self._make(kind)
        return found

    def _make(self, kind: str) -> KindRule:
        own, rules = self.rules.types.get(kind, TypeRule()), self.rules
        built_in = class_of_kind(kind)
        # What never joins persons by itself cannot be made to.
        chosen = own.identifier_class if built_in in _PERSONS else None
        identifier_class = chosen or built_in
        strong = identifier_class == "strong"
        most = rules.strong_most if strong else rules.weak_most
        days = rules.strong_window_days if strong else rules.weak_window_days
        rank = priority_of_kind(kind)
        if own.identifier_class == "strong" and rank > 5:
            rank = 5
        return KindRule(
            identifier_class,
            rank if own.priority is None else own.priority,
            most if own.most is None else own.most,
            (days if own.window_days is None else own.window_days) * DAY_MS,
        )

    def class_of(self, name: Identifier) -> IdentifierClass:
        """Give the class of an identifier."""
        return self.kind(name.partition(":")[0]).identifier_class

    def priority_of(self, name: Identifier) -> int:
        """Give the rank of an identifier by its type, 1 first."""
        return self.kind(name.partition(":")[0]).priority

    def joins_persons(self, name: Identifier) -> bool:
        """Tell whether an identifier may belong to a person at all."""
        return self.class_of(name) in _PERSONS

    def may_be_hot(self, name: Identifier) -> bool:
        """Tell whether an identifier is of a class that is quarantined at all."""
        return self.class_of(name) in {"strong", "weak"}

    def pin_of(self, name: Identifier) -> Trust | None:
        """Give the trust up to which a pinned value stops, None when it is not pinned."""
        if self.plain:
            return None
        pinned = self.rules.pinned.get(name)
        if pinned is None:
            return None
        return Trust.VERIFIED if pinned == "denied" else Trust.INFERRED

    def _is_blocked(self, name: Identifier) -> bool:
        kind, value = kind_of(name), _bare(value_of(name))
        if kind in self._refused:
            return True
        if any(value in self._values.get(one, ()) for one in (kind, _EVERY)):
            return True
        patterns = (*self._patterns.get(kind, ()), *self._patterns.get(_EVERY, ()))
        return any(pattern.search(value) for pattern in patterns)


def pattern_of(text: str) -> re2._Regexp:
    """Read a pattern of blocked values; raises InputRefused `bad_pattern` when it is none."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    try:
        return re2.compile(text, options)
    except re2.error as refused:
        raise InputRefused(
            "bad_pattern",
            wrong("no_pattern", pattern=repr(text), why=str(refused)),
            field="blocked_patterns",
        ) from None


def _bare(value: str) -> str:
    return value.strip(_QUOTES).lower()


def _never(name: Identifier) -> bool:
    return False


BUILT_IN = Rulebook(IdentityRules())
