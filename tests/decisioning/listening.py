"""A listener of server-sent events, inside the process of the application."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec

from wegweiser.web.app import Application


class Event(msgspec.Struct, frozen=True):
    """One event: its name (a heartbeat is a ":"), its id, and its data as JSON."""

    kind: str
    id: str
    data: object


class Ear:
    """What came so far; `status` and `headers` are those of the answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.ended = False

    async def send(self, message: Mapping[str, object]) -> None:
        """Take a message of the application."""
        if message["type"] == "http.response.start":
            assert isinstance(message["status"], int)
            assert isinstance(message["headers"], list)
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            part = message.get("body", b"")
            assert isinstance(part, bytes)
            self.body += part
            self.ended = not message.get("more_body")

    @property
    def events(self) -> list[Event]:
        """Read the events that came."""
        return [
            _event(block)
            for block in self.body.decode().split("\n\n")
            if block and not block.startswith("retry:")
        ]

    async def until(self, kind: str, most: float = 60) -> Event:
        """Wait for the first event of a kind."""
        async with asyncio.timeout(most):
            while True:
                for event in self.events:
                    if event.kind == kind:
                        return event
                await asyncio.sleep(0.02)


def _event(block: str) -> Event:
    if block.startswith(":"):
        return Event(":", "", None)
    fields = dict(line.split(": ", 1) for line in block.split("\n"))
    return Event(fields.get("event", "message"), fields["id"], json.loads(fields["data"]))


@asynccontextmanager
async def listening(
    application: Application, url: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Ear]:
    """Open a stream; at the end the listener leaves."""
    path, _, query = url.removeprefix("http://127.0.0.1:8000").partition("?")
    gone = asyncio.Event()
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), text.encode()) for name, text in (headers or {}).items()],
    }

    async def receive() -> dict[str, object]:
        await gone.wait()
        return {"type": "http.disconnect"}

    ear = Ear()
    serving = asyncio.create_task(application(scope, receive, ear.send))
    try:
        async with asyncio.timeout(60):
            while not ear.body and not serving.done():
                await asyncio.sleep(0.01)
        yield ear
    finally:
        gone.set()
        await serving
