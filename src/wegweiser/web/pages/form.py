"""Small forms as plain text fields, and the token that proves that a form is one of ours."""

import hmac
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import BodyRefused, InputRefused
from wegweiser.web.asgi import BodyLimits, read_body

FORM = BodyLimits(size_bytes=64 * 1024)
FIELDS = 200
TOKEN = "form_token"
TOKEN_HEADER = "x-form-token"


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one field: a sentence with the value and what to do; empty for all."""

    field: str
    sentence: str


def form_token(session_token: str) -> str:
    """Derive the token of all forms of a session; nobody else can.

    >>> form_token("a") == form_token("a"), form_token("a") == form_token("b")
    (True, False)
    """
    return hmac.new(session_token.encode(), b"form", "sha256").hexdigest()[:32]


async def read_fields(request: Request, limits: BodyLimits = FORM) -> list[tuple[str, str]]:
    """Read a form in its order, once; raises BodyRefused at a limit."""
    if not hasattr(request.state, "fields"):
        declared = request.headers.get("content-length", "")
        text = (await read_body(declared, request.receive, limits)).decode("utf-8", "replace")
        try:
            fields = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS)
        except ValueError as error:
            told = f"The form has more than {FIELDS} fields."
            raise BodyRefused("bad_form", told, 400) from error
        request.state.fields = fields
    found: list[tuple[str, str]] = request.state.fields
    return found


async def read_form(request: Request, limits: BodyLimits = FORM) -> dict[str, str]:
    """Read a form; of a field given twice the last counts. Raises BodyRefused at a limit."""
    return dict(await read_fields(request, limits))


async def read_lists(request: Request, limits: BodyLimits = FORM) -> dict[str, list[str]]:
    """Read a form whose fields may be given several times, as check boxes are."""
    lists: dict[str, list[str]] = {}
    for name, value in await read_fields(request, limits):
        lists.setdefault(name, []).append(value)
    return lists


async def require_token(request: Request, expected: str, limits: BodyLimits) -> None:
    """Raise InputRefused unless a form brings the token of its session, as a field or header."""
    brought = request.headers.get(TOKEN_HEADER)
    if brought is None:
        brought = (await read_form(request, limits)).get(TOKEN, "")
    if not hmac.compare_digest(brought.encode(), expected.encode()):
        told = "This form is from another sign-in. Open the page again and repeat it."
        raise InputRefused("old_form", told, 403)
