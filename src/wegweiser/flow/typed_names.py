"""Finds identifiers of the erased in what people typed, and puts a neutral word in their place."""

import re
import unicodedata
from collections.abc import Set
from functools import cached_property

import msgspec

from wegweiser.flow.typed_spelling import PLAIN, Spelling, spelled, spelled_called
from wegweiser.resolve.normalise import normalise
from wegweiser.terms.identity import Identifier, kind_of, value_of
from wegweiser.terms.json import Json

# Stays a text in CEL, YAML, JSON and mails, and is nobody's name.
MARK = "(erased)"
_MOST_SOUGHT_ONE_BY_ONE = 64
_PHONE = re.compile(r"(?<![\w+])(?:\+|0)[\d(][\d\s().\-/\u00a0]{4,26}\d(?!\d)")
_SHORTEST_NATIONAL = 8
_ESCAPED = re.compile(r"\\[bfnrt]")
_BEFORE, _AFTER = r"(?<![\w.+@-])", r"(?![\w@+-]|\.\w)"


class TypedNames(msgspec.Struct, frozen=True, dict=True):
    """What erased persons and accounts are called, however somebody may have typed it.

    E-mail addresses and telephone numbers are found anywhere, every identifier as "type:value".
    A value alone is found where it is long enough to be no ordinary word, and none of the names
    `in_use` for parts of the configuration. What they are `called`, such as "Ada Muster", is
    found as whole words in any case.

    >>> typed = TypedNames(frozenset({"email:ada@buyer.example", "user_id:u-1042"}))
    >>> typed.without('p.traits.email in ["Ada@buyer.example", "bob@buyer.example"]')
    ('p.traits.email in ["(erased)", "bob@buyer.example"]', 1)
    >>> typed.without("called u-1042 back, not u-10421")
    ('called (erased) back, not u-10421', 1)
    """

    names: frozenset[Identifier]
    in_use: Set[str] = frozenset()
    called: frozenset[str] = frozenset()
    only_sure: bool = False

    def surely(self) -> "TypedNames":
        """Give the same for texts that must stay readable by machines: only what is certain."""
        return self._sure

    @cached_property
    def _spellings(self) -> list[Spelling]:
        found = {one for name in self.names for one in spelled(name)}
        found |= {one for called in self.called for one in spelled_called(called)}
        kept = (one for one in found if one.sure or not self.only_sure)
        fitting = [one for one in kept if one.sure or _bare(one.text) not in self.in_use]
        return sorted(fitting, key=lambda one: (-len(one.text), one.text))

    @cached_property
    def _by_needle(self) -> dict[str, list[Spelling]]:
        found: dict[str, list[Spelling]] = {}
        for one in self._spellings:
            found.setdefault(one.needle, []).append(one)
        return found

    @cached_property
    def _phones(self) -> frozenset[str]:
        return frozenset(value_of(name) for name in self.names if kind_of(name) == "phone")

    def may_hold(self, raw: bytes) -> bool:
        """Tell whether stored JSON may name anybody; quickly, and never wrongly no."""
        if not (self.names or self.called):
            return False
        low = raw.lower()
        few = len(self._by_needle) <= _MOST_SOUGHT_ONE_BY_ONE
        if few and any(needle.encode() in low for needle in self._by_needle):
            return True
        if few and not self._phones:
            return False
        # Signs that JSON writes as a letter would hide where a word begins.
        text = _ESCAPED.sub(" ", low.decode("utf-8", "ignore"))
        if not few and self._near(text):
            return True
        return any(self._is_phone(found.group()) for found in _PHONE.finditer(text))

    def without(self, text: str) -> tuple[str, int]:
        """Give a text with the mark in the place of names, and how many there were."""
        count = 0
        if self._phones:
            text, count = self._without_phones(text)
        near = self._near(text)
        if not near and not text.isascii():
            composed = unicodedata.normalize("NFC", text)
            near, text = self._near(composed), composed if self._near(composed) else text
        if not near:
            return text, count
        sought = "|".join(one.pattern for one in near)
        left, found = re.subn(f"{_BEFORE}(?:{sought}){_AFTER}", MARK, text)
        return left, count + found

    def without_in(self, value: Json) -> tuple[Json, int]:
        """Give a JSON value whose texts name nobody, and how many names there were."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, list):
            parts = [self.without_in(one) for one in value]
            return [one for one, _ in parts], sum(count for _, count in parts)
        if isinstance(value, dict):
            within = {key: self.without_in(one) for key, one in value.items()}
            keys = {key: self.surely_without(key) for key in within}
            left = {keys[key][0]: one for key, (one, _) in within.items()}
            counts = (count for _, count in (*within.values(), *keys.values()))
            return left, sum(counts)
        return value, 0

    @cached_property
    def _sure(self) -> "TypedNames":
        if self.only_sure:
            return self
        return TypedNames(self.names, self.in_use, only_sure=True)

    def surely_without(self, key: str) -> tuple[str, int]:
        """Give the name of a field without what is certain to be somebody's."""
        return self._sure.without(key)

    def _near(self, text: str) -> list[Spelling]:
        low = text.lower()
        if len(self._by_needle) <= _MOST_SOUGHT_ONE_BY_ONE:
            needles = [one for one in self._by_needle if one in low]
        else:
            runs = {"", *PLAIN.findall(low)}
            needles = [one for one in runs if one in self._by_needle]
        near = [one for needle in needles for one in self._by_needle[needle]]
        return sorted(near, key=lambda one: (-len(one.text), one.text))

    def _without_phones(self, text: str) -> tuple[str, int]:
        count = 0

        def replaced(match: re.Match[str]) -> str:
            nonlocal count
            if not self._is_phone(match.group()):
                return match.group()
            count += 1
            return MARK

        return _PHONE.sub(replaced, text), count

    def _is_phone(self, typed: str) -> bool:
        if normalise("phone", typed.replace("(0)", "")) in self._phones:
            return True
        digits = "".join(sign for sign in typed if sign.isdecimal()).removeprefix("0")
        national = not typed.startswith(("+", "00")) and len(digits) >= _SHORTEST_NATIONAL
        return national and any(phone.endswith(digits) for phone in self._phones)


def _bare(text: str) -> str:
    return text.strip("\"'")
