"""The routes of the website tag: its script, anonymous counts, and a cookie set by the server."""

from wegweiser.web.reference.documented import ANY_KEY, NO_KEY, Documented, Family

_COUNTED = (
    '{"writeKey":"wgw_pk_...","path":"/prices","referrer_host":"www.example.org",'
    '"campaign":"spring"}'
)
_DONE = '{"success": true}'

FAMILY = Family(
    "Website tag",
    "What `wegweiser.js` asks for; its events go to `/v1/b`.",
    (
        Documented(
            "GET",
            ("/wegweiser.js",),
            "Gives the tag of this release; browsers keep it for an hour. Its `ETag` is the hash"
            " that the next route takes.",
            NO_KEY,
            media="text/javascript",
        ),
        Documented(
            "GET",
            ("/tag/{hash}/wegweiser.js",),
            "Gives exactly the tag with this hash, to be kept for ever; 404 for any other hash.",
            NO_KEY,
            media="text/javascript",
        ),
        Documented(
            "POST",
            ("/v1/count",),
            "Counts a page view, or an event where `event` names one, in the sum of this hour:"
            " without id, person or address. `wegweiser counts` lists the sums.",
            ANY_KEY,
            _COUNTED.replace('"writeKey":"wgw_pk_...",', ""),
            _DONE,
        ),
        Documented(
            "POST",
            ("/v1/cookie",),
            "Sets the cookie `wgw_aid` for a page on the origin of this server; refused for all"
            " others, and where the setting `server_cookie` is off.",
            ANY_KEY,
            '{"anonymousId":"a-9c1","days":365}',
            status=403,
        ),
    ),
)
