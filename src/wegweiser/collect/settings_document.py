"""The settings documents that browser and mobile SDKs ask for before they send anything."""

from urllib.parse import urlsplit

from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Source

# One request of ten events instead of ten requests with a preflight each.
_BATCHING: JsonObject = {"strategy": "batching", "config": {"size": 10, "timeout": 3000}}


def segment_settings(write_key: str, public_url: str, browser_batching: bool) -> JsonObject:
    """Write what analytics.js and the mobile SDKs of Segment need in order to send to us alone.

    Every member keeps one of them from loading code from, or sending data to, somebody else.

    >>> document = segment_settings("k", "https://www.example.com/data/", False)
    >>> document["integrations"]["Segment.io"]["apiHost"]
    'www.example.com/data/v1'
    """
    scheme, host = _host(public_url)
    segment: JsonObject = {
        "apiKey": write_key,
        "apiHost": host,
        "protocol": scheme,
        "addBundledMetadata": True,
        "unbundledIntegrations": [],
        "maybeBundledConfigIds": {},
    }
    if browser_batching:
        segment["deliveryStrategy"] = _BATCHING
    return {
        "integrations": {"Segment.io": segment},
        "metrics": {"sampleRate": 0, "host": host},
        "plan": {},
        "edgeFunction": {},
        "remotePlugins": [],
        "enabledMiddleware": {},
        "middlewareSettings": {"routingRules": []},
        "legacyVideoPluginsEnabled": False,
    }


def rudderstack_settings(write_key: str, source: Source) -> JsonObject:
    """Write the source configuration of the RudderStack SDK for browsers: no destinations.

    >>> rudderstack_settings("k", Source("src_1", "site", "live", 0))["source"]["destinations"]
    []
    """
    off: JsonObject = {"enabled": False}
    return {
        "source": {
            "id": source.source_id,
            "name": source.name,
            "writeKey": write_key,
            "enabled": True,
            "destinations": [],
            "config": {"statsCollection": {"errors": off, "metrics": off}},
        },
        "updatedAt": format_instant(source.created_at),
    }


def _host(public_url: str) -> tuple[str, str]:
    """Give the scheme of an address, and the rest of it with the version of the API."""
    parts = urlsplit(public_url)
    return parts.scheme, f"{parts.netloc}{parts.path.rstrip('/')}/v1"
