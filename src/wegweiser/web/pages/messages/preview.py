"""What a person would get of a message, in a frame of its own, and what keeps it from them."""

from collections.abc import Mapping
from html import escape

import msgspec
import nh3
from starlette.requests import Request

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.role import sight_of
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.decisions.reasons import caps_of, why
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import NAMING, cut, person_name, person_path
from wegweiser.web.pages.messages.audience import Reach
from wegweiser.web.pages.profiles import find
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader
from wegweiser.web.words import CHANNELS, named

FREE = 3
BESIDE = ("title", "subject", "url", "button")


class Standing(msgspec.Struct, frozen=True):
    """How far one variant gets with a person, as the operation tells it."""

    variant: str
    channel: str
    level: int
    reasons: tuple[Reason, ...]
    content: JsonObject
    missing: str = ""


class VariantShown(msgspec.Struct, frozen=True):
    """One variant as a person would get it; `frame` is a whole page for a sandboxed frame."""

    name: str
    free: bool
    against: tuple[str, ...]
    frame: str
    missing: str


class Shown(msgspec.Struct, frozen=True):
    """A message for one person."""

    title: str
    name: str
    path: str
    variants: tuple[VariantShown, ...]


def may_look(desk: Desk, request: Request) -> bool:
    """Tell whether a message is shown on profiles: never to who sees counts only."""
    operator = desk.who(request)
    seen = sight_of(operator.role) if operator else "counts"
    return seen in ("whole", "masked")


async def previews(
    desk: Desk, request: Request, document: JsonObject, reach: Reach, looked_for: str
) -> tuple[Shown, ...]:
    """Show the message for who was looked for, for a typical person, and for an excluded one."""
    reader = desk.reader(request)
    wanted = [
        (reader.say("Whom you looked for"), _found(desk, request, looked_for)),
        (reader.say("Somebody who would get it"), next(iter(reach.examples), "")),
        (reader.say("Somebody who would not, and why"), next(iter(reach.excluded), "")),
    ]
    return tuple(
        [
            await _shown(desk, request, title, person_id, document)
            for title, person_id in wanted
            if person_id
        ]
    )


def _found(desk: Desk, request: Request, looked_for: str) -> str:
    if not looked_for:
        return ""
    path = find(desk, request, looked_for)
    if not path.startswith("/people/"):
        told = desk.reader(request).say("Nobody is known as {name}.", name=looked_for[:100])
        raise NotFound(told)
    return path.rpartition("/")[2]


async def _shown(
    desk: Desk, request: Request, title: str, person_id: str, document: JsonObject
) -> Shown:
    reader = desk.reader(request)
    asked: JsonObject = {
        "document": document,
        "key": document["key"],
        "person": f"person_id:{person_id}",
        "hidden": reader.sight not in NAMING,
    }
    found = await desk.run(request, "message_standing", asked)
    if not isinstance(found, dict):
        raise InputRefused("bad_answer", wrong("no_answer"), 500)
    told = msgspec.convert(found["variants"], tuple[Standing, ...])
    locales = _locales(document)
    variants = tuple(
        _variant(reader, one, locales.get(one.variant, ""), caps_of(desk, reader)) for one in told
    )
    person = desk.site.views.person(person_id)
    return Shown(title, person_name(reader, person), person_path(person_id), variants)


def _locales(document: JsonObject) -> dict[str, str]:
    variants = rows_in(document, "variants")
    return {str(one.get("key")): str(one.get("locale") or "") for one in variants}


def _variant(reader: Reader, one: Standing, locale: str, caps: Mapping[str, str]) -> VariantShown:
    channel = named(reader, CHANNELS, one.channel)
    against = tuple(dict.fromkeys(_against(reader, reason, caps) for reason in one.reasons))
    missing = ""
    if one.missing:
        missing = reader.say("{field} is not known of this person.", field=one.missing)
    name = f"{one.variant} · {channel}"
    frame = frame_of(one.content, locale or reader.language) if not missing else ""
    return VariantShown(name, one.level == FREE, against, frame, missing)


def _against(reader: Reader, one: Reason, caps: Mapping[str, str]) -> str:
    rule, told = cut(one.failing or one.rule), why(reader, one, caps)
    return f"{told}: {rule}" if rule else told


def frame_of(content: JsonObject, language: str) -> str:
    """Write content as a page of its own: texts escaped, what is HTML cleaned of all that acts.

    >>> frame_of({"title": "<b>", "html": "<p onclick='x'>Hi</p>"}, "en").split("<body>")[1]
    '<h1>&lt;b&gt;</h1><p>Hi</p></body></html>'
    """
    parts = [
        f"<h1>{escape(str(content[name]))}</h1>"
        for name in ("subject", "title")
        if _has(content, name)
    ]
    for name, value in content.items():
        if name not in BESIDE:
            parts.append(_part(name, value))
    parts += [f"<p>[{escape(str(content['button']))}]</p>"] if _has(content, "button") else []
    parts += [f"<p>{escape(str(content['url']))}</p>"] if _has(content, "url") else []
    head = f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"></head>'
    return f"{head}<body>{''.join(parts)}</body></html>"


def _has(content: JsonObject, name: str) -> bool:
    return isinstance(content.get(name), str) and bool(content[name])


def _part(name: str, value: Json) -> str:
    if isinstance(value, str) and name.lower().endswith("html"):
        return nh3.clean(value)
    written = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"<p>{escape(written)}</p>" if written else ""
