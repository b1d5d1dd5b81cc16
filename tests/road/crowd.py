"""Many connections that are up to no good: silent, half finished, or one byte per second."""

import asyncio
import resource
import socket
from base64 import b64encode
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

SOURCES = [f"127.0.0.{last}" for last in range(2, 10)]
GIVEN_UP_AFTER_S = 60.0
# Connections that are being opened at one moment, so that no queue of the kernel overflows.
OPENING = 200


class Stranger:
    """One connection from an address of its own to a server."""

    def __init__(self, address: str, source: str):
        where = urlsplit(address)
        self._target = (str(where.hostname), int(where.port or 0))
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.bind((source, 0))
        self._loop = asyncio.get_running_loop()

    async def connect(self) -> None:
        """Open the connection."""
        await self._loop.sock_connect(self._socket, self._target)

    async def send(self, sent: bytes) -> bool:
        """Send bytes; False once the server has hung up."""
        try:
            await self._loop.sock_sendall(self._socket, sent)
        except OSError:
            return False
        return True

    async def heard(self) -> bytes:
        """Read what is there; b"" once the server has hung up."""
        try:
            return await self._loop.sock_recv(self._socket, 65_536)
        except OSError:
            return b""

    async def outlasted(self) -> bytes:
        """Wait until the server hangs up; give what it said before. Raises TimeoutError."""
        got = b""
        async with asyncio.timeout(GIVEN_UP_AFTER_S):
            while part := await self.heard():
                got += part
        return got

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


Habit = Callable[[Stranger, str], Awaitable[bytes]]
HEAD = "POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\nContent-Length: 900\r\n"


def _head(key: str) -> bytes:
    return (HEAD % b64encode(f"{key}:".encode()).decode()).encode()


async def half_a_body(stranger: Stranger, key: str) -> bytes:
    """Send a head and half of what it announces."""
    await stranger.send(_head(key) + b"\r\n" + b'{"type": "track"' + b" " * 400)
    return await stranger.outlasted()


async def nothing(stranger: Stranger, key: str) -> bytes:
    """Send nothing at all."""
    return await stranger.outlasted()


async def a_byte_per_second(stranger: Stranger, key: str) -> bytes:
    """Send the bytes of a head one by one, for as long as the server bears it."""
    return await _drip(stranger, _head(key))


async def line_ends_per_second(stranger: Stranger, key: str) -> bytes:
    """Send a good request, then line ends, which belong to no request."""
    await stranger.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    return await _drip(stranger, b"\r\n" * 40)


async def _drip(stranger: Stranger, drops: bytes) -> bytes:
    hearing = asyncio.ensure_future(stranger.outlasted())
    for place in range(len(drops)):
        if not await stranger.send(drops[place : place + 1]):
            break
        done, _ = await asyncio.wait({hearing}, timeout=1.0)
        if done:
            break
    return await hearing


async def seconds_until_closed(
    address: str, key: str, habits: list[Habit], when_all_are_open: Callable[[], None]
) -> list[float]:
    """Open one connection per habit; give for how many seconds the server bore each.

    Calls back once the last one has been opened. Raises TimeoutError when one is still open
    after a minute.
    """
    opening = asyncio.Semaphore(OPENING)
    loop = asyncio.get_running_loop()
    missing = len(habits)

    async def one(number: int, habit: Habit) -> float:
        nonlocal missing
        stranger = Stranger(address, SOURCES[number % len(SOURCES)])
        try:
            async with opening:
                await stranger.connect()
            began = loop.time()
            missing -= 1
            if not missing:
                when_all_are_open()
            await habit(stranger, key)
            return loop.time() - began
        finally:
            stranger.close()

    return await asyncio.gather(*(one(number, habit) for number, habit in enumerate(habits)))


def raise_limit(connections: int) -> bool:
    """Let this process hold so many connections; False where it may not."""
    limit, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 500
    if highest != resource.RLIM_INFINITY and wanted > highest:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limit, wanted), highest))
    return True
