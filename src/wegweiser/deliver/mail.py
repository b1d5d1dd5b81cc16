"""Writes the mail of a parcel: one recipient, text and HTML, a way out in every message."""

import html
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import msgspec
import nh3

from wegweiser.deliver.mail_address import named_address, plain_address
from wegweiser.ports.channel import Parcel
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong

_LAYOUT = {"align", "bgcolor", "border", "cellpadding", "cellspacing", "height", "style", "valign"}
_TAGS = {
    *("a", "b", "blockquote", "br", "center", "div", "em", "h1", "h2", "h3", "h4", "hr", "i"),
    *("img", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table"),
    *("tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
}
_ATTRIBUTES = {
    "*": _LAYOUT | {"width", "class", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_STYLES = {
    *("background-color", "border", "border-collapse", "border-radius", "border-spacing", "color"),
    *("display", "font", "font-family", "font-size", "font-style", "font-weight", "height"),
    *("letter-spacing", "line-height", "margin", "margin-bottom", "margin-left", "margin-right"),
    *("margin-top", "max-width", "min-width", "padding", "padding-bottom", "padding-left"),
    *("padding-right", "padding-top", "text-align", "text-decoration", "vertical-align", "width"),
}
_WAY_OUT = {"de": "Keine weiteren Nachrichten dieser Art", "en": "Send me no more of these"}
_POLICY = SMTP.clone(max_line_length=998, cte_type="7bit", refold_source="none")


class Letterhead(msgspec.Struct, frozen=True):
    """What all mails of an endpoint have in common; bounces come back to `bounces_to`.

    `footer` stands below everything: who sends, and how they are reached.
    """

    sender: str
    reply_to: str = ""
    bounces_to: str = ""
    footer: str = ""


class Mail(msgspec.Struct, frozen=True):
    """One mail as the server takes it: envelope and content, lines ended by CR and LF."""

    sender: str
    recipient: str
    content: bytes


def mail_of(parcel: Parcel, head: Letterhead, at: int) -> Mail:
    """Write the mail of a parcel at a moment (ms); the Message-ID names the parcel.

    The content of the parcel has `subject` and `text` or `html`; `unsubscribe` beside it is the
    address at which the recipient is rid of more. Raises InputRefused for anything that would
    not be one clean mail to one plain address.
    """
    name, sender = named_address(head.sender)
    recipient = plain_address(_text(parcel.data.get("subject"), "email"))
    domain = sender.partition("@")[2]
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(_line(name), addr_spec=sender)
    message["To"] = recipient
    if head.reply_to:
        message["Reply-To"] = plain_address(named_address(head.reply_to)[1])
    message["Subject"] = _required(_line(_text(parcel.data.get("content"), "subject")), "subject")
    message["Date"] = format_datetime(datetime.fromtimestamp(at / 1000, UTC))
    message["Message-ID"] = f"<{parcel.parcel_id}@{domain}>"
    way_out = _text(parcel.data, "unsubscribe")
    if way_out:
        message["List-Unsubscribe"] = f"<{way_out}>"
        if way_out.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _fill(message, parcel.data, way_out, head.footer)
    return Mail(_return_path(parcel, head, sender), recipient, message.as_bytes())


def clean_html(text: str) -> str:
    """Leave of HTML what may stand in a mail: no scripts, forms, frames or handlers.

    >>> clean_html('<p onclick="x()">Hi <script>alert(1)</script><a href="javascript:x">y</a></p>')
    '<p>Hi <a>y</a></p>'
    """
    return nh3.clean(
        text,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel=None,
        filter_style_properties=_STYLES,
    )


def _fill(message: EmailMessage, data: JsonObject, way_out: str, footer: str) -> None:
    content = data.get("content")
    language = "de" if _text(data, "locale").lower().startswith("de") else "en"
    marked, text = _text(content, "html"), _text(content, "text")
    if not (marked or text):
        raise InputRefused("bad_content", wrong("mail_content"), 422, "content")
    text = text or _without_marks(marked)
    if way_out and way_out not in text:
        text = f"{text.rstrip()}\n\n-- \n{_WAY_OUT[language]}: {way_out}\n"
    if footer:
        text = f"{text.rstrip()}\n\n{footer}\n"
    message.set_content(text, subtype="plain", charset="utf-8", cte="quoted-printable")
    if marked:
        message.add_alternative(
            _document(clean_html(marked), language, way_out, footer),
            subtype="html",
            charset="utf-8",
            cte="quoted-printable",
        )


def _document(body: str, language: str, way_out: str, footer: str) -> str:
    address = html.escape(way_out, quote=True)
    if way_out and address not in body:
        body += f'<p><small><a href="{address}">{_WAY_OUT[language]}</a></small></p>'
    if footer:
        lines = html.escape(footer).replace("\n", "<br>")
        body += f"<p><small>{lines}</small></p>"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
        f"<body>{body}</body></html>\n"
    )


def _without_marks(marked: str) -> str:
    """Give the words of HTML for whoever reads plain text."""
    broken = marked
    for end in ("<br>", "<br/>", "<br />", "</p>", "</h1>", "</h2>", "</h3>", "</li>", "</tr>"):
        broken = broken.replace(end, f"{end}\n")
    return html.unescape(nh3.clean(broken, tags=set(), clean_content_tags={"script", "style"}))


def _return_path(parcel: Parcel, head: Letterhead, sender: str) -> str:
    """Give the address that bounces come back to, which names the parcel."""
    if not head.bounces_to:
        return sender
    local, _, domain = plain_address(head.bounces_to).partition("@")
    return plain_address(f"{local}+{parcel.parcel_id}@{domain}")


def _text(value: Json, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _line(text: str) -> str:
    """Put a header value on one line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _required(text: str, field: str) -> str:
    if not text:
        raise InputRefused("bad_content", wrong("mail_part", field=field), 422, "content")
    return text
