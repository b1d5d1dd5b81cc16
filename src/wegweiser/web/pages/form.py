"""Small forms as plain text fields."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from wegweiser.terms.errors import BodyRefused

LIMIT_BYTES = 16 * 1024
FIELDS = 50


async def read_form(request: Request) -> dict[str, str]:
    """Read a form of at most 16 KiB; of a field given twice the last counts."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LIMIT_BYTES:
            raise BodyRefused("too_large", "The form is larger than 16 KiB.", 413)
    try:
        text = body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError as error:
        raise BodyRefused("bad_form", f"The form has more than {FIELDS} fields.", 400) from error
