"""The way out of a mail over HTTP: a page with a button, and one click from the mail program."""

import base64
import hashlib
from html import escape

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.workspace.site import Site

PATH = "/u/"
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1rem;"
    "color-scheme:light dark}button{font:inherit;padding:.5rem 1rem}p+form{margin-bottom:2rem}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-robots-tag", "noindex"),
    ("content-security-policy", _POLICY),
)
_ASK = (
    ("de", "Möchten Sie keine Nachrichten dieser Art mehr erhalten?", "Abmelden"),
    ("en", "Do you want no more messages of this kind?", "Unsubscribe"),
)
_DONE = (
    ("de", "Sie sind abgemeldet. Es werden keine Nachrichten dieser Art mehr gesendet."),
    ("en", "You are unsubscribed. No more messages of this kind will be sent."),
)
_UNKNOWN = (
    ("de", "Dieser Link ist nicht gültig oder abgelaufen."),
    ("en", "This link is not valid, or has expired."),
)


async def unsubscribe(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET with a page that changes nothing, POST with the withdrawal, at once.

    No sign-in, no cookie, and no look at who asks: the link is signed, and mail programs follow
    it for the reader (RFC 8058).
    """
    if request.method not in ("GET", "HEAD", "POST"):
        raise InputRefused("method_not_allowed", "Use GET or POST.", 405)
    desk = site.deciding.sending.unsubscribe
    way_out = desk.read(request.path.removeprefix(PATH).rstrip("/"))
    if way_out is None:
        return _page(404, _said(_UNKNOWN))
    if request.method == "POST":
        followed = await desk.follow(way_out)
        return _page(200, _said(_DONE)) if followed else _page(404, _said(_UNKNOWN))
    return _page(200, "".join(_asked(*one, request.path) for one in _ASK))


def _asked(language: str, question: str, button: str, path: str) -> str:
    return (
        f'<section lang="{language}"><p>{question}</p>'
        f'<form method="post" action="{escape(path, quote=True)}">'
        f"<button>{button}</button></form></section>"
    )


def _said(texts: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<p lang="{language}">{text}</p>' for language, text in texts)


def _page(status: int, body: str) -> WireResponse:
    document = (
        '<!doctype html><html lang="de"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Abmelden · Unsubscribe</title><style>{_STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
    return WireResponse(status, document.encode(), _HEADERS)
