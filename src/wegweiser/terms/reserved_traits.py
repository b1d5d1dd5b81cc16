"""Reserved traits: their names, their other spelling, and what type each of them has."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject

Of = Literal["person", "account"]
_Fits = Callable[[Json], bool]
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _text(value: Json) -> bool:
    return isinstance(value, str)


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _map(value: Json) -> bool:
    return isinstance(value, dict)


def _moment(value: Json) -> bool:
    return _number(value) or parse_instant(value) is not None


def _named(value: Json) -> bool:
    return _text(value) or _number(value)


_BOTH: dict[str, _Fits] = {
    "address": _map,
    "avatar": _text,
    "createdAt": _moment,
    "description": _text,
    "email": _text,
    "id": _named,
    "name": _text,
    "phone": _text,
    "website": _text,
}
_OF_PERSON: dict[str, _Fits] = {
    "age": _number,
    "birthday": _moment,
    "company": _map,
    "firstName": _text,
    "gender": _text,
    "lastName": _text,
    "title": _text,
    "username": _text,
}
_OF_ACCOUNT: dict[str, _Fits] = {"employees": _named, "industry": _text, "plan": _text}
RESERVED: Mapping[Of, Mapping[str, _Fits]] = {
    "person": {**_BOTH, **_OF_PERSON},
    "account": {**_BOTH, **_OF_ACCOUNT},
}


def snake(name: str) -> str:
    """Give the other spelling of a name.

    >>> snake("firstName"), snake("email")
    ('first_name', 'email')
    """
    return _HUMP.sub("_", name).lower()


def _spellings(of: Of) -> dict[str, str]:
    return {snake(name): name for name in RESERVED[of] if snake(name) != name}


SPELLINGS: Mapping[Of, Mapping[str, str]] = {
    "person": _spellings("person"),
    "account": _spellings("account"),
}


def read_as(key: str, of: Of) -> str:
    """Give the name under which a trait is read.

    >>> read_as("first_name", "person"), read_as("favourite_colour", "person")
    ('firstName', 'favourite_colour')
    """
    return SPELLINGS[of].get(key, key)


def is_of_its_type(key: str, value: Json, of: Of) -> bool:
    """Tell whether a value is of the type of its reserved trait; any other key takes anything.

    >>> is_of_its_type("age", "old", "person"), is_of_its_type("shoe", "old", "person")
    (False, True)
    """
    fits = RESERVED[of].get(read_as(key, of))
    return fits is None or value is None or fits(value)


def wrong_types(traits: JsonObject, of: Of) -> list[str]:
    """Give the keys of reserved traits whose value is of another type."""
    return [key for key, value in traits.items() if not is_of_its_type(key, value, of)]


def with_name(traits: JsonObject) -> JsonObject:
    """Read the name as first and last name where it is not stated itself.

    >>> with_name({"firstName": "Ada", "lastName": "Byron"})["name"]
    'Ada Byron'
    """
    if "name" in traits or not ("firstName" in traits or "lastName" in traits):
        return traits
    parts = (traits.get("firstName"), traits.get("lastName"))
    name = " ".join(part.strip() for part in parts if isinstance(part, str)).strip()
    return {**traits, "name": name} if name else traits


def in_both_spellings(traits: JsonObject, of: Of) -> JsonObject:
    """Give the traits with the other spelling of reserved ones beside them, as rules read them.

    >>> in_both_spellings({"firstName": "Ada"}, "person")
    {'firstName': 'Ada', 'first_name': 'Ada'}
    """
    found: Iterable[tuple[str, str]] = SPELLINGS[of].items()
    beside = {other: traits[name] for other, name in found if name in traits}
    return {**traits, **beside} if beside else traits
