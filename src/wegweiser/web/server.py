"""The serving process: uvicorn around one site, from folder lock to orderly end."""

import asyncio
import gc
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from wegweiser.terms.errors import WegweiserError
from wegweiser.web.acceptor import Acceptor
from wegweiser.web.admission import Admission
from wegweiser.web.app import Application
from wegweiser.web.collecting import guarding
from wegweiser.web.descriptors import most_connections
from wegweiser.web.pages.app import pages_application
from wegweiser.workspace.demo_removal import remove_demo_folder
from wegweiser.workspace.presence import FolderUnusable, Presence, leave_presence, remove_presence
from wegweiser.workspace.serving import held_site
from wegweiser.workspace.site import Site

FAREWELL_S = 1.0


class LogBroken(WegweiserError):
    """The event log failed while serving; the next start recovers from the log."""


def serve(root: Path, host: str, port: int, ready: Callable[[str, Site], None]) -> None:
    """Serve a data folder until SIGTERM or SIGINT; calls `ready` with the address once open.

    Raises FolderUnusable when the folder or the port cannot be had, LogBroken after a failed
    sync.
    """
    with asyncio.Runner(loop_factory=_new_event_loop) as runner:
        runner.run(_serve(root, host, port, ready))


def _new_event_loop() -> asyncio.AbstractEventLoop:
    """Make the fastest event loop of this platform."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


async def _serve(root: Path, host: str, port: int, ready: Callable[[str, Site], None]) -> None:
    listener = _listen(host, port)
    async with held_site(root) as site:
        token = secrets.token_urlsafe(32)
        address = f"http://{_shown(host)}:{listener.getsockname()[1]}"
        site.address = site.settings.public_url or address
        application = Application(site, pages_application(site, site.address), token)
        admission = Admission(site.settings.connections_per_address, most_connections())
        server = _Server(_configuration(application, admission), listener, site)
        _end_on_signals(server)
        spare_the_hot_path()
        serving = asyncio.create_task(server.serve())
        broken = asyncio.create_task(site.broken.wait())
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        if server.started:
            leave_presence(root, Presence(address, token, os.getpid()))
            ready(address, site)
        farewell = asyncio.create_task(site.farewell.wait())
        ends = {serving, broken, farewell}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if farewell.done():
            # The page that says so still fetches its looks.
            await asyncio.sleep(FAREWELL_S)
        server.should_exit = True
        await serving
        remove_presence(root)
        if site.broken.is_set():
            raise LogBroken("The event log failed. Nothing acknowledged is lost; start again.")
        broken.cancel()
        farewell.cancel()
    if site.farewell.is_set():
        remove_demo_folder(root)


class _Server(uvicorn.Server):
    """A server that takes connections in our way, and leaves signals to us.

    uvicorn raises signals again and skips our own end.
    """

    def __init__(self, config: uvicorn.Config, listener: socket.socket, site: Site):
        super().__init__(config)
        self._listener = listener
        self._site = site
        self._acceptor: Acceptor | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change no signal handler."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the door; Windows has no readiness of sockets to wait for."""
        if sys.platform == "win32":
            await super().startup([self._listener])
            return
        await super().startup([])
        self._acceptor = Acceptor(self._listener, self._connection)
        self._acceptor.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door, then finish what is under way."""
        if self._acceptor is not None:
            self._acceptor.stop()
        self._site.profiles.readers.closing = True
        await super().shutdown(sockets)

    def _connection(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def _end_on_signals(server: uvicorn.Server) -> None:
    """End in order on SIGTERM and Ctrl-C."""

    def end() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, end)


def _configuration(application: Application, admission: Admission) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="none",
        http=guarding(admission, application),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
        ws="none",
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise FolderUnusable(
            f"Port {port} of {host} cannot be used: {error.strerror}. Choose another --port."
        ) from error
    listener.set_inheritable(False)
    return listener


def _shown(host: str) -> str:
    if host in ("0.0.0.0", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def spare_the_hot_path() -> None:
    """Keep full garbage collections, which cost hundreds of ms, away from requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 1_250, 1_000)
    # The writers' threads ask for the interpreter at each step in SQLite, while somebody waits.
    sys.setswitchinterval(0.0003)
