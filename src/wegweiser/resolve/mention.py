"""The identifiers that an event mentions, each under its type and in its one spelling."""

import re
from functools import lru_cache

from wegweiser.resolve.classes import kind_joins_persons
from wegweiser.resolve.normalise import LONGEST_HELD, normalise
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Identifier
from wegweiser.terms.json import Json, JsonObject

_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_PLATFORMS = {"ios": "ios", "android": "android"}


def name_of(kind: str, raw: Json) -> Identifier | None:
    """Give the identifier of a raw value, None when it is none.

    >>> name_of("user_id", 42)
    'user_id:42'
    >>> name_of("user_id", "guest") is None
    True
    """
    if isinstance(raw, str):
        held = len(raw) <= LONGEST_HELD
        return (_name_of_text if held else _name_of_text.__wrapped__)(kind, raw)
    value = normalise(kind, raw)
    return None if value is None else f"{kind}:{value}"


@lru_cache(maxsize=131_072)
def _name_of_text(kind: str, raw: str) -> Identifier | None:
    value = normalise(kind, raw)
    return None if value is None else f"{kind}:{value}"


def own_device(context: JsonObject) -> Identifier | None:
    """Give the identifier of the device that sent the event, as its operating system names it."""
    device = context.get("device")
    if not isinstance(device, dict):
        return None
    platform = _platform(device)
    return None if platform is None else name_of(f"{platform}.id", device.get("id"))


def further_identifiers(event: Event) -> tuple[Identifier, ...]:
    """Give what an event mentions beside userId and anonymousId, each once, in a fixed order."""
    context = event.context
    if not context and not event.traits:
        return ()
    found: list[Identifier | None] = []
    # Account traits hold the account's own address, which is nobody's in person.
    if event.traits and event.type != "group":
        found += _contacts(event.traits)
    if context:
        traits = context.get("traits")
        if isinstance(traits, dict):
            found += _contacts(traits)
        # Spelled out, as this is asked of every event.
        if "externalIds" in context or "device" in context or "integrations" in context:
            found += _from_context(context)
    return tuple(dict.fromkeys(name for name in found if name)) if found else ()


def _contacts(traits: JsonObject) -> list[Identifier | None]:
    stated = ((kind, traits.get(kind)) for kind in ("email", "phone"))
    # A value of another type is a trait all the same, but names nobody.
    return [name_of(kind, value) for kind, value in stated if isinstance(value, str)]


def _from_context(context: JsonObject) -> list[Identifier | None]:
    return [*_external_ids(context), *_device_ids(context), _analytics_id(context)]


def _external_ids(context: JsonObject) -> list[Identifier | None]:
    stated = context.get("externalIds")
    if not isinstance(stated, list):
        return []
    return [_external_id(entry) for entry in stated if isinstance(entry, dict)]


def _external_id(entry: JsonObject) -> Identifier | None:
    kind = entry.get("type")
    whole = entry.get("collection") == "users" and entry.get("encoding") == "none"
    if not whole or not isinstance(kind, str) or not _KIND.fullmatch(kind):
        return None
    if not kind_joins_persons(kind):
        return None
    return name_of(kind, entry.get("id"))


def _device_ids(context: JsonObject) -> list[Identifier | None]:
    device = context.get("device")
    if not isinstance(device, dict):
        return []
    platform = _platform(device)
    if platform is None:
        return []
    found = [name_of(f"{platform}.id", device.get("id"))]
    found.append(name_of(f"{platform}.push_token", device.get("token")))
    if device.get("adTrackingEnabled") is True:
        found.append(name_of(f"{platform}.idfa", device.get("advertisingId")))
    return found


def _platform(device: JsonObject) -> str | None:
    kind = device.get("type")
    return _PLATFORMS.get(kind.lower()) if isinstance(kind, str) else None


def _analytics_id(context: JsonObject) -> Identifier | None:
    integrations = context.get("integrations")
    google = integrations.get("Google Analytics") if isinstance(integrations, dict) else None
    return name_of("ga_client_id", google.get("clientId")) if isinstance(google, dict) else None
