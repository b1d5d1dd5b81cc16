"""One element of a request: checked, completed, and turned into an event or refused."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from wegweiser.collect.inferred import INFERRED_IDENTITY, is_inferred
from wegweiser.collect.keepable import USER_HASH, USER_HASH_EXPIRES, keepable
from wegweiser.collect.limit import ID_CHARACTERS, SURELY_SMALL_BYTES, TRAITS_PER_CALL, Limits
from wegweiser.collect.moment import event_time, is_too_old
from wegweiser.collect.name import event_name, id_text, message_id_text, page_text
from wegweiser.collect.proof import PROVEN, Stated, proof_flags
from wegweiser.collect.weigh import weigh
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import CALL_TYPES, CallType, Event, Refused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.placeholder import is_placeholder
from wegweiser.terms.reserved_traits import Of, wrong_types

_TYPES: dict[str, CallType] = {name: name for name in CALL_TYPES}
_COMMON = (
    *("type", "messageId", "userId", "anonymousId", "properties", "traits", "context"),
    *("integrations", "timestamp", "originalTimestamp", "sentAt", "writeKey"),
)
_OWN: dict[CallType, tuple[str, ...]] = {
    "track": ("event",),
    "identify": (),
    "page": ("name", "category"),
    "screen": ("name", "category"),
    "group": ("groupId",),
    "alias": ("previousId",),
}
_KNOWN = {name: frozenset((*_COMMON, *own)) for name, own in _OWN.items()}
_PAGED = ("page", "screen")
# What an event may hold that has no rare fields; calls that name something always have one.
_USUAL = {
    name: frozenset() if name in ("group", "alias") else _KNOWN[name] - {*own, "integrations"}
    for name, own in _OWN.items()
} | {"track": _KNOWN["track"] - {"integrations"}}
_SERVER_OWNED = frozenset(
    (
        *("receivedAt", "tenant", "tenantId", "project", "projectId", "source", "sourceId"),
        *("seq", "person", "personId", "accountIds", "verified", "suppressed"),
    )
)
# How the ids begin that the server makes of records, conversations and CloudEvents. Whoever read
# a public key off a page must not take the place of one of these.
OUR_MESSAGE_IDS = ("map-", "talk-", "ce-")
_PAGE_FIELDS = ("url", "path", "title", "referrer", "search")
# The calls that write traits, and whose; a reserved trait of another type is kept and flagged.
_WITH_TRAITS: dict[str, Of] = {"identify": "person", "group": "account"}
TRAIT_TYPE = "trait_type"
_IDS = ("userId", "anonymousId", "groupId", "previousId")
_FAULTS = {
    "too_deep": "The event is nested deeper than 32 levels.",
    "key_too_long": "The event holds a key of more than 255 characters.",
    "number_too_long": "The event holds an integer of more than 4,300 digits.",
    "bad_cloudevent": "A CloudEvent needs specversion 1.0, id, source and type.",
    "bad_type": "The type of the element is not the one that is said beside it.",
}
_PROOF = (USER_HASH, USER_HASH_EXPIRES)
_UNREADABLE = "What was sent cannot be read as an event."


class BatchDefaults(msgspec.Struct, frozen=True):
    """What the root of a batch says for elements that do not; `size` in bytes of JSON."""

    context: JsonObject = {}
    integrations: JsonObject = {}
    sent_at: Json = None
    repairs: tuple[str, ...] = ()
    size: int = 0


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for all elements of a request; times in ms.

    `call` is what the path says (None in a batch); with a `public` key the address in
    `context.ip` is `client`, whatever the sender wrote; `gpc` is the header Sec-GPC;
    with `user_hash_secrets` a `context.userHash` proves the user id.
    """

    call: CallType | None
    received_at: int
    public: bool
    new_message_id: Callable[[], str]
    defaults: BatchDefaults = BatchDefaults()
    client: str = ""
    gpc: bool = False
    user_hash_secrets: tuple[str, ...] = ()
    limits: Limits = Limits()


def read_element(
    element: Json,
    arrival: Arrival,
    index: int = 0,
    size: int | None = None,
    repairs: tuple[str, ...] = (),
    fault: str = "",
) -> Event | Refused:
    """Turn one decoded element into an event, or into what is set aside with its reason.

    `size` is its length in bytes if known; `repairs` and `fault` are what the parser found.
    """
    try:
        return check_element(element, arrival, size, repairs, fault)
    except InputRefused as refusal:
        return set_aside(element, arrival, index, refusal)


def set_aside(element: Json, arrival: Arrival, index: int, refusal: InputRefused) -> Refused:
    """Keep a refused element, with what the request said for it, and without keys and proofs."""
    message_id = element.get("messageId") if isinstance(element, dict) else None
    if isinstance(element, dict) and refusal.code != "event_too_large":
        element = _completed(element, arrival)
    known = message_id.strip()[:255] if isinstance(message_id, str) else ""
    return Refused(index, refusal.code, refusal.message, keepable(element), known)


def _completed(element: JsonObject, arrival: Arrival) -> JsonObject:
    """Write into an element what its request said for it, so that it can be read alone later."""
    defaults = arrival.defaults
    if defaults.size or defaults.sent_at is not None:
        element = _with_defaults(element, defaults)
    if arrival.call is not None and element.get("type") is None:
        element = {**element, "type": arrival.call}
    context = element.get("context")
    if arrival.gpc and (context is None or isinstance(context, dict)):
        element = {**element, "context": {**(context or {}), "gpc": True}}
    return element


def _with_defaults(element: JsonObject, defaults: BatchDefaults) -> JsonObject:
    whole = dict(element)
    for name, shared in (
        ("context", defaults.context),
        ("integrations", defaults.integrations),
    ):
        own = element.get(name)
        if shared and (own is None or isinstance(own, dict)):
            whole[name] = {**shared, **(own or {})}
    if defaults.sent_at is not None and element.get("sentAt") is None:
        whole["sentAt"] = defaults.sent_at
    return whole


def check_element(
    element: Json,
    arrival: Arrival,
    size: int | None = None,
    repairs: tuple[str, ...] = (),
    fault: str = "",
) -> Event:
    """Turn one decoded element into an event; raises InputRefused with the element's code."""
    defaults = arrival.defaults
    sent = _admitted(element, defaults, size, repairs, fault)
    get = sent.get
    kind = _kind(get("type"), arrival.call)
    message_id = message_id_text(get("messageId"))
    if arrival.public and message_id.startswith(OUR_MESSAGE_IDS):
        raise _taken_message_id()
    user_id, anonymous_id = _ids(kind, get("userId"), get("anonymousId"))
    context = _context(get("context"), arrival)
    traits = _traits_of(kind, get("traits"), context)
    integrations = _object(get("integrations"), "integrations") if "integrations" in sent else {}
    timestamp, original, sent_at = get("timestamp"), get("originalTimestamp"), get("sentAt")
    if sent_at is None:
        sent_at = defaults.sent_at
    at, flags = event_time(timestamp, original, sent_at, arrival.received_at)
    if is_too_old(at, arrival.received_at, arrival.limits.retention_days):
        raise InputRefused("too_old", "The event is older than events are kept here.")
    page = context.get("page")
    if arrival.user_hash_secrets:
        flags += _proof_flags(context, user_id, arrival)
    if USER_HASH in context:
        context = _without_proof(context)
    if PROVEN not in flags and isinstance(page, dict) and is_inferred(page, user_id, anonymous_id):
        flags = (*flags, INFERRED_IDENTITY)
        if not anonymous_id:
            raise InputRefused("no_identifier", "The event names only whom its link says.")
    plain = _USUAL[kind].issuperset(sent) and not (
        repairs or defaults.repairs or defaults.integrations
    )
    rare = {} if plain else _rare_fields(sent, kind, integrations, defaults, repairs)
    event = Event(
        type=kind,
        message_id=message_id or arrival.new_message_id(),
        at=at,
        user_id=user_id,
        anonymous_id=anonymous_id,
        event=event_name(get("event")) if kind == "track" else "",
        properties=_properties(get("properties"), page if kind in _PAGED else None),
        traits=traits,
        context=context,
        claim=timestamp if timestamp is not None else original,
        sent_at=sent_at,
        flags=_with_type_flag(flags, kind, traits) if traits else flags,
    )
    # A struct that is made with each of its fields named costs several times as much.
    return event if plain else msgspec.structs.replace(event, **rare)


def _rare_fields(
    sent: JsonObject,
    kind: CallType,
    integrations: JsonObject,
    defaults: BatchDefaults,
    repairs: tuple[str, ...],
) -> dict[str, Any]:
    """Give the fields that few events have; raises InputRefused."""
    get, paged = sent.get, kind in _PAGED
    return {
        "group_id": _needed_id(get("groupId"), "groupId") if kind == "group" else "",
        "previous_id": _needed_id(get("previousId"), "previousId") if kind == "alias" else "",
        "name": page_text(get("name"), "name") if paged else "",
        "category": page_text(get("category"), "category") if paged else "",
        "integrations": {**defaults.integrations, **integrations},
        "extra": {} if _KNOWN[kind].issuperset(sent) else _extra(sent, kind),
        "repairs": (*repairs, *defaults.repairs),
    }


def _with_type_flag(flags: tuple[str, ...], kind: str, traits: JsonObject) -> tuple[str, ...]:
    of = _WITH_TRAITS.get(kind)
    return (*flags, TRAIT_TYPE) if of is not None and wrong_types(traits, of) else flags


def _admitted(
    element: Json, defaults: BatchDefaults, size: int | None, repairs: tuple[str, ...], fault: str
) -> JsonObject:
    if fault:
        raise InputRefused(fault, _FAULTS.get(fault, _UNREADABLE))
    if not isinstance(element, dict):
        raise InputRefused("bad_type", "The element is not an object.")
    if size is None or size + defaults.size > SURELY_SMALL_BYTES:
        weigh(_with_defaults(element, defaults))
    if repairs:
        _refuse_mended_ids(repairs)
    return element


def _refuse_mended_ids(repairs: tuple[str, ...]) -> None:
    # Mending an id could make one person out of two, or one message out of two.
    for repair in repairs:
        field = repair.partition(" /")[2]
        if field in _IDS:
            raise InputRefused("bad_id", f"`{field}` holds what no id may hold.", field=field)
        if field == "messageId":
            raise InputRefused(
                "bad_message_id", "`messageId` holds what no id may hold.", field=field
            )


def _proof_flags(context: JsonObject, user_id: str, arrival: Arrival) -> tuple[str, ...]:
    secrets = arrival.user_hash_secrets
    if not secrets:
        return ()
    proof = Stated(context.get(USER_HASH), context.get(USER_HASH_EXPIRES))
    return proof_flags(proof, user_id, secrets, arrival.public, arrival.received_at)


def _without_proof(context: JsonObject) -> JsonObject:
    # It would prove the user id for ever, to whoever reads it; the flag says all we need.
    return {name: value for name, value in context.items() if name not in _PROOF}


def _taken_message_id() -> InputRefused:
    begins = ", ".join(OUR_MESSAGE_IDS)
    return InputRefused(
        "bad_message_id",
        f"`messageId` begins as only those do that the server makes: {begins}.",
        field="messageId",
    )


def _kind(stated: Json, call: CallType | None) -> CallType:
    if stated is None and call is not None:
        return call
    kind = _TYPES.get(stated) if isinstance(stated, str) else None
    if kind is None:
        raise InputRefused(
            "bad_type", f"`type` is not one of {', '.join(CALL_TYPES)}.", field="type"
        )
    if call is not None and kind != call:
        raise InputRefused("bad_type", f"`type` says {kind}, the path {call}.", field="type")
    return kind


def _ids(kind: CallType, user: Json, device: Json) -> tuple[str, str]:
    """Give user id and anonymous id; raises InputRefused where they cannot be read."""
    if (
        (user is None or (isinstance(user, str) and len(user) <= ID_CHARACTERS))
        and (device is None or (isinstance(device, str) and len(device) <= ID_CHARACTERS))
        and kind != "alias"
        and are_plain_ids(user, device)
    ):
        return user or "", device or ""
    user_id, anonymous_id = id_text(user, "userId"), id_text(device, "anonymousId")
    _check_identity(kind, user_id, anonymous_id)
    return user_id, anonymous_id


@lru_cache(maxsize=65_536)
def are_plain_ids(user: str | None, device: str | None) -> bool:
    """Tell of two ids whether nothing is wrong with them: most senders come again and again.

    What it remembers names people; an erasure empties it (`are_plain_ids.cache_clear`).
    """
    try:
        names = id_text(user, "userId"), id_text(device, "anonymousId")
        _check_identity("track", *names)
    except InputRefused:
        return False
    return names == (user or "", device or "")


def _check_identity(kind: CallType, user_id: str, anonymous_id: str) -> None:
    if not (user_id or anonymous_id):
        raise _no_identity("`userId` or `anonymousId`", "userId")
    if kind == "alias" and not user_id:
        raise _no_identity("`userId`", "userId")
    if user_id and not is_placeholder("user_id", user_id):
        return
    if not anonymous_id or is_placeholder("anonymous_id", anonymous_id):
        raise InputRefused(
            "no_identifier", "All ids of the event stand for nobody.", field="userId"
        )


def _no_identity(missing: str, field: str) -> InputRefused:
    return InputRefused("no_identity", f"The event has no {missing}.", field=field)


def _needed_id(value: Json, field: str) -> str:
    text = id_text(value, field)
    if not text:
        raise _no_identity(f"`{field}`", field)
    return text


def _object(value: Json, field: str) -> JsonObject:
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    raise InputRefused("bad_shape", f"`{field}` is not an object.", field=field)


def _context(value: Json, arrival: Arrival) -> JsonObject:
    context = _object(value, "context")
    shared = arrival.defaults.context
    if shared:
        context = {**shared, **context}
    if arrival.public and (arrival.client or "ip" in context):
        context = {**context, "ip": arrival.client}
        if not arrival.client:
            del context["ip"]
    if arrival.gpc:
        context = {**context, "gpc": True}
    return context


def _traits_of(kind: CallType, stated: Json, context: JsonObject) -> JsonObject:
    if kind == "identify":
        return _traits(_object(stated, "traits"), context)
    return _traits(_object(stated, "traits"), {}) if stated is not None else {}


def _traits(traits: JsonObject, context: JsonObject) -> JsonObject:
    believed = context.get("traits")
    whole = {**believed, **traits} if isinstance(believed, dict) else traits
    if len(whole) > TRAITS_PER_CALL:
        raise InputRefused(
            "too_many_keys", f"The call has more than {TRAITS_PER_CALL} traits.", field="traits"
        )
    return whole


def _properties(value: Json, page: Json) -> JsonObject:
    properties = _object(value, "properties")
    if not isinstance(page, dict):
        return properties
    shown = {name: page[name] for name in _PAGE_FIELDS if name in page}
    return {**shown, **properties}


def _extra(element: JsonObject, kind: CallType) -> JsonObject:
    known = _KNOWN[kind]
    return {
        name: value
        for name, value in element.items()
        if name not in known
        and name not in _SERVER_OWNED
        and (not name.startswith("_") or name == "_metadata")
    }
