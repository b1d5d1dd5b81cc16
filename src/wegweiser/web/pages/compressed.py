"""Sends pages, styles and scripts compressed to whoever can read that."""

import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Files of figures are left alone: they may be large, and the loop must not wait for them.
TEXTS = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml")
# Smaller ones would hardly shrink.
SMALLEST = 800
LEVEL = 5


class Compressed:
    """Compresses whole texts; streams and files pass as they are.

    A page holds a secret, the form token, beside what others wrote. Its length tells nothing of
    it: the token is written otherwise each time (`form.shown_token`). Nor would the token alone
    send a form from another site, which has neither the cookie nor our origin.
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            await self._app(scope, receive, _Shrinking(send))
        else:
            await self._app(scope, receive, send)


class _Shrinking:
    """Holds an answer back until it is whole, where it is a text."""

    def __init__(self, send: Send):
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Take one part of an answer."""
        if message["type"] == "http.response.start" and _is_text(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        headers = MutableHeaders(raw=start["headers"])
        headers.add_vary_header("Accept-Encoding")
        if len(self._body) >= SMALLEST:
            # Without a time in it the same text is the same bytes.
            self._body = gzip.compress(self._body, LEVEL, mtime=0)
            headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(self._body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self._body})


def _is_text(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").partition(";")[0]
    return kind in TEXTS and "content-encoding" not in headers
