"""A real mail server that misbehaves as it is told."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.64"

Plan = Callable[[str], str]
"""Says for a recipient what the server does: take, drop_after_dot, drop_before_dot, busy_rcpt,
busy_named, busy_data, refuse_rcpt."""


def take(recipient: str) -> str:
    """Take everything."""
    return "take"


class MailServer:
    """What a real server got, by the Message-ID of the mail."""

    def __init__(self, plan: Plan = take):
        self.plan = plan
        self.mails: list[bytes] = []
        self.envelopes: list[tuple[str, str]] = []
        self.came_at: list[float] = []

    async def handle_RCPT(  # noqa: N802 - the name is that of the library
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer as planned."""
        planned = self.plan(address)
        if planned == "busy_rcpt":
            return "450 4.2.1 come again"
        if planned == "busy_named":
            return f"450 4.2.1 <{address}> come again"
        if planned == "refuse_rcpt":
            return "550 5.1.1 nobody here"
        if planned == "drop_before_dot":
            _cut(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name is that of the library
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the mail, or not; a mail that is cut off after the final dot was taken."""
        planned = self.plan(envelope.rcpt_tos[0])
        if planned == "busy_data":
            return "451 4.3.0 come again"
        content = envelope.content
        assert isinstance(content, bytes)
        self.came_at.append(time.monotonic())
        self.mails.append(content)
        self.envelopes.append((str(envelope.mail_from), envelope.rcpt_tos[0]))
        if planned == "drop_after_dot":
            _cut(server)
        return "250 taken"

    @property
    def copies(self) -> Counter[str]:
        """How often each mail came, by Message-ID."""
        return Counter(str(read(mail)["Message-ID"]) for mail in self.mails)


def read(mail: bytes) -> EmailMessage:
    """Parse a mail as its reader does."""
    found = message_from_bytes(mail, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def _cut(server: SMTP) -> None:
    transport = server.transport
    assert transport is not None
    transport.abort()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


@contextmanager
def mail_server(plan: Plan = take) -> Iterator[tuple[MailServer, int]]:
    """Run a mail server in a thread of its own; gives it and its port."""
    handler = MailServer(plan)
    port = free_port()
    controller = Controller(handler, hostname=HOST, port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()
