"""Reads the address of a mail server: where it is, and how the way to it is encrypted."""

import re
from typing import Literal

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

Security = Literal["implicit_tls", "starttls", "none"]
_SERVER = re.compile(r"(smtps|smtp|smtp\+plain)://([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_MEANT: dict[str, tuple[Security, int]] = {
    "smtps": ("implicit_tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("none", 25),
}


class MailServer(msgspec.Struct, frozen=True):
    """A mail server; without TLS it is for relays that the operator opened."""

    host: str
    port: int
    security: Security


def mail_server_of(target: str) -> MailServer:
    """Read smtps://host (TLS at once), smtp://host (STARTTLS or nothing), smtp+plain://host.

    Raises InputRefused for anything else.

    >>> mail_server_of("smtp://mail.example.com")
    MailServer(host='mail.example.com', port=587, security='starttls')
    """
    found = _SERVER.fullmatch(target.strip().lower().rstrip("/"))
    if found is None:
        raise InputRefused(
            "bad_target",
            wrong("no_mail_server", target=repr(target[:100])),
            422,
            "target",
        )
    security, port = _MEANT[found[1]]
    return MailServer(found[2], int(found[3] or port), security)
