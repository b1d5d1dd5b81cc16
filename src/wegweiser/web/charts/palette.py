"""Colours for where no page fills them in: notebooks, mails and files take the light theme."""

import re

from wegweiser.terms.json import Json, JsonObject

LIGHT = {
    "bg": "#f7f6f2",
    "surface": "#ffffff",
    "ink": "#1a1d21",
    "muted": "#59636e",
    "line": "#e4e1d8",
    "edge": "#7c8691",
    "data": "#1d5bb8",
    "data-2": "#7c8691",
    "good": "#1a7f4b",
    "bad": "#b3372f",
}
_TOKEN = re.compile(r"var\(--([a-z0-9-]+)\)")
# Links lead to pages of a server; outside of it they would lead nowhere.
_LINKS = ("href", "link")


def in_light(spec: JsonObject) -> JsonObject:
    """Give a specification with colours in the place of tokens, on white and without links.

    >>> in_light({"mark": {"color": "var(--data)"}, "encoding": {"href": {}}})["mark"]
    {'color': '#1d5bb8'}
    """
    coloured = _coloured(spec)
    assert isinstance(coloured, dict)
    return coloured | {"background": LIGHT["surface"]}


def _coloured(value: Json) -> Json:
    if isinstance(value, str):
        return _TOKEN.sub(lambda found: LIGHT[found[1]], value)
    if isinstance(value, list):
        return [_coloured(part) for part in value]
    if isinstance(value, dict):
        return {name: _coloured(part) for name, part in value.items() if name not in _LINKS}
    return value
