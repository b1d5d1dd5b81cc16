"""What retention takes off records of the log: their content, never who, what and when."""

import msgspec

from wegweiser.terms.decision import Decision
from wegweiser.terms.event import Event
from wegweiser.terms.json import JsonObject

_WITH_CONTENT = frozenset({"track", "page", "screen"})
# What figures and profiles add up or identity rests on; none of it is free text.
_KEPT_PROPERTIES = (
    *("revenue", "value", "total", "currency", "topic", "topics", "interest", "seconds"),
    *("groupId", "role", "decision_id", "placement", "slot", "path", "referrer", "scroll_percent"),
)
_PRODUCT = ("product_id", "productId", "sku", "id", "name", "quantity")
# What profiles read of these events alone; elsewhere a name may be that of a person.
_KEPT_OF = {
    "Order Completed": _PRODUCT,
    "Feature Used": ("feature", "feature_name", "featureName", "name"),
}
_PAGE = ("path", "referrer")
_KEPT_CONTEXT = (
    *("consent", "consentManagement", "gpc", "externalIds", "device", "groupId", "sessionId"),
    *("membership", "active", "verified", "campaign", "integrations"),
)
_CONTACTS = ("email", "phone")


def without_content(event: Event) -> Event:
    """Give an event without what only a reader of raw events needs; traits stay.

    >>> told = {"note": "call me", "revenue": 40}
    >>> without_content(Event(type="track", message_id="m", at=5, properties=told)).properties
    {'revenue': 40}
    """
    if event.type not in _WITH_CONTENT:
        return event
    context = _only(event.context, _KEPT_CONTEXT)
    page = event.context.get("page")
    if page and isinstance(page, dict):
        # That there was a page makes it an arrival, even of an unknown path.
        context["page"] = {"path": "", **_only(page, _PAGE)}
    traits = event.context.get("traits")
    contacts = _only(traits, _CONTACTS) if isinstance(traits, dict) else {}
    if contacts:
        context["traits"] = contacts
    return msgspec.structs.replace(event, properties=_figures(event), context=context)


def _figures(event: Event) -> JsonObject:
    kept = _only(event.properties, (*_KEPT_PROPERTIES, *_KEPT_OF.get(event.event, ())))
    products = event.properties.get("products")
    if event.event in _KEPT_OF and isinstance(products, list):
        kept["products"] = [_only(one, _PRODUCT) for one in products if isinstance(one, dict)]
    return kept


def _only(of: JsonObject, names: tuple[str, ...]) -> JsonObject:
    return {name: value for name, value in of.items() if name in names}


def without_facts(decision: Decision) -> Decision:
    """Give a decision without the features and facts that it was made from.

    What was chosen, for whom and how likely, stays, so that no figure changes.
    """
    return msgspec.structs.replace(decision, features={}, facts={}, reason="", body_digest="")
