"""Ids and names as senders write them: what is text, what is absent, what is refused."""

from functools import lru_cache
from unicodedata import category

from wegweiser.collect.limit import (
    ID_CHARACTERS,
    ID_INTEGER,
    MESSAGE_ID_CHARACTERS,
    NAME_CHARACTERS,
)
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json

# Control, format (zero width, bidirectional), surrogate, line and paragraph separators.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters and marks that show nothing, and the sign that stands for a lost character:
# either could make one id out of two.
_UNSEEN = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0\ufffd")


def id_text(value: Json, field: str) -> str:
    """Give an id as text; "" and null are absent ("").

    Whole numbers up to 2^53 - 1 in size become their digits. Raises InputRefused `bad_id`
    for other types, more than 255 characters, and characters that cannot be seen.

    >>> id_text(42, "userId"), id_text("u-42", "userId"), id_text(None, "userId")
    ('42', 'u-42', '')
    """
    if isinstance(value, str):
        plain = len(value) <= ID_CHARACTERS and _is_plain(value)
        return value if plain else _unusual_id(value, field)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= ID_INTEGER:
        return str(value)
    raise _bad_id(field, "is neither text nor a whole number up to 2^53 - 1")


@lru_cache(maxsize=65_536)
def _is_plain(text: str) -> bool:
    # The same senders come again and again, and nearly all of their ids are plain.
    return text.isascii() and text.isprintable() and not text.isspace()


def _unusual_id(text: str, field: str) -> str:
    if len(text) > ID_CHARACTERS:
        raise _bad_id(field, f"has more than {ID_CHARACTERS} characters")
    if _hides_something(text):
        raise _bad_id(field, "holds control or invisible characters")
    return "" if text.isspace() else text


def _hides_something(text: str) -> bool:
    return any(sign in _UNSEEN or category(sign) in _UNSEEN_CATEGORIES for sign in text)


def _bad_id(field: str, reason: str) -> InputRefused:
    return InputRefused("bad_id", f"`{field}` {reason}.", field=field)


def message_id_text(value: Json) -> str:
    """Give a messageId, trimmed; absent or empty is "". Raises InputRefused `bad_message_id`.

    >>> message_id_text(" m-1 ")
    'm-1'
    """
    if value is None:
        return ""
    if isinstance(value, str):
        trimmed = value.strip()
        if len(trimmed) <= MESSAGE_ID_CHARACTERS:
            return trimmed
    raise InputRefused(
        "bad_message_id",
        f"`messageId` is not text of at most {MESSAGE_ID_CHARACTERS} characters.",
        field="messageId",
    )


def event_name(value: Json) -> str:
    """Give the name of a track call. Raises InputRefused `bad_event_name`."""
    if isinstance(value, str) and 0 < len(value) <= NAME_CHARACTERS and not value.isspace():
        return value
    raise InputRefused(
        "bad_event_name",
        f"`event` of a track call is text of 1 to {NAME_CHARACTERS} characters, not blank.",
        field="event",
    )


def page_text(value: Json, field: str, most_characters: int = NAME_CHARACTERS) -> str:
    """Give the name or category of a page or screen; null is absent ("").

    Raises InputRefused `bad_shape` (no text), `bad_event_name` (too long).
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputRefused("bad_shape", f"`{field}` is not text.", field=field)
    if len(value) > most_characters:
        raise InputRefused(
            "bad_event_name", f"`{field}` has more than {most_characters} characters.", field=field
        )
    return value
