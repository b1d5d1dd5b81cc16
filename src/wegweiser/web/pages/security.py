"""The headers under which every page is sent, and the door that asks who is coming."""

from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wegweiser.web.auth import SAFE_METHODS, Cookie, same_origin
from wegweiser.workspace.site import Site

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " style-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none';"
    " form-action 'self'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# HSTS counts only where the page came by https; browsers ignore it elsewhere.
TRANSPORT = "max-age=31536000"
# Said before anything is known of the reader.
FOREIGN = "This form was not sent from this site. / Dieses Formular kam nicht von hier."
OPEN = ("/sign-in", "/sign-in/openid", "/sign-in/openid/back", "/sign-out/openid", "/look")
WELCOME = "/welcome/"
STATIC = "/static/"


class SafeHeaders:
    """Adds the security headers to every answer; pages are never kept by a cache."""

    def __init__(self, app: ASGIApp, secure: bool):
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        # Style and script are the same for all; a browser asks only whether they have changed.
        kept = "no-cache" if scope["path"].startswith(STATIC) else "no-store"

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", kept)
                if self._secure:
                    headers["Strict-Transport-Security"] = TRANSPORT
            await send(message)

        await self._app(scope, receive, send_safely)


class Door:
    """Lets in who is signed in, and forms only from our own pages."""

    def __init__(self, app: ASGIApp, site: Site, cookie: Cookie):
        self._app = app
        self._site = site
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or send it to the sign-in page."""
        if scope["method"] not in SAFE_METHODS and not same_origin(Headers(scope=scope)):
            refused = PlainTextResponse(FOREIGN, 403)
            await refused(scope, receive, send)
        elif self._signed_in(scope) or self._open(scope["path"]):
            await self._app(scope, receive, send)
        else:
            await RedirectResponse(_sign_in(scope), 303)(scope, receive, send)

    def _open(self, path: str) -> bool:
        return path in OPEN or path.startswith((STATIC, WELCOME))

    def _signed_in(self, scope: Scope) -> bool:
        request = Request(scope)
        token = request.cookies.get(self._cookie.name, "")
        # A page that fetches itself says nothing of whether somebody sits before it.
        in_use = request.headers.get("x-swap") != "live"
        session = self._site.people.session_of(token, in_use) if token else None
        # Somebody who was removed is nobody at once.
        known = session is not None and self._site.people.find(session.name) is not None
        scope["operator"] = session if known else None
        return known


def _sign_in(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    path = scope["path"] + (f"?{query}" if query else "")
    wanted = path if scope["method"] == "GET" else "/"
    return "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"
