"""Puts trait values into content, such as `{{ person.traits.firstName }}`, escaped by field."""

import html
import re
from collections.abc import Callable
from urllib.parse import quote

import msgspec

from wegweiser.deliver.template import Absent, fill_template, paths_in, refused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong

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
    A text may also hold conditions and filters (deliver/template.py). Raises InputRefused when a
    place or a template cannot be read.

    >>> render({"text": "Hello {{ person.name }}"}, {"person": {"name": "Ada"}})
    {'text': 'Hello Ada'}
    >>> render({"text": "Hello {{ person.name }}"}, {"person": {}})
    Missing(path='person.name')
    """
    try:
        filled = _walk(content, values, "", form)
    except (_MissingFound, Absent) as found:
        return Missing(str(found))
    assert isinstance(filled, dict)
    return filled


def places(content: Json) -> tuple[str, ...]:
    """List the paths that content asks for, sorted; raises InputRefused as `render` does.

    >>> places({"html": "<p>{{ person.traits.firstName }}</p>"})
    ('person.traits.firstName',)
    """
    if isinstance(content, str):
        found = _PLACE.findall(content) if _is_plain(content) else paths_in(content)
        return tuple(sorted(set(found)))
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
    if _is_plain(text):
        return _PLACE.sub(lambda place: escape(_look_up(values, place[1])), text)
    return fill_template(text, values, _INSERTS[escape])


def _escape_of(field: str, form: str) -> Escape:
    if field.endswith(("url", "href", "link")):
        return _for_link
    if form == "slack":
        return _for_slack
    plain = field == "subject" or field.endswith("text")
    if field.endswith("html") or (form.lower() == "html" and not plain):
        return _for_html
    return _as_it_is


def _for_link(text: str) -> str:
    return quote(text, safe="")


def _for_html(text: str) -> str:
    return html.escape(text, quote=True)


def _for_slack(text: str) -> str:
    """Write the three signs that Slack reads as mentions and links as it asks."""
    return html.escape(text, quote=False)


def _as_it_is(text: str) -> str:
    return text


def _look_up(values: JsonObject, path: str) -> str:
    found: Json = values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return _shown(found, path)


def _shown(found: object, path: str) -> str:
    """Write a value on one line; nothing is ever shown as a blank."""
    if isinstance(found, bool):
        found = "true" if found else "false"
    if not isinstance(found, str | int | float):
        raise _MissingFound(path)
    text = _CONTROL.sub(" ", str(found)).strip()
    if not text:
        raise _MissingFound(path)
    return text


def _is_plain(text: str) -> bool:
    """Tell whether a text holds nothing but places that are dotted paths."""
    rest = _PLACE.sub("", text)
    if any(sign in rest for sign in ("{{", "{%", "{#")):
        return False
    if "}}" in rest:
        raise refused(text, wrong("never_began"))
    return True


def _insert_with(escape: Escape) -> Callable[[object], str]:
    return lambda value: escape(_shown(value, "a value of the template"))


# One for each way of escaping, so that compiled templates are kept.
_ESCAPES: tuple[Escape, ...] = (_for_link, _for_html, _for_slack, _as_it_is)
_INSERTS = {escape: _insert_with(escape) for escape in _ESCAPES}
