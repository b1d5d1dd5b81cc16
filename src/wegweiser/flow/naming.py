"""Whom elements that nobody could read may name: ids in fields for ids, addresses anywhere."""

import re
from collections.abc import Iterator, Set
from itertools import chain
from urllib.parse import unquote

from wegweiser.resolve.mention import name_of
from wegweiser.resolve.normalise import LONGEST_VALUE
from wegweiser.terms.identity import Identifier
from wegweiser.terms.json import Json

# Nobody else's text looks like these by chance; every other id may be any word or number.
SELF_IDENTIFYING = frozenset({"email", "phone"})
_KINDS_OF_FIELD = {
    "userid": frozenset({"user_id"}),
    "ajsuid": frozenset({"user_id"}),
    "anonymousid": frozenset({"anonymous_id"}),
    "ajsaid": frozenset({"anonymous_id"}),
    "previousid": frozenset({"user_id", "anonymous_id"}),
    "groupid": frozenset({"group_id"}),
}
# Ids of things, which a sender may give himself as his own.
_OF_THINGS = frozenset(
    (
        *("message", "event", "product", "order", "cart", "checkout", "coupon", "promotion"),
        *("category", "campaign", "list", "wishlist", "payment", "transaction", "decision"),
        *("outcome", "placement", "variant", "item", "sku", "request", "batch"),
    )
)
# Of "id" and of "token"; most names are told apart by this alone.
_LAST_LETTERS = ("d", "D", "n")
_ENDS_LIKE_ID = re.compile(r"^id$|(?<=[a-z0-9])I[dD]$|[_.\-][iI][dD]$")
_SEPARATORS = str.maketrans("", "", "_-. ")
_WORD = re.compile(r"""[^\s"'`{}\[\]()<>,;|\\]+""")
_BETWEEN = re.compile(r"[=&:?/]")
_STATED = re.compile(
    r"(?<![\w.\-])([A-Za-z_][\w.\-]{0,63})[\"']?\s{0,8}[:=]\s{0,8}[\"']?([^\s\"'&,;{}\[\]<>()#]{1,255})"
)
_PHONE_STARTS = ("+", "00", "(+", "(00")


def possible_names(value: Json, kinds: Set[str]) -> Iterator[Identifier]:
    """Yield what a value may name: addresses in any text, other ids as values of fields for ids.

    >>> unread = {"type": "track", "userId": "u-7", "total": 4711, "to": "Ada@Buyer.example, x"}
    >>> sorted(possible_names(unread, {"user_id", "email"}))
    ['email:ada@buyer.example', 'user_id:u-7']
    """
    anywhere = kinds & SELF_IDENTIFYING
    in_fields = kinds - SELF_IDENTIFYING
    for field, part in _parts(value):
        if isinstance(part, str):
            if anywhere and ("@" in part or "+" in part or "00" in part or "%" in part):
                yield from _addresses(part, anywhere)
            if in_fields and (":" in part or "=" in part):
                for stated in _STATED.finditer(part):
                    yield from _ids(stated[1], stated[2], in_fields)
        if in_fields and field[-1:] in _LAST_LETTERS:
            yield from _ids(field, part, in_fields)


def kinds_of_field(field: str, kinds: Set[str]) -> Set[str]:
    """Give which kinds of ids a field may hold, by its name; mostly none.

    >>> found = ["userId", "crm_id", "product_id", "messageId", "type", "paid"]
    >>> [sorted(kinds_of_field(name, {"user_id", "crm_key"})) for name in found]
    [['user_id'], ['crm_key', 'user_id'], [], [], [], []]
    """
    if field[-1:] not in _LAST_LETTERS:
        return frozenset()
    plain = field.translate(_SEPARATORS).lower()
    known = _KINDS_OF_FIELD.get(plain)
    if known is not None:
        return known & kinds
    if plain == "token":
        return {kind for kind in kinds if kind.endswith(".push_token")}
    thing = plain.removesuffix("id") in _OF_THINGS
    return kinds if not thing and _ENDS_LIKE_ID.search(field) else frozenset()


def _ids(field: str, value: Json, kinds: Set[str]) -> Iterator[Identifier]:
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        return
    for kind in kinds_of_field(field, kinds):
        name = name_of(kind, value)
        if name is not None:
            yield name


def _addresses(text: str, kinds: Set[str]) -> Iterator[Identifier]:
    if "%" in text:
        text = f"{text} {unquote(text)}"
    # A number may be written with spaces, so that it is no one word.
    for word in chain([text] if len(text) <= LONGEST_VALUE else [], _words(text)):
        name = None
        if "@" in word:
            name = name_of("email", word) if "email" in kinds else None
        elif word.startswith(_PHONE_STARTS) and "phone" in kinds:
            name = name_of("phone", word)
        if name is not None:
            yield name


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text):
        word = match[0]
        yield word
        if not word[-1].isalnum():
            yield word.rstrip(".:!?=&")
        if _BETWEEN.search(word):
            yield from _BETWEEN.split(word)


def _parts(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield all texts and numbers with the field that they stand in; names of fields have none."""
    waiting: list[tuple[str, Json]] = [("", value)]
    while waiting:
        field, part = waiting.pop()
        if isinstance(part, dict):
            for name, inner in part.items():
                yield "", name
                waiting.append((name, inner))
        elif isinstance(part, list):
            waiting.extend((field, inner) for inner in part)
        elif part is not None and not isinstance(part, bool):
            yield field, part
