"""A real server around a real site in memory, in a thread of its own."""

import asyncio
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from threading import Event, Thread

import httpx
import uvicorn
from argon2 import PasswordHasher

from wegweiser.adapters.memory import MemoryClock
from wegweiser.demo.bundle import documents
from wegweiser.demo.world import World
from wegweiser.settings import Settings
from wegweiser.web.admission import Admission
from wegweiser.web.app import Application
from wegweiser.web.asgi import API_BODY, BodyLimits
from wegweiser.web.auth import Attempts
from wegweiser.web.charts.pool import DrawingPool
from wegweiser.web.collecting import guarding
from wegweiser.web.pages.app import pages_application
from wegweiser.web.pages.form import FORM, form_token
from wegweiser.workspace.demonstration import play_in_memory
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

DEADLINE_S = 120.0
# As strong as it is slow; tests of people and of servers in processes of their own have that one.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64)
HOSTILE = '<script>alert("x")</script>"\'><img src=x onerror=alert(1)>'


async def small_world() -> Site:
    """Play a small demo company, and add a visitor whose every word is hostile."""
    world = World(seed=11, days=45, accounts=12)
    site = await play_in_memory(world, documents(), lambda share: None)
    await site.loader.take("hostile", hostile_elements(world.end))
    await site.intake.checkpoint()
    return site


def hostile_elements(at_ms: int) -> list[dict[str, object]]:
    """Events of somebody who tries to write markup into the pages."""
    traits = {"name": HOSTILE, "website": "javascript:alert(1)", "blog": "https://example.org/a"}
    return [
        {"type": "identify", "userId": "u-hostile", "timestamp": at_ms, "traits": traits},
        {"type": "track", "userId": "u-hostile", "timestamp": at_ms, "event": HOSTILE},
        {"type": "group", "userId": "u-hostile", "groupId": "a/b?c", "traits": {"name": HOSTILE}},
    ]


async def empty_site() -> Site:
    """Start a site that nothing was ever sent to."""
    site = Site(in_memory(MemoryClock()), Settings())
    await site.start(background=False)
    return site


class SharedDrawings(DrawingPool):
    """Draws in one process for all servers of these tests: each of their own loads for seconds."""

    def _started(self) -> ProcessPoolExecutor:
        return _drawing_process()

    def close(self) -> None:
        """Leave the process to the servers that follow."""


@cache
def _drawing_process() -> ProcessPoolExecutor:
    return DrawingPool(workers=1)._started()


class Running:
    """A server on a free port; `client` is signed in."""

    def __init__(
        self,
        make: Callable[[], Awaitable[Site]],
        limits: BodyLimits = API_BODY,
        form_limits: BodyLimits = FORM,
    ):
        self._visitors: list[httpx.Client] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.site = self.wait(make())
        self.site.people._hasher = QUICK_HASHER
        self.password = self.site.people.ensure_admin() or ""
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.site.address = self.address
        self.pages = pages_application(self.site, self.address, form_limits)
        self.attempts = Attempts(longest_s=0.05)
        self.pages.state.desk.attempts = self.attempts  # type: ignore[attr-defined]
        self.pages.state.desk.drawings = SharedDrawings()  # type: ignore[attr-defined]
        application = Application(self.site, self.pages, "token", limits)
        connection = guarding(Admission(sys.maxsize, sys.maxsize), application)
        self._server = uvicorn.Server(
            uvicorn.Config(
                application, http=connection, log_level="warning", lifespan="off", ws="none"
            )
        )
        self._serving = asyncio.run_coroutine_threadsafe(
            self._server.serve(sockets=[self._listener]), self._loop
        )
        until(lambda: self._server.started)
        self.client = self.sign_in()

    def wait(self, work):  # type: ignore[no-untyped-def]
        """Run something on the loop of the site."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE_S)

    def visitor(self) -> httpx.Client:
        """Make a browser that is not signed in."""
        headers = {"origin": self.address, "accept": "text/html"}
        client = httpx.Client(base_url=self.address, headers=headers, timeout=60)
        self._visitors.append(client)
        return client

    def sign_in(self) -> httpx.Client:
        """Make a browser that is signed in."""
        client = self.visitor()
        form = {"name": "admin", "password": self.password, "next": "/"}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        # What every form of a page brings as a hidden field.
        client.headers["x-form-token"] = form_token(client.cookies["wegweiser"])
        return client

    def close(self) -> None:
        """End server, drawing processes and site."""
        for client in self._visitors:
            client.close()
        self._server.should_exit = True
        self._serving.result(DEADLINE_S)
        self.pages.state.desk.drawings.close()  # type: ignore[attr-defined]
        self.wait(self.site.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._listener.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition, at most two minutes."""
    deadline = time.monotonic() + DEADLINE_S
    pause = Event()
    while not holds():
        assert time.monotonic() < deadline, "the condition never held"
        pause.wait(0.02)


def settled(client: httpx.Client, path: str) -> str:
    """Fetch a page until it no longer says that it will refresh itself."""
    found = [""]

    def ready() -> bool:
        found[0] = client.get(path).text
        return 'http-equiv="refresh"' not in found[0]

    until(ready)
    return found[0]
