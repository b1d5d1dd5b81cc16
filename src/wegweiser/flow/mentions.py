"""Whom an element names, wherever identifiers are read, and the element without them."""

from collections.abc import Sequence, Set

import msgspec

from wegweiser.resolve.membership import LEFT_GROUP, STATED
from wegweiser.resolve.mention import further_identifiers, name_of, own_device
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Identifier
from wegweiser.terms.json import Json, JsonObject

GROUP = "group_id"


def names_in(event: Event) -> set[Identifier]:
    """Give every identifier of a person that an event carries, also as the old id of an alias.

    >>> renamed = Event(type="alias", message_id="m", at=0, user_id="new", previous_id="o-1")
    >>> sorted(names_in(renamed))
    ['anonymous_id:o-1', 'user_id:new', 'user_id:o-1']
    """
    found: set[Identifier | None] = set(further_identifiers(event))
    if event.user_id:
        found.add(name_of("user_id", event.user_id))
    if event.anonymous_id:
        found.add(name_of("anonymous_id", event.anonymous_id))
    if event.previous_id:
        found |= {name_of(kind, event.previous_id) for kind in ("user_id", "anonymous_id")}
    if event.context:
        found.add(own_device(event.context))
    return {name for name in found if name is not None}


def groups_in(event: Event) -> set[Identifier]:
    """Give every account that an event names, as "group_id:..."."""
    stated: list[Json] = [event.group_id, event.context.get("groupId")]
    stated += [event.properties.get("groupId"), _company_id(event.traits)]
    stated += [entry.get("id") for entry in _accounts(event.context)]
    return {name for raw in stated if raw and (name := name_of(GROUP, raw)) is not None}


def is_about_account(event: Event) -> bool:
    """Tell whether an event says something of an account, not of what a person did."""
    return event.type == "group" or event.event in {LEFT_GROUP, STATED}


def without(event: Event, names: Set[Identifier]) -> Event:
    """Give an event without some identifiers of persons and accounts, wherever they are read.

    >>> typed = {"email": "a@buyer.example", "plan": "pro"}
    >>> event = Event(type="identify", message_id="m", at=0, user_id="u", traits=typed)
    >>> without(event, {"email:a@buyer.example"}).traits
    {'plan': 'pro'}
    """
    return _without_handed_over(_without(event, names), event)


def _without(event: Event, names: Set[Identifier]) -> Event:
    return msgspec.structs.replace(
        event,
        user_id="" if name_of("user_id", event.user_id) in names else event.user_id,
        anonymous_id=(
            "" if name_of("anonymous_id", event.anonymous_id) in names else event.anonymous_id
        ),
        previous_id=(
            ""
            if {name_of(kind, event.previous_id) for kind in ("user_id", "anonymous_id")} & names
            else event.previous_id
        ),
        group_id="" if name_of(GROUP, event.group_id) in names else event.group_id,
        traits=_traits_without(event.traits, names),
        properties=_fields_without(event.properties, {"groupId": GROUP}, names),
        context=_context_without(event.context, names),
    )


def _without_handed_over(left: Event, before: Event) -> Event:
    """Take ids that are gone out of addresses too: analytics.js hands them over in links."""
    page = left.context.get("page")
    ids = [
        old
        for old, new in ((before.user_id, left.user_id), (before.anonymous_id, left.anonymous_id))
        if old != new
    ]
    if not ids or not isinstance(page, dict):
        return left
    cut: JsonObject = {field: _address_without(value, ids) for field, value in page.items()}
    return msgspec.structs.replace(left, context={**left.context, "page": cut})


def _address_without(address: Json, ids: Sequence[str]) -> Json:
    if isinstance(address, str) and "ajs_" in address:
        for text in ids:
            address = address.replace(text, "")
    return address


def _context_without(context: JsonObject, names: Set[Identifier]) -> JsonObject:
    kept = _fields_without(context, {"groupId": GROUP}, names)
    if "groupId" in context and "groupId" not in kept:
        kept.pop("membership", None)
    traits, device = kept.get("traits"), kept.get("device")
    if isinstance(traits, dict):
        kept["traits"] = _traits_without(traits, names)
    if isinstance(device, dict):
        kept["device"] = _device_without(device, names)
    stated, tools = kept.get("externalIds"), kept.get("integrations")
    if isinstance(stated, list):
        kept["externalIds"] = [entry for entry in stated if not _is_named(entry, names)]
    google = tools.get("Google Analytics") if isinstance(tools, dict) else None
    if isinstance(tools, dict) and isinstance(google, dict):
        spared = _fields_without(google, {"clientId": "ga_client_id"}, names)
        kept["integrations"] = {**tools, "Google Analytics": spared}
    return kept


def _traits_without(traits: JsonObject, names: Set[Identifier]) -> JsonObject:
    kept = _fields_without(traits, {"email": "email", "phone": "phone"}, names)
    if name_of(GROUP, _company_id(kept) or "") in names:
        del kept["company"]
    return kept


def _device_without(device: JsonObject, names: Set[Identifier]) -> JsonObject:
    kinds = str(device.get("type")).lower()
    fields = {"id": "id", "token": "push_token", "advertisingId": "idfa"}
    typed = {field: f"{kinds}.{kind}" for field, kind in fields.items()}
    return _fields_without(device, typed, names)


def _fields_without(of: JsonObject, kinds: dict[str, str], names: Set[Identifier]) -> JsonObject:
    return {
        field: value
        for field, value in of.items()
        if field not in kinds or name_of(kinds[field], value) not in names
    }


def _is_named(entry: Json, names: Set[Identifier]) -> bool:
    if not isinstance(entry, dict):
        return False
    kind = GROUP if entry.get("collection") == "accounts" else entry.get("type")
    return isinstance(kind, str) and name_of(kind, entry.get("id")) in names


def _company_id(traits: JsonObject) -> Json:
    company = traits.get("company")
    return company.get("id") if isinstance(company, dict) else None


def _accounts(context: JsonObject) -> list[JsonObject]:
    stated = context.get("externalIds")
    entries = stated if isinstance(stated, list) else ()
    return [
        entry
        for entry in entries
        if isinstance(entry, dict) and entry.get("collection") == "accounts"
    ]
