"""Small forms as plain text fields."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from wegweiser.terms.errors import BodyRefused
from wegweiser.web.asgi import BodyLimits, read_body

FORM = BodyLimits(size_bytes=64 * 1024)
FIELDS = 50


async def read_form(request: Request, limits: BodyLimits = FORM) -> dict[str, str]:
    """Read a form; of a field given twice the last counts. Raises BodyRefused at a limit."""
    declared = request.headers.get("content-length", "")
    text = (await read_body(declared, request.receive, limits)).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError as error:
        raise BodyRefused("bad_form", f"The form has more than {FIELDS} fields.", 400) from error
