"""The routes that SDKs ask before they send anything."""

import msgspec

from wegweiser.web.reference.documented import ANY_KEY, NO_KEY, Documented, Family, Parameter

_OFF = {"enabled": False}
_SEGMENT = {
    "integrations": {
        "Segment.io": {
            "apiKey": "wgw_pk_...",
            "apiHost": "www.example.com/v1",
            "protocol": "https",
            "addBundledMetadata": True,
            "unbundledIntegrations": [],
            "maybeBundledConfigIds": {},
        }
    },
    "metrics": {"sampleRate": 0, "host": "www.example.com/v1"},
    "plan": {},
    "edgeFunction": {},
    "remotePlugins": [],
    "enabledMiddleware": {},
    "middlewareSettings": {"routingRules": []},
    "legacyVideoPluginsEnabled": False,
}
_RUDDERSTACK = {
    "source": {
        "id": "src_0a1b2c3d4e5f",
        "name": "site",
        "writeKey": "wgw_pk_...",
        "enabled": True,
        "destinations": [],
        "config": {"statsCollection": {"errors": _OFF, "metrics": _OFF}},
    },
    "updatedAt": "2026-01-01T00:00:00.000Z",
}


def _shown(document: object) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode()


FAMILY = Family(
    "What SDKs fetch first",
    "These documents make the unmodified SDKs send to this server and to nobody else. The address\n"
    "in them is the setting `public_url`, never what a request says of itself.",
    (
        Documented(
            "GET",
            ("/v1/projects/{key}/settings", "/projects/{key}/settings"),
            "Gives analytics.js and the mobile SDKs of Segment their settings; 404 for an unknown"
            " key, with which they do not start. The option `browser_batching` of a source adds"
            " `deliveryStrategy`, so that browsers send ten events at once.",
            NO_KEY,
            answer=_shown(_SEGMENT),
            refusals=(403,),
        ),
        Documented(
            "GET",
            ("/sourceConfig",),
            "Gives RudderStack's SDK for browsers its configuration, without destinations.",
            ANY_KEY,
            answer=_shown(_RUDDERSTACK),
            query=(Parameter("writeKey", "The public key.", {"type": "string"}),),
        ),
        Documented(
            "GET",
            ("/analytics.js/v1/{key}/analytics.min.js",),
            "Gives what a pasted Segment snippet loads: our tag; or, where the setting"
            " `analytics_js_dir` names a folder with the files of the npm package"
            " @segment/analytics-next, its `standalone.js`, and the chunks of it under"
            " `/analytics-next/bundles/`. 404 for an unknown key.",
            NO_KEY,
            media="text/javascript",
            refusals=(403,),
        ),
        Documented(
            "POST",
            ("/v1/m",),
            "Takes the metrics of SDKs and throws them away.",
            NO_KEY,
            '{"series": []}',
            '{"success": true}',
        ),
    ),
)
