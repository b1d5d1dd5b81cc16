"""Hands mails to a mail server by SMTP, once: what may have arrived is never sent again."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, Protocol

import msgspec
from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPResponseException

from wegweiser.ports.channel import Parcel, Receipt
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import InputRefused

CONNECT_S = 10.0
COMMAND_S = 30.0
GOODBYE_S = 2.0
# A server may think for long about what it took; RFC 5321 asks for ten minutes.
ACCEPTANCE_S = 120.0
TAKEN = (250, 251)
_SHOWN_CHARACTERS = 300
_LOST = (SMTPException, OSError, TimeoutError)

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Envelope(Protocol):
    """A mail as the server takes it; `content` has lines ended by CR and LF."""

    @property
    def sender(self) -> str:
        """Where bounces go."""

    @property
    def recipient(self) -> str:
        """The one address."""

    @property
    def content(self) -> bytes:
        """Header and body."""


Pack = Callable[[Parcel, int], Envelope]


class Guard(Protocol):
    """The rules on addresses; both raise InputRefused with code `blocked_address`."""

    def check_mail_server(self, host: str, port: int, encrypted: bool) -> None:
        """Judge a server before its name is resolved."""

    def check_address(self, host: str, address: str) -> None:
        """Judge one of the addresses that the name leads to."""


class Server(msgspec.Struct, frozen=True):
    """A mail server and how to sign in; without a user nobody signs in."""

    host: str
    port: int
    security: Literal["implicit_tls", "starttls", "none"]
    user: str = ""
    password: str = ""


class _Refused(Exception):
    """The server said no, with a code, before it took anything."""

    def __init__(self, code: int, told: str, for_good: bool):
        super().__init__(told)
        self.code = code
        self.for_good = for_good


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver for all addresses of a name."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


class SmtpChannel:
    """A channel that is a mail server; `pack` writes the mail of a parcel at a moment (ms).

    Every hand-over checks the server anew, resolves once, connects to the address it checked, and
    verifies the certificate for the server's name. Without STARTTLS where it is asked for, no
    mail leaves.
    """

    def __init__(
        self,
        server: Server,
        guard: Guard,
        pack: Pack,
        clock: Clock,
        resolve: Resolve = resolve_by_system,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._guard = guard
        self._pack = pack
        self._clock = clock
        self._resolve = resolve
        self._tls = tls or ssl.create_default_context()

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Try once, for whoever keeps no account of attempts."""
        return await self.hand_over_once(parcel, lambda: None)

    async def hand_over_once(self, parcel: Parcel, attempt: Callable[[], None]) -> Receipt:
        """Try once; `attempt` is called before the server may take anything, and may forbid it."""
        name = parcel.parcel_id
        try:
            mail = self._pack(parcel, self._clock.now_ms())
            client = await self._connected()
        except InputRefused as refused:
            return Receipt(name, "blocked", 0, f"{refused.code}: {refused.message}")
        except _Refused as refused:
            return Receipt(name, "failed", refused.code, _shown(str(refused)))
        except _LOST as error:
            return Receipt(name, "failed", 0, _shown(f"unreachable: {error}"))
        try:
            return await self._talk(client, name, mail, attempt)
        finally:
            await _left(client)

    async def _talk(
        self, client: SMTP, name: str, mail: Envelope, attempt: Callable[[], None]
    ) -> Receipt:
        try:
            await _said(client, f"MAIL FROM:<{mail.sender}>")
            await _said(client, f"RCPT TO:<{mail.recipient}>", about_recipient=True)
        except _Refused as refused:
            return _refusal(name, refused)
        except _LOST as error:
            return Receipt(name, "failed", 0, _shown(f"unreachable: {error}"))
        attempt()
        return await _delivered(client, name, mail.content)

    async def _connected(self) -> SMTP:
        server = self._server
        self._guard.check_mail_server(server.host, server.port, server.security != "none")
        addresses = await self._resolve(server.host, server.port)
        if not addresses:
            raise OSError(f"the name {server.host} leads nowhere")
        for address in addresses:
            self._guard.check_address(server.host, address)
        client = SMTP(
            hostname=server.host,
            sock=await _connection(addresses[0], server.port),
            use_tls=server.security == "implicit_tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
            timeout=CONNECT_S,
            local_hostname="wegweiser.invalid",
            username=server.user or None,
            password=server.password or None,
        )
        try:
            await client.connect()
            await client.ehlo()
        except SMTPResponseException as refused:
            await _hung_up(client)
            raise _Refused(refused.code, refused.message, False) from None
        except BaseException:
            await _hung_up(client)
            raise
        return client


async def _connection(address: str, port: int) -> socket.socket:
    """Connect to an address that was checked, and to no other."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        async with asyncio.timeout(CONNECT_S):
            await asyncio.get_running_loop().sock_connect(connection, (address, port))
    except BaseException:
        connection.close()
        raise
    return connection


async def _said(client: SMTP, command: str, about_recipient: bool = False) -> None:
    """Say one command; raises _Refused for any answer but yes."""
    answer = await client.execute_command(command.encode("ascii"), timeout=COMMAND_S)
    if answer.code not in TAKEN:
        raise _Refused(answer.code, answer.message, about_recipient and answer.code >= 500)


async def _left(client: SMTP) -> None:
    """Say goodbye where somebody listens, and hang up."""
    try:
        if client.is_connected:
            await client.quit(timeout=GOODBYE_S)
    except _LOST:
        pass
    finally:
        await _hung_up(client)


async def _hung_up(client: SMTP) -> None:
    """Close the connection now, without waiting for what the server would still say."""
    transport = client.transport
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
    await asyncio.sleep(0)


async def _delivered(client: SMTP, name: str, content: bytes) -> Receipt:
    """Send the mail and its final dot; whoever is told neither yes nor no does not know."""
    try:
        answer = await client.data(content, timeout=ACCEPTANCE_S)
    except SMTPDataError as refused:
        return _refusal(name, _Refused(refused.code, refused.message, refused.code >= 500))
    except _LOST as error:
        return Receipt(name, "unknown", 0, _shown(f"lost while the mail was handed over: {error}"))
    return Receipt(name, "delivered", answer.code, _shown(answer.message))


def _refusal(name: str, refused: _Refused) -> Receipt:
    state: Literal["refused", "failed"] = "refused" if refused.for_good else "failed"
    return Receipt(name, state, refused.code, _shown(f"{refused.code} {refused}"))


def _shown(text: str) -> str:
    kept = (sign if sign.isprintable() else " " for sign in text[:_SHOWN_CHARACTERS])
    return "".join(kept)
