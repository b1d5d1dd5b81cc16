"""The settings documents, to the letter: each member keeps customer data from going elsewhere."""

import json

import pytest

from wegweiser.collect.settings_document import rudderstack_settings, segment_settings
from wegweiser.terms.source import Source

DOCUMENT = """
{"integrations": {"Segment.io": {"apiKey": "wgw_pk_1", "apiHost": "www.example.com/v1",
    "protocol": "https", "addBundledMetadata": true, "unbundledIntegrations": [],
    "maybeBundledConfigIds": {}}},
 "metrics": {"sampleRate": 0, "host": "www.example.com/v1"},
 "plan": {}, "edgeFunction": {}, "remotePlugins": [], "enabledMiddleware": {},
 "middlewareSettings": {"routingRules": []}, "legacyVideoPluginsEnabled": false}
"""


def test_the_document_of_analytics_js_is_exactly_this():
    assert segment_settings("wgw_pk_1", "https://www.example.com", False) == json.loads(DOCUMENT)


def test_batching_in_the_browser_adds_one_member():
    document = segment_settings("wgw_pk_1", "https://www.example.com", True)
    strategy = document["integrations"]["Segment.io"].pop("deliveryStrategy")
    assert strategy == {"strategy": "batching", "config": {"size": 10, "timeout": 3000}}
    assert document == json.loads(DOCUMENT)


@pytest.mark.parametrize(
    ("url", "scheme", "host"),
    [
        ("http://127.0.0.1:8000", "http", "127.0.0.1:8000/v1"),
        ("https://www.example.com/", "https", "www.example.com/v1"),
        ("https://www.example.com/data/", "https", "www.example.com/data/v1"),
        ("http://[::1]:8000", "http", "[::1]:8000/v1"),
    ],
)
def test_events_go_below_the_public_address(url, scheme, host):
    document = segment_settings("k", url, False)
    told = document["integrations"]["Segment.io"]
    assert (told["protocol"], told["apiHost"], document["metrics"]["host"]) == (scheme, host, host)


def test_the_document_of_rudderstack_names_no_destination():
    found = rudderstack_settings("k", Source("src_1", "site", "live", 1_767_225_600_000))
    off = {"enabled": False}
    assert found == {
        "source": {
            "id": "src_1",
            "name": "site",
            "writeKey": "k",
            "enabled": True,
            "destinations": [],
            "config": {"statsCollection": {"errors": off, "metrics": off}},
        },
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }
