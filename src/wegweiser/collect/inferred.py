"""Identities that come from the address of a page, which anybody can write into a link."""

from urllib.parse import parse_qs

from wegweiser.terms.json import JsonObject

INFERRED_IDENTITY = "inferred_identity"
_MARK = "ajs_"


def is_inferred(page: JsonObject, user_id: str, anonymous_id: str) -> bool:
    """Say whether an id was taken from `ajs_uid` or `ajs_aid` in the page's query.

    analytics.js identifies the visitor of any page opened as `?ajs_uid=...`; `page` is
    `context.page` of the event.

    >>> is_inferred({"search": "?ajs_uid=u-1"}, "u-1", "a-1")
    True
    """
    search = page.get("search")
    if not isinstance(search, str) or _MARK not in search:
        return False
    found = parse_qs(search.removeprefix("?"))
    return (user_id != "" and user_id in found.get("ajs_uid", ())) or (
        anonymous_id != "" and anonymous_id in found.get("ajs_aid", ())
    )
