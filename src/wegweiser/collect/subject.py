"""Whom a question or an outcome is about, as the sender writes it."""

import re

from wegweiser.collect.name import id_text
from wegweiser.terms.decision import Subject
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import identifier
from wegweiser.terms.json import Json, JsonObject

# Names of our own bookkeeping, which no sender may speak in.
_INNER_KINDS = frozenset({"claim", "device"})
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_SHORT_FORMS = (
    ("person", "userId", "user_id"),
    ("device", "anonymousId", "anonymous_id"),
    ("account", "groupId", "group_id"),
)


def read_subject(body: JsonObject) -> Subject:
    """Read `subject` with its "type:value" members, or the short forms in it or beside it.

    `userId`, `anonymousId`, `groupId` are short for person, device, account. Inner kinds are
    refused, and an account where a person or device is meant. Raises InputRefused naming the
    field: `bad_shape`, `bad_id`, `no_identity`.

    >>> read_subject({"subject": {"person": "user_id:u-42", "groupId": 7}})
    Subject(person='user_id:u-42', device='', account='group_id:7')
    """
    stated = body.get("subject")
    if stated is not None and not isinstance(stated, dict):
        raise InputRefused("bad_shape", "`subject` is not an object.", field="subject")
    beside = {short: body[short] for _, short, _ in _SHORT_FORMS if short in body}
    parts = [_part({**beside, **(stated or {})}, *names) for names in _SHORT_FORMS]
    if not any(parts):
        raise InputRefused(
            "no_identity", "`subject` names no person, device or account.", field="subject"
        )
    return Subject(*parts)


def _part(stated: JsonObject, name: str, short: str, kind: str) -> str:
    field = f"subject.{name}"
    whole = stated.get(name)
    if whole is None or whole == "":
        value = id_text(stated.get(short), short)
        return identifier(kind, value) if value else ""
    return _typed(whole, field)


def _typed(whole: Json, field: str) -> str:
    if not isinstance(whole, str):
        raise InputRefused("bad_id", f"`{field}` is not text.", field=field)
    kind, colon, value = whole.partition(":")
    if not colon or _TYPE.fullmatch(kind) is None or not id_text(value, field):
        raise InputRefused(
            "bad_id",
            f'`{field}` is not of the form "type:value", as in "user_id:u-42".',
            field=field,
        )
    if kind in _INNER_KINDS or (kind == "group_id" and field != "subject.account"):
        raise InputRefused("bad_id", f"`{field}` cannot be of the type {kind}.", field=field)
    return whole
