"""Finds identifiers of the erased in what people typed, and puts a neutral word in their place."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Set
from functools import cached_property
from urllib.parse import quote

import msgspec

from wegweiser.resolve.normalise import normalise
from wegweiser.terms.identity import Identifier, kind_of, value_of
from wegweiser.terms.json import Json

# Stays a text in CEL, YAML, JSON and mails, and is nobody's name.
MARK = "(erased)"
# What stands for one person wherever it is written.
_CONTACTS = ("email", "phone", "person_id")
_ANY_CASE = ("email", "domain")
_SHORTEST_NAME, _SHORTEST_NUMBER, _SHORTEST_QUOTED = 6, 8, 4
_MOST_SOUGHT_ONE_BY_ONE = 64
_PLAIN = re.compile(r"[a-z0-9]+")
_PHONE = re.compile(r"(?<![\w+])(?:\+|0)[\d(][\d\s().\-/\u00a0]{4,26}\d(?!\d)")
_SHORTEST_NATIONAL = 8
_ESCAPED = re.compile(r"\\[bfnrt]")
_BEFORE, _AFTER = r"(?<![\w.+@-])", r"(?![\w@+-]|\.\w)"


class Spelling(msgspec.Struct, frozen=True):
    """One way of writing a name; `needle` is a part that every text with it holds, in lower case.

    Where it is not `sure`, it may be a word of the configuration as well.
    """

    text: str
    needle: str
    any_case: bool
    sure: bool

    @property
    def pattern(self) -> str:
        """The regular expression that finds it as a whole."""
        flags = "i" if self.any_case else "-i"
        return f"(?{flags}:{re.escape(self.text)})"


class TypedNames(msgspec.Struct, frozen=True, dict=True):
    """What erased persons and accounts are called, however somebody may have typed it.

    E-mail addresses and telephone numbers are found anywhere, every identifier as "type:value".
    A value alone is found where it is long enough to be no ordinary word, and none of the names
    `in_use` for parts of the configuration.

    >>> typed = TypedNames(frozenset({"email:ada@buyer.example", "user_id:u-1042"}))
    >>> typed.without('p.traits.email in ["Ada@buyer.example", "bob@buyer.example"]')
    ('p.traits.email in ["(erased)", "bob@buyer.example"]', 1)
    >>> typed.without("called u-1042 back, not u-10421")
    ('called (erased) back, not u-10421', 1)
    """

    names: frozenset[Identifier]
    in_use: Set[str] = frozenset()
    only_sure: bool = False

    def surely(self) -> "TypedNames":
        """Give the same for texts that must stay readable by machines: only what is certain."""
        return TypedNames(self.names, self.in_use, only_sure=True)

    @cached_property
    def _spellings(self) -> list[Spelling]:
        found = {one for name in self.names for one in _spelled(name)}
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
        if not self.names:
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
        return self if self.only_sure else self.surely()

    def surely_without(self, key: str) -> tuple[str, int]:
        """Give the name of a field without what is certain to be somebody's."""
        return self._sure.without(key)

    def _near(self, text: str) -> list[Spelling]:
        low = text.lower()
        if len(self._by_needle) <= _MOST_SOUGHT_ONE_BY_ONE:
            needles = [one for one in self._by_needle if one in low]
        else:
            runs = {"", *_PLAIN.findall(low)}
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


def _spelled(name: Identifier) -> Iterator[Spelling]:
    kind, value = kind_of(name), value_of(name)
    any_case = kind in _ANY_CASE
    for text in {value, *_unfolded(kind, value)}:
        yield from _written(f"{kind}:{text}", any_case, True)
        if kind in _CONTACTS:
            yield from _written(text, any_case, True)
        elif _stands_alone(text):
            yield from _written(text, any_case, False)
        elif text.isdecimal() and len(text) >= _SHORTEST_QUOTED:
            yield from _written(f'"{text}"', any_case, False)
            yield from _written(f"'{text}'", any_case, False)
    if kind == "phone":
        yield from _written(value.removeprefix("+"), any_case, True)


def _stands_alone(value: str) -> bool:
    """Tell whether a value is unlikely to be an ordinary word or figure."""
    if value.isdecimal():
        return len(value) >= _SHORTEST_NUMBER
    return len(value) >= _SHORTEST_NAME and not value.isalpha()


def _unfolded(kind: str, value: str) -> Iterable[str]:
    """Give the spelling of a mail address with its domain as people write it."""
    if kind != "email" or "xn--" not in value:
        return ()
    local, _, domain = value.partition("@")
    try:
        return (f"{local}@{domain.encode('ascii').decode('idna')}",)
    except UnicodeError:
        return ()


def _written(text: str, any_case: bool, sure: bool) -> Iterator[Spelling]:
    """Give a text as it stands, in addresses of pages, and in regular expressions."""
    for form in {text, quote(text, safe=""), quote(text), *_in_patterns(text)}:
        needle = max(_PLAIN.findall(form.lower()), key=len, default="")
        yield Spelling(form, needle, any_case or form != text, sure)


def _in_patterns(text: str) -> tuple[str, ...]:
    return (text.replace(".", r"\."), text.replace(".", r"\\.")) if "." in text else ()


def _bare(text: str) -> str:
    return text.strip("\"'")
