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
PAD_BYTES = 16
SHOWN_DIGITS = 64


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


def shown_token(token: str, pad: bytes) -> str:
    """Write a token so that no page holds the same twice: the size of none tells anything of it.

    `pad` is 16 random bytes. Pages are compressed, and repeat what an address says.

    >>> token = form_token("a")
    >>> shown_token(token, bytes(range(16))) == shown_token(token, bytes(16)), read_token("short")
    (False, 'short')
    >>> read_token(shown_token(token, bytes(range(16)))) == token
    True
    """
    if not token:
        return ""
    hidden = bytes(one ^ other for one, other in zip(bytes.fromhex(token), pad, strict=True))
    return pad.hex() + hidden.hex()


def read_token(brought: str) -> str:
    """Give the token behind one that was shown; any other text as it is."""
    try:
        both = bytes.fromhex(brought) if len(brought) == SHOWN_DIGITS else b""
    except ValueError:
        both = b""
    half = len(both) // 2
    pad, hidden = both[:half], both[half:]
    plain = bytes(one ^ other for one, other in zip(pad, hidden, strict=True))
    return plain.hex() if plain else brought


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


def read_already(request: Request) -> dict[str, str]:
    """Give the form that was read for this request; empty where none was sent."""
    return dict(getattr(request.state, "fields", ()))


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
    if not hmac.compare_digest(read_token(brought).encode(), expected.encode()):
        told = "This form is from another sign-in. Open the page again and repeat it."
        raise InputRefused("old_form", told, 403)
