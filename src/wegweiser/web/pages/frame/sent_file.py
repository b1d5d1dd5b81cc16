"""A file in a form (multipart/form-data): read within its limits, and closed at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from wegweiser.terms.errors import BodyRefused
from wegweiser.web.asgi import BodyLimits

MOST_FIELDS = 20
# The signs around a file and the other fields of its form.
AROUND_BYTES = 64 * 1024
# So much of what is too large is still heard, so that a browser hears the answer.
HEARD_TIMES = 8


@asynccontextmanager
async def file_heard(request: Request, limits: BodyLimits) -> AsyncIterator[None]:
    """Read a form in parts, once; its texts are then found by `read_form`, its file by `sent_file`.

    Any other form is left as it is. Raises BodyRefused at a limit.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        yield
        return
    heard = Request(request.scope, _limited(request.receive, limits))
    try:
        form = await heard.form(max_files=1, max_fields=MOST_FIELDS)
    except HTTPException as error:
        raise BodyRefused("bad_form", "The form cannot be read.", 400) from error
    try:
        parts = form.multi_items()
        request.state.fields = [(name, part) for name, part in parts if isinstance(part, str)]
        request.state.file = next((part for _, part in parts if isinstance(part, UploadFile)), None)
        yield
    finally:
        await form.close()


def sent_file(request: Request) -> UploadFile | None:
    """Give the file of a form; None where none was chosen."""
    found: UploadFile | None = getattr(request.state, "file", None)
    return found if found is not None and found.filename else None


def _limited(receive: Receive, limits: BodyLimits) -> Receive:
    """Hear a body as long as it keeps to its limits; the rest of a larger one is let pass."""
    clock = asyncio.get_running_loop().time
    began, came = clock(), 0
    most = limits.size_bytes + AROUND_BYTES

    async def one() -> Message:
        nonlocal came
        left = began + limits.patience_s(came) - clock()
        try:
            message = await asyncio.wait_for(receive(), max(left, 0.0))
        except TimeoutError as error:
            raise BodyRefused("too_slow", "The body arrived too slowly.", 408) from error
        if message["type"] == "http.disconnect":
            raise BodyRefused("cut_off", "The connection ended inside the body.", 400)
        came += len(message.get("body", b""))
        return message

    async def limited() -> Message:
        message = await one()
        if came <= most:
            return message
        while message.get("more_body") and came < most * HEARD_TIMES:
            message = await one()
        told = f"The file is larger than {limits.size_bytes // 1024 // 1024} MB."
        raise BodyRefused("file_too_large", told, 413)

    return limited
