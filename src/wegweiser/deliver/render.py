"""Puts trait values into content: `{{ person.traits.firstName }}`, and nothing cleverer."""

import html
import re
from collections.abc import Callable
from urllib.parse import quote

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject

_PLACE = re.compile(r"(?<!\{)\{\{\s*([^\s{}.]+(?:\.[^{}.\s]+)+)\s*\}\}(?!\})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")

Escape = Callable[[str], str]


class Missing(msgspec.Struct, frozen=True):
    """The value under `path` is absent or empty, so the message must not be sent."""

    path: str


class _MissingFound(Exception):
    """Leaves the walk at the first missing value; never leaves this file."""


def render(content: JsonObject, values: JsonObject, form: str = "") -> JsonObject | Missing:
    """Fill every place in the texts of `content`; what is filled in is never read again.

    Values are escaped for HTML in fields whose name ends in "html", and in all other fields but
    "subject" and those ending in "text" where `form` (the variant's format) is "html"; they are
    percent-encoded in fields whose name ends in "url", "href" or "link".
    Raises InputRefused when a place is not written as a dotted path.

    >>> render({"text": "Hello {{ person.name }}"}, {"person": {"name": "Ada"}})
    {'text': 'Hello Ada'}
    >>> render({"text": "Hello {{ person.name }}"}, {"person": {}})
    Missing(path='person.name')
    """
    try:
        filled = _walk(content, values, "", form)
    except _MissingFound as found:
        return Missing(str(found))
    assert isinstance(filled, dict)
    return filled


def places(content: Json) -> tuple[str, ...]:
    """List the paths that content asks for, sorted; raises InputRefused as `render` does.

    >>> places({"html": "<p>{{ person.traits.firstName }}</p>"})
    ('person.traits.firstName',)
    """
    if isinstance(content, str):
        _refuse_leftovers(content)
        return tuple(sorted(set(_PLACE.findall(content))))
    parts: list[Json] = []
    if isinstance(content, dict):
        parts = list(content.values())
    elif isinstance(content, list):
        parts = content
    return tuple(sorted({path for part in parts for path in places(part)}))


def _walk(part: Json, values: JsonObject, field: str, form: str) -> Json:
    if isinstance(part, str):
        return _fill(part, values, _escape_of(field.lower(), form))
    if isinstance(part, list):
        return [_walk(element, values, field, form) for element in part]
    if isinstance(part, dict):
        return {key: _walk(element, values, key, form) for key, element in part.items()}
    return part


def _fill(text: str, values: JsonObject, escape: Escape) -> str:
    _refuse_leftovers(text)
    return _PLACE.sub(lambda place: escape(_look_up(values, place[1])), text)


def _escape_of(field: str, form: str) -> Escape:
    if field.endswith(("url", "href", "link")):
        return lambda text: quote(text, safe="")
    plain = field == "subject" or field.endswith("text")
    if field.endswith("html") or (form.lower() == "html" and not plain):
        return lambda text: html.escape(text, quote=True)
    return lambda text: text


def _look_up(values: JsonObject, path: str) -> str:
    found: Json = values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, bool):
        found = "true" if found else "false"
    if not isinstance(found, str | int | float):
        raise _MissingFound(path)
    text = _CONTROL.sub(" ", str(found)).strip()
    if not text:
        raise _MissingFound(path)
    return text


def _refuse_leftovers(text: str) -> None:
    rest = _PLACE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise InputRefused(
            "bad_template",
            f"{text[:80]!r} has a place that is not a dotted path in double braces, "
            "such as {{ person.traits.firstName }}.",
            422,
            "content",
        )
