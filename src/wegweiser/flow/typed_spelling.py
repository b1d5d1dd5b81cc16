"""The ways in which people write a name: as it is, in addresses of pages, in expressions."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import msgspec

from wegweiser.terms.identity import Identifier, kind_of, value_of

# What stands for one person wherever it is written.
_CONTACTS = ("email", "phone", "person_id")
_ANY_CASE = ("email", "domain")
_SHORTEST_NAME, _SHORTEST_NUMBER, _SHORTEST_QUOTED = 6, 8, 4
PLAIN = re.compile(r"[a-z0-9]+")


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
        """The regular expression that finds it as a whole, whatever white space is between."""
        flags = "i" if self.any_case else "-i"
        words = r"\s+".join(map(re.escape, self.text.split(" ")))
        return f"(?{flags}:{words})"


def spelled(name: Identifier) -> Iterator[Spelling]:
    """Yield the ways to write an identifier that can be told from ordinary words."""
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


def spelled_called(called: str) -> Iterator[Spelling]:
    """Yield the ways to write what somebody is called, in any case, also in a German genitive.

    >>> sorted(one.text for one in spelled_called("Ada Muster"))
    ['Ada Muster', 'Ada Musters', 'Muster, Ada']
    """
    first, _, last = called.rpartition(" ")
    forms = (called, f"{called}s", *((f"{last}, {first}",) if first else ()))
    for form in forms:
        yield Spelling(form, _needle(form), True, False)


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
        yield Spelling(form, _needle(form), any_case or form != text, sure)


def _needle(form: str) -> str:
    return max(PLAIN.findall(form.lower()), key=len, default="")


def _in_patterns(text: str) -> tuple[str, ...]:
    return (text.replace(".", r"\."), text.replace(".", r"\\.")) if "." in text else ()
