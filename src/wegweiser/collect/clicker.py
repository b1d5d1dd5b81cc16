"""Which device followed a link, as far as its browser tells that somebody really did."""

import re

from wegweiser.collect.enrich.agent import agent_of
from wegweiser.terms.wire import WireRequest

# As the tag writes it, with or without the quotes of analytics.js.
_VISITOR = re.compile(r"(?:^|;)\s*wgw_aid=(?:%22)?([\w.-]{1,100}?)(?:%22)?\s*(?=;|$)", re.ASCII)
# Who is signed in here looks at somebody else's mail.
_STAFF = re.compile(r"(?:^|;)\s*(?:__Host-)?wegweiser=")
_AHEAD = ("sec-purpose", "purpose", "x-moz", "x-purpose")


def clicking_device(request: WireRequest) -> str:
    """Give the visitor's id of the browser that followed a link; "" where that is not certain.

    Nobody followed what a browser fetched ahead or as a part of a page, or what a bot opened. Two
    ids that differ come from somebody who writes cookies for other pages of the same domain.

    >>> clicking_device(WireRequest("GET", "/v1/click", headers={"cookie": "a=1; wgw_aid=a-9c1"}))
    'a-9c1'
    >>> ahead = {"cookie": "wgw_aid=a-9c1", "sec-purpose": "prefetch"}
    >>> clicking_device(WireRequest("GET", "/v1/click", headers=ahead))
    ''
    """
    told = request.headers
    if any(name in told for name in _AHEAD):
        return ""
    if told.get("sec-fetch-mode", "navigate") != "navigate":
        return ""
    if told.get("sec-fetch-dest", "document") != "document":
        return ""
    if agent_of(told.get("user-agent", "")).bot:
        return ""
    cookies = told.get("cookie", "")
    visitors = set() if _STAFF.search(cookies) else set(_VISITOR.findall(cookies))
    return visitors.pop() if len(visitors) == 1 else ""
