"""Adding a filter by form: the page comes back with one more in its address."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.web.auth import own_path
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.web.pages.frame.filters import read_chips, with_chip, write_chips

ABOUT = "about"
MASK = re.compile(r"([a-z_.]+:)?[0-9a-f]{16}")


async def add_filter(desk: Desk, request: Request) -> Response:
    """Go back to the page with the filter in its address; an empty value changes nothing."""
    form = await read_form(request, desk.form_limits)
    parts = urlsplit(own_path(form.get("next", "/")))
    words = dict(parse_qsl(parts.query))
    dimension, value = form.get("dimension", "").strip(), form.get("value", "").strip()
    if dimension == ABOUT and value and not MASK.fullmatch(value):
        # Addresses are kept by browsers and proxies: they never name anybody.
        value = desk.site.audit.masked(value)
    if dimension and value:
        chips = with_chip(read_chips(words.get("filter", "")), dimension, value)
        words["filter"] = write_chips(chips)
        words.pop("page", None)
    return RedirectResponse(parts.path + (f"?{urlencode(words)}" if words else ""), 303)
