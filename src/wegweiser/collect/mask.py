"""Masking: what nobody may keep is blotted out of whatever was sent, before it is stored."""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

import msgspec
import re2

from wegweiser.collect.account_number import SUSPICIOUS, NumberBlotter, is_card
from wegweiser.collect.decode import Decoded
from wegweiser.collect.deny import is_denied, names_pattern, same_name
from wegweiser.terms.json import Json, JsonObject

MASK = "***"
HASHED = "hashed:"
_HASHED = re.compile(HASHED + "[0-9a-f]{32}")
_ESCAPE = re.compile(r"\\u00[0-7]")
REPAIR = "masked"
_ID_NAME = re.compile(r"(?:^[iI]|[-_ ][iI]|I)(?:d|D)s?$")
_PATH_CHARACTERS = 255
_MOST_REPAIRS = 20
# Masking one of these would make one person, or one message, out of two.
IDS = frozenset(("userId", "anonymousId", "groupId", "previousId", "messageId", "writeKey"))
UNTOUCHED = IDS | {"type", "timestamp", "originalTimestamp", "sentAt"}
# Where a mobile system keeps the address of its push messages.
_DEVICE_TOKEN = ("context", "device", "token")

Action = Literal["drop", "mask", "hash", "keep"]


class FieldRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a field: of every one named `field`, or of the one at a dotted `path`."""

    action: Action
    field: str = ""
    path: str = ""

    def fits(self, path: tuple[str, ...]) -> bool:
        """Tell whether a field at a place is meant."""
        if self.field:
            return same_name(self.field, path[-1])
        return ".".join(path) == self.path


class _Notes:
    """What masking one value found: its places, and what may still be looked at."""

    def __init__(self, numbers: NumberBlotter):
        self.numbers = numbers
        self.places: list[str] = []

    def add(self, path: tuple[str, ...]) -> None:
        if len(self.places) < _MOST_REPAIRS:
            self.places.append(("/" + "/".join(path))[:_PATH_CHARACTERS])


class Masker:
    """Masks under the rules of an operator, which go before the built-in list; `secret` is hex.

    >>> masker = Masker([FieldRule("hash", field="salary")], "5ec2e7")
    >>> found, places = masker.masked({"properties": {"salary": 5, "password": "x", "plan": "y"}})
    >>> found["properties"]["password"], found["properties"]["salary"][:7], places
    ('***', 'hashed:', ('masked /properties/salary', 'masked /properties/password'))
    """

    def __init__(self, rules: Sequence[FieldRule] = (), secret: str = ""):
        self._rules = tuple(rules)
        self._secret = bytes.fromhex(secret)
        names = [rule.field or rule.path.rpartition(".")[2] for rule in rules]
        self._suspicious = re2.compile(_suspicious_bytes(names).encode())
        self._named = frozenset(names)
        self._may_fit = lru_cache(maxsize=16_384)(self._may_fit_unheard)

    def _may_fit_unheard(self, name: str) -> bool:
        return is_denied(name) or any(same_name(name, named) for named in self._named)

    def decoded(self, decoded: Decoded) -> Decoded:
        """Mask a decoded body; one whose bytes hold nothing suspicious is given as it is.

        What was masked stands among the repairs of its element, with the code "masked".
        """
        if decoded.body and self._suspicious.search(decoded.body) is None:
            return decoded
        elements: list[Json] = []
        numbers = NumberBlotter()
        repairs = dict(decoded.repairs)
        root = decoded.root
        shared: tuple[str, ...] = ()
        if not (len(decoded.elements) == 1 and decoded.elements[0] is root):
            root, shared = self._root(root, numbers)
        suspicious = self._suspicious.search
        for index, element in enumerate(decoded.elements):
            # Among many elements only few are what made the body look suspicious.
            if not shared and suspicious(msgspec.json.encode(element)) is None:
                elements.append(element)
                continue
            masked, places = self.masked(element, numbers)
            elements.append(masked)
            if places or shared:
                repairs[index] = (*repairs.get(index, ()), *places, *shared)
        return msgspec.structs.replace(decoded, root=root, elements=elements, repairs=repairs)

    def _root(self, root: JsonObject, numbers: NumberBlotter) -> tuple[JsonObject, tuple[str, ...]]:
        common: JsonObject = {
            name: root[name] for name in ("context", "integrations") if name in root
        }
        masked, places = self.masked(common, numbers)
        return (root | masked if isinstance(masked, dict) else root), places

    def masked(
        self, value: Json, numbers: NumberBlotter | None = None
    ) -> tuple[Json, tuple[str, ...]]:
        """Mask any value; gives it, and the places of what was masked ("masked /path").

        A text alone is taken for the source of an element that is nested too deep; `numbers` are
        shared by the elements of a body.
        """
        notes = _Notes(numbers or NumberBlotter())
        if isinstance(value, str):
            found: Json = masked_source(value, notes.numbers)
            if found != value:
                return found, (REPAIR,)
        else:
            found = self._value(value, (), notes)
        return found, tuple(f"{REPAIR} {place}" for place in notes.places)

    def _value(self, value: Json, path: tuple[str, ...], notes: _Notes) -> Json:
        if isinstance(value, dict):
            return self._fields(value, path, notes)
        if isinstance(value, list):
            return [self._value(item, (*path, str(i)), notes) for i, item in enumerate(value)]
        return _checked(value, path, notes)

    def _fields(self, fields: JsonObject, path: tuple[str, ...], notes: _Notes) -> JsonObject:
        found: JsonObject = {}
        for name, value in fields.items():
            if not path and name in UNTOUCHED:
                found[name] = value
                continue
            here = (*path, name)
            action = self._action(here, value) if self._may_fit(name) else None
            if action is None:
                found[name] = self._value(value, here, notes)
            elif action == "keep":
                found[name] = value
            elif action == "drop":
                notes.add(here)
            else:
                found[name] = self._blotted(value, action)
                if found[name] != value:
                    notes.add(here)
        return found

    def _action(self, path: tuple[str, ...], value: Json) -> Action | None:
        for rule in self._rules:
            if rule.fits(path):
                return rule.action
        # Whether there is a password says nothing of it.
        if value is None or isinstance(value, bool) or value == "" or path == _DEVICE_TOKEN:
            return None
        return "mask" if is_denied(path[-1]) else None

    def _blotted(self, value: Json, action: Action) -> Json:
        if action == "mask":
            return MASK
        if value is None or (isinstance(value, str) and _HASHED.fullmatch(value)):
            return value
        plain = value.encode() if isinstance(value, str) else msgspec.json.encode(value)
        return HASHED + blake2b(plain, key=self._secret[:64], digest_size=16).hexdigest()


def masked(value: Json) -> Json:
    """Give a value with passwords, keys, account and card numbers blotted out, at any depth.

    >>> masked({"user": {"accessToken": "abc"}, "text": "card 4111 1111 1111 1111, thanks"})
    {'user': {'accessToken': '***'}, 'text': 'card [card], thanks'}
    """
    if isinstance(value, str):
        return NumberBlotter().plain(value)
    return _BUILT_IN.masked(value)[0]


def _checked(value: Json, path: tuple[str, ...], notes: _Notes) -> Json:
    if isinstance(value, str):
        plain: Json = notes.numbers.plain(value)
    elif isinstance(value, int) and value > 10**12 and is_card(str(value)):
        plain = MASK
    else:
        return value
    if plain == value:
        return value
    if (isinstance(value, int) or value.isdigit()) and _names_record(path):
        return value
    notes.add(path)
    return plain


def _names_record(path: tuple[str, ...]) -> bool:
    """Tell whether a field holds the id of a record: one in twenty long numbers looks like a card.

    >>> _names_record(("orders", "0", "customer_id")), _names_record(("orderIds", "0"))
    (True, True)
    """
    name = next((part for part in reversed(path) if not part.isdigit()), "")
    return _ID_NAME.search(name) is not None


def _suspicious_bytes(names: Sequence[str]) -> str:
    """Write a pattern that all bytes fit in which anything could be masked, and few others."""
    escapes = r"\\u00[0-7]|\\\""
    keys = f'"{names_pattern(names)}"[ \\t\\r\\n]*:'
    return f"(?i)(?:{escapes}|{keys}|{SUSPICIOUS})"


_KEY_IN_SOURCE = re2.compile(
    f'(?i)("{names_pattern()}"[ \\t\\r\\n]*:[ \\t\\r\\n]*)'
    r'("(?:[^"\\]|\\.)*"|-?[0-9][-+0-9.eE]*|[\[{])'
)


def masked_source(text: str, numbers: NumberBlotter | None = None) -> str:
    """Mask the text of JSON that is nested too deep to be read; where it cannot, all of it goes.

    >>> masked_source('{"a":{"pin": 1234, "b": "4111111111111111"}}')
    '{"a":{"pin": "***", "b": "[card]"}}'
    >>> masked_source('{"password": ["x"]}')
    '***'
    """
    if _ESCAPE.search(text):
        return MASK
    for found in _KEY_IN_SOURCE.finditer(text):
        if found[2] in ("[", "{"):
            return MASK
    plain: str = _KEY_IN_SOURCE.sub(rf'\1"{MASK}"', text)
    return (numbers or NumberBlotter()).plain(plain)


_BUILT_IN = Masker()
