"""The links in a message as it is written: where they lead, and what is wrong with them."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.text import Reader, mark

LINK_NAMES = ("url", "link", "href")
LINKS_SHOWN = 50
_IN_TEXT = re.compile(r"""(?:href|src)\s*=\s*["']([^"']*)["']|(https?://[^\s<>"')\]]+)""")
_FIELD = re.compile(r"\{\{.*?\}\}")
FINE = mark("fine")
OPEN = mark("is not encrypted; write https://")
NO_HOST = mark("names no host")
NOT_HERE = mark("begins on the page where it is shown; in a mail it leads nowhere")
NO_LINK = mark("is no link; begin with https://")
SPACE = mark("holds a blank")
PERSONAL = mark("holds something personal, which then stands in logs and addresses")


def links_of(reader: Reader, document: JsonObject) -> Table:
    """List the links of all variants, each with what is wrong with it."""
    columns = (
        Column(reader.say("Variant")),
        Column(reader.say("Link")),
        Column(reader.say("Check")),
    )
    rows = []
    variants = document.get("variants")
    for variant in variants if isinstance(variants, list) else ():
        if isinstance(variant, dict):
            is_sent = variant.get("channel") not in ("web", "app")
            for link in dict.fromkeys(links_in(variant.get("content"))):
                wrong = fault_of(link, is_sent)
                words = Cell(reader.say(wrong), tone="" if wrong == FINE else "bad")
                rows.append(Row((Cell(cut(str(variant.get("key", "")))), Cell(cut(link)), words)))
    nothing = reader.say("There is no link in it.")
    return Table(columns, tuple(rows[:LINKS_SHOWN]), nothing)


def links_in(content: Json, name: str = "") -> Iterator[str]:
    """Yield the links of some content: whole fields by their name, else those in texts.

    >>> list(links_in({"url": "/a", "text": "See https://example.com/b."}))
    ['/a', 'https://example.com/b']
    """
    if isinstance(content, dict):
        for key, value in content.items():
            yield from links_in(value, key)
    elif isinstance(content, list):
        for value in content:
            yield from links_in(value, name)
    elif isinstance(content, str) and name in LINK_NAMES:
        yield content
    elif isinstance(content, str):
        for whole in _IN_TEXT.finditer(content):
            yield (whole[1] if whole[1] is not None else whole[2].rstrip(".,;:!?"))


def fault_of(link: str, is_sent: bool) -> str:
    """Say what is wrong with a link; nobody is asked whether the page is there.

    >>> fault_of("https://example.com/a", True), fault_of("http://example.com", False)
    ('fine', 'is not encrypted; write https://')
    """
    bare = _FIELD.sub("", link)
    if bare != link:
        # An address that is nothing but a field is filled in by whoever has it.
        return PERSONAL if bare.strip() else FINE
    if any(sign.isspace() for sign in link):
        return SPACE
    if link.startswith(("mailto:", "tel:", "#")):
        return FINE
    if link.startswith("/") and not link.startswith("//"):
        return NOT_HERE if is_sent else FINE
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https"):
        return NO_LINK
    if not parts.hostname or "." not in parts.hostname:
        return NO_HOST
    return FINE if parts.scheme == "https" else OPEN
