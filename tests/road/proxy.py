"""An HTTP proxy between a client and a server that plays a script of faults."""

import asyncio
import json
import random
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from urllib.parse import urlsplit

SLOW_SECONDS = 0.4


class Fault(Enum):
    """What happens to one request."""

    NONE = "passed on, answered"
    BUSY = "429 with Retry-After, not passed on"
    AWAY = "503 without a word about when, not passed on"
    RESET = "connection reset, not passed on"
    LOST = "passed on, connection reset instead of the answer"
    SLOW = "passed on, the answer comes late and in pieces"
    SILENT = "passed on, and the answer never comes: half open"


def shuffled(seed: int, faults: Iterable[Fault]) -> list[Fault]:
    """Give the faults in a random order, always with a good request in between."""
    script = list(faults)
    random.Random(seed).shuffle(script)
    return [step for fault in script for step in (Fault.NONE, fault)]


@dataclass(frozen=True)
class Request:
    """One request as it came: its first line and headers, its body."""

    head: bytes
    body: bytes

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode()


@dataclass
class Proxy:
    """Stands before `server`; POSTs take the script's faults in turn, afterwards all is well.

    `played` counts what happened, `answered_busy` and `arrived` hold the loop's clock in seconds.
    """

    server: str
    script: Iterable[Fault]
    retry_after_seconds: int = 1
    played: Counter[Fault] = field(default_factory=Counter)
    answered_busy: list[float] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)

    def __enter__(self) -> "Proxy":
        self._waiting = deque(self.script)
        self._upstream = urlsplit(self.server)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy")
        self._thread.start()
        self._listener = self._await(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._await(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _await(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _close(self) -> None:
        self._listener.close()
        own = asyncio.current_task()
        connections = [task for task in asyncio.all_tasks() if task is not own]
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await self._listener.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        try:
            while True:
                request = await _message(reader)
                fault = self._next(request)
                if fault in (Fault.NONE, Fault.SLOW, Fault.LOST, Fault.SILENT):
                    upstream[1].write(request.head + request.body)
                    answer = await _message(upstream[0])
                    await _deliver(fault, answer.head + answer.body, reader, writer)
                else:
                    self._refuse(fault, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            upstream[1].transport.abort()

    def _refuse(self, fault: Fault, writer: asyncio.StreamWriter) -> None:
        if fault is Fault.RESET:
            _reset(writer)
        elif fault is Fault.BUSY:
            self.answered_busy.append(self._loop.time())
            writer.write(_busy(self.retry_after_seconds))
        else:
            writer.write(_away())

    def _next(self, request: Request) -> Fault:
        if request.method != "POST":
            return Fault.NONE
        self.arrived.append(self._loop.time())
        fault = self._waiting.popleft() if self._waiting else Fault.NONE
        self.played[fault] += 1
        return fault


async def _message(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    named = dict(line.split(":", 1) for line in lines[1:] if ":" in line)
    assert "transfer-encoding" not in named, "this proxy knows bodies with a length only"
    return Request(head, await reader.readexactly(int(named.get("content-length", "0"))))


async def _deliver(
    fault: Fault, answer: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    if fault is Fault.LOST:
        _reset(writer)
    elif fault is Fault.SILENT:
        await reader.read()  # until the client has had enough
        raise ConnectionResetError
    elif fault is Fault.SLOW:
        for piece in (answer[:20], answer[20:]):
            await asyncio.sleep(SLOW_SECONDS / 2)
            writer.write(piece)
            await writer.drain()
    else:
        writer.write(answer)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST, not FIN: what a crashed host or a full table of a router does."""
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    writer.transport.abort()
    raise ConnectionResetError


def _busy(seconds: int) -> bytes:
    body = json.dumps({"success": False, "code": "come_again", "message": "Later."}).encode()
    return _made("429 Too Many Requests", "application/json", body, f"Retry-After: {seconds}\r\n")


def _away() -> bytes:
    return _made("503 Service Unavailable", "text/html", b"<h1>No server is available</h1>", "")


def _made(status: str, kind: str, body: bytes, more: str) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\n"
        f"{more}\r\n"
    )
    return head.encode() + body
