"""The decisions of the past as a list over HTTP."""

from urllib.parse import parse_qs

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

MOST = 1_000
USUAL = 100
_TEXTS = ("person", "message", "placement", "status", "since", "until", "after")


async def listed(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/decisions?person=&message=&placement=&status=&since=&until=&after=&limit=."""
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
    caller = site.receiver.caller(request, "profile:read")
    query = parse_qs(request.query)
    wanted: JsonObject = {name: query[name][-1] for name in _TEXTS if name in query}
    wanted["limit"] = whole_number(query, "limit", USUAL, 1, MOST)
    return json_answer(await operations.run(site, "decision_list", wanted, caller))


def whole_number(query: dict[str, list[str]], name: str, usual: int, least: int, most: int) -> int:
    """Read a whole number of a query; raises InputRefused (400) that names it.

    >>> whole_number({"limit": ["20"]}, "limit", 100, 1, 1_000)
    20
    """
    text = query.get(name, [str(usual)])[-1]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not least <= number <= most:
        told = f"`{name}` is not a whole number from {least} to {most}."
        raise InputRefused("bad_value", told, field=name)
    return number
