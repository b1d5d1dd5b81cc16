"""What privacy takes from an event: address, query fields, fine facts of browser and device."""

import msgspec

from wegweiser.collect.enrich.address import network_of
from wegweiser.collect.enrich.agent import reduced, reduced_hints
from wegweiser.collect.enrich.url import (
    KEPT,
    Keeps,
    cut_path,
    cut_referrer,
    cut_search,
    cut_url,
    host_of,
)
from wegweiser.terms.json import Json, JsonObject

LINKS = frozenset(
    (
        *("url", "href", "tab_url", "page_url", "pageUrl", "link_url", "linkUrl", "location"),
        *("document_location", "canonical_url", "landing_page", "landingPage"),
    )
)
REFERRERS = frozenset(("referrer", "initial_referrer", "initialReferrer", "referring_url"))
# Read only with consent: together they tell a device from all others.
FINGERPRINTS = frozenset(
    (
        *("fonts", "canvas", "webgl", "webGL", "screen", "plugins", "mimeTypes", "audioContext"),
        *("hardwareConcurrency", "deviceMemory", "colorDepth", "touchPoints", "maxTouchPoints"),
        *("fingerprint", "battery", "mediaDevices"),
    )
)
_OF_PAGES = LINKS | REFERRERS | {"path", "search"}
_OF_OTHERS = LINKS | REFERRERS
_RARE = FINGERPRINTS | {"referrer", "userAgentData"}
_OF_CONTEXT = _RARE | {"ip", "page", "userAgent"}
_ADDRESSES_BESIDE = ("ip", "request_ip", "requestIp", "remoteAddress")


class PrivacyRules(msgspec.Struct, frozen=True):
    """What is kept: `keep` names query fields; addresses are stored as networks or not at all."""

    keep: Keeps = KEPT
    store_networks: bool = False


DEFAULTS = PrivacyRules()


def cut_context(context: JsonObject, rules: PrivacyRules = DEFAULTS, host: str = "") -> JsonObject:
    """Give a context cut to what may be stored; `host` is the page's own.

    >>> cut_context({"ip": "192.0.2.7", "screen": {"width": 1}, "locale": "de"})
    {'locale': 'de'}
    """
    if _OF_CONTEXT.isdisjoint(context):
        return context
    kept = dict(context)
    page = context.get("page")
    if isinstance(page, dict):
        url = page.get("url")
        own = host or (host_of(url) if isinstance(url, str) else "")
        kept["page"] = cut_fields(page, rules, own, True)
    else:
        own = host
    agent = context.get("userAgent")
    if isinstance(agent, str):
        kept["userAgent"] = reduced(agent)
    if "ip" in kept:
        _cut_address(kept, rules)
    if not _RARE.isdisjoint(context):
        _cut_rare(kept, rules, own)
    return kept


def _cut_address(context: JsonObject, rules: PrivacyRules) -> None:
    address = context.pop("ip")
    network = network_of(address) if rules.store_networks and isinstance(address, str) else ""
    if network:
        context["ip"] = network


def _cut_rare(context: JsonObject, rules: PrivacyRules, host: str) -> None:
    if not has_consent(context):
        for name in FINGERPRINTS.intersection(context):
            del context[name]
    hints, referrer = context.get("userAgentData"), context.get("referrer")
    if isinstance(hints, dict):
        context["userAgentData"] = reduced_hints(hints)
    if isinstance(referrer, dict):
        context["referrer"] = cut_fields(referrer, rules, host, True)
    elif isinstance(referrer, str):
        context["referrer"] = cut_referrer(referrer, host)


def has_consent(context: JsonObject) -> bool:
    """Tell whether the event itself says that measurement was granted."""
    consent = context.get("consent")
    stated = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    return isinstance(stated, dict) and stated.get("measurement") is True


def cut_fields(
    fields: JsonObject, rules: PrivacyRules = DEFAULTS, host: str = "", of_page: bool = False
) -> JsonObject:
    """Give properties, or the description of a page, with every address in them cut.

    >>> cut_fields({"url": "https://www.example.com/?sid=1", "plan": "team"})
    {'url': 'https://www.example.com/', 'plan': 'team'}
    """
    names = _OF_PAGES if of_page else _OF_OTHERS
    if names.isdisjoint(fields):
        return fields
    kept = fields
    for name in names.intersection(fields):
        value = fields[name]
        cut = _cut(name, value, rules, host) if value and isinstance(value, str) else value
        if cut != value:
            # Most addresses may stay as they are, and so may what holds them.
            kept = dict(fields) if kept is fields else kept
            kept[name] = cut
    return kept


def _cut(name: str, value: str, rules: PrivacyRules, host: str) -> str:
    if name == "path":
        return cut_path(value) if "?" in value or "#" in value else value
    if name in LINKS:
        return cut_url(value, rules.keep)
    if name in REFERRERS:
        return cut_referrer(value, host)
    return cut_search(value, rules.keep)


def _host_in(page: JsonObject) -> str:
    url = page.get("url")
    return host_of(url) if isinstance(url, str) else ""


def cut_element(element: Json, rules: PrivacyRules = DEFAULTS) -> Json:
    """Give an element that is set aside, whatever its shape, cut as an event is.

    >>> cut_element({"type": "page", "context": {"ip": "192.0.2.7"}, "userId": 5.5})
    {'type': 'page', 'context': {}, 'userId': 5.5}
    """
    if not isinstance(element, dict):
        return element
    kept = without_addresses(element)
    context, properties = element.get("context"), element.get("properties")
    if isinstance(context, dict):
        kept = {**kept, "context": cut_context(context, rules)}
    if isinstance(properties, dict):
        paged = element.get("type") in ("page", "screen")
        host = _host_in(properties) if paged else ""
        kept = {**kept, "properties": cut_fields(properties, rules, host, paged)}
    return kept


def without_addresses(fields: JsonObject) -> JsonObject:
    """Give fields that stand beside the known ones without the addresses that servers add."""
    if not any(name in fields for name in _ADDRESSES_BESIDE):
        return fields
    return {name: value for name, value in fields.items() if name not in _ADDRESSES_BESIDE}
