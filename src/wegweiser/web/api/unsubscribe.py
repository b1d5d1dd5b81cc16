"""The way out of a mail over HTTP: a page with a button, and one click from the mail program."""

import base64
import hashlib
from html import escape
from urllib.parse import parse_qs

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.workspace.site import Site

PATH = "/u/"
_LONGEST_BODY = 1_000
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
_ASK_TOPIC = (
    ("de", "Möchten Sie an diese Adresse keine Mails mehr über „{topic}“?", "Abmelden"),
    ("en", "Do you want no more mails about “{topic}” at this address?", "Unsubscribe"),
)
_ASK_ALL = (
    ("de", "Oder gar keine Mails mehr an diese Adresse?", "Von allem abmelden"),
    ("en", "Or no mails at all at this address?", "Unsubscribe from everything"),
)
_ASK_AGAIN = (
    ("de", "Über „{topic}“ kommen keine Mails mehr an diese Adresse.", "Wieder anmelden"),
    ("en", "No mails about “{topic}” go to this address.", "Subscribe again"),
)
_DONE = {
    "purpose": (
        ("de", "Sie sind abgemeldet. Es werden keine Nachrichten dieser Art mehr gesendet."),
        ("en", "You are unsubscribed. No more messages of this kind will be sent."),
    ),
    "topic": (
        ("de", "Sie sind abgemeldet: an diese Adresse kommen keine Mails mehr über „{topic}“."),
        ("en", "You are unsubscribed: no more mails about “{topic}” go to this address."),
    ),
    "all": (
        ("de", "Sie sind abgemeldet: an diese Adresse kommen keine Mails mehr."),
        ("en", "You are unsubscribed: no more mails go to this address."),
    ),
    "again": (
        ("de", "Sie sind wieder angemeldet: Mails über „{topic}“ kommen an diese Adresse."),
        ("en", "You are subscribed again: mails about “{topic}” go to this address."),
    ),
}
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
        done = await desk.answer(way_out, _wish_of(request))
        said = _said(_DONE[done], way_out.topic) if done else _said(_UNKNOWN)
        return _page(200 if done else 404, said)
    return _page(200, _asked_for(desk.standing(way_out), way_out.topic, request.path))


def _wish_of(request: WireRequest) -> str:
    """Read which button was pressed; what mail programs post for the reader names none."""
    body = request.body[:_LONGEST_BODY].decode("ascii", "replace")
    return parse_qs(body).get("do", [""])[0]


def _asked_for(standing: str, topic: str, path: str) -> str:
    """Ask what can be asked as things stand; without a topic it is about all of one kind."""
    if not standing:
        return _form(_ASK, path)
    if standing == "unsubscribed":
        return _form(_ASK_AGAIN, path, "again", topic)
    return _form(_ASK_TOPIC, path, "topic", topic) + _form(_ASK_ALL, path, "all")


def _form(
    asked: tuple[tuple[str, str, str], ...], path: str, wish: str = "", topic: str = ""
) -> str:
    return "".join(_asked(*one, path, wish, topic) for one in asked)


def _asked(language: str, question: str, button: str, path: str, wish: str, topic: str) -> str:
    named = f' name="do" value="{wish}"' if wish else ""
    return (
        f'<section lang="{language}"><p>{question.format(topic=escape(topic))}</p>'
        f'<form method="post" action="{escape(path, quote=True)}">'
        f"<button{named}>{button}</button></form></section>"
    )


def _said(texts: tuple[tuple[str, str], ...], topic: str = "") -> str:
    return "".join(
        f'<p lang="{language}">{text.format(topic=escape(topic))}</p>' for language, text in texts
    )


def _page(status: int, body: str) -> WireResponse:
    document = (
        '<!doctype html><html lang="de"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Abmelden · Unsubscribe</title><style>{_STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
    return WireResponse(status, document.encode(), _HEADERS)
