"""The routes that take an event in the address of a picture."""

from wegweiser.web.reference.documented import ANY_KEY, Documented, Family, Parameter

_QUERY = (
    Parameter("data", "The event as base64 or base64url of JSON.", {"type": "string"}),
    Parameter("writeKey", "The public key; a secret one is refused.", {"type": "string"}),
)
_CALLS = ("identify", "track", "page", "screen", "group", "alias")

FAMILY = Family(
    "Pixels",
    "For mails and pages without scripts. The answer is always status 200 and a picture of one\n"
    "transparent point, also when the event cannot be used: it is then set aside and counted.\n"
    "Only 429 is told, since the event may come again. Without `data` the query itself is the\n"
    "event, with dots for what lies inside: `properties.subject=news`. Such values are texts.",
    (
        Documented(
            "GET",
            ("/v1/pixel/{call}",),
            "Takes one event of the kind that the path names.",
            ANY_KEY,
            tries=("/v1/pixel/track", "/v1/pixel/page?userId=u-42&name=Security"),
            media="image/gif",
            query=_QUERY,
            choices={"call": _CALLS},
            refusals=(429,),
        ),
        Documented(
            "GET",
            ("/pixel/v1/track", "/pixel/v1/page"),
            "The same under the addresses of RudderStack.",
            ANY_KEY,
            media="image/gif",
            query=_QUERY,
            refusals=(429,),
        ),
    ),
)
