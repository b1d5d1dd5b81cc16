"""What a value should have been instead, read from the words of the library that refused it."""

import re

import msgspec

from wegweiser.terms.wrong import GERMAN, Saying, Wrong, wrong
from wegweiser.terms.wrong_words.types import KINDS

_PLACE = re.compile(r" - at (?P<key>`key` in )?`(?P<key_in>key in )?\$(?P<path>[^`]*)`$")
_OF_LENGTH = re.compile(r"Expected `[a-z]+` of length (\d+), got (\d+)")
_OF_TYPE = re.compile(r"Expected `([a-z |]+)`, got `([a-z]+)`")
_WORD = re.compile(r"Invalid enum value (.*)", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `([^`]*)`")
_FOREIGN = re.compile(r"Object contains unknown field `([^`]*)`")


class Kinds(msgspec.Struct, frozen=True):
    """Types of values, such as `str | null`."""

    names: str

    def said(self, language: str = "en") -> str:
        """Write them in German or English.

        >>> Kinds("str | null").said(), Kinds("str | null").said("de")
        ('str or null', 'Text oder nichts')
        """
        names = self.names.split(" | ")
        if language == GERMAN:
            return " oder ".join(KINDS.get(name, name) for name in names)
        return " or ".join(names)


def type_fault(error: msgspec.DecodeError) -> tuple[str, Wrong]:
    """Give the path of the wrong part, such as .to[0], and what is wrong with it.

    >>> path, fault = type_fault(msgspec.ValidationError("Expected `int`, got `str` - at `$.a`"))
    >>> path, fault.said(), fault.said("de")
    ('.a', 'expected int, got str', 'erwartet ist ganze Zahl, da steht Text')
    """
    told = str(error)
    found = _PLACE.search(told)
    return ("" if found is None else found["path"]), _fault(_PLACE.sub("", told))


def misread(error: msgspec.DecodeError) -> Wrong:
    """Give what is wrong with a document as one fault that names the field.

    >>> misread(msgspec.ValidationError("Invalid enum value 'a' - at `$.type`")).said()
    "'a' is no word that is allowed here, at .type"
    """
    path, fault = type_fault(error)
    return wrong("at_field", reason=fault, field=path) if path else fault


def _fault(told: str) -> Wrong:
    if found := _OF_TYPE.fullmatch(told):
        wanted: Saying = Kinds(found[1])
        return wrong("of_type", wanted=wanted, given=Kinds(found[2]))
    if found := _OF_LENGTH.fullmatch(told):
        return wrong("of_length", count=found[1], given=found[2])
    if found := _WORD.fullmatch(told):
        return wrong("not_among", word=found[1])
    if found := _MISSING.fullmatch(told):
        return wrong("missing_field", name=found[1])
    if found := _FOREIGN.fullmatch(told):
        return wrong("foreign_field", name=found[1])
    return wrong("unreadable", why=told.replace("`", ""))
