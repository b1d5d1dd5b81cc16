"""The serving process: uvicorn around one site, from folder lock to orderly end."""

import asyncio
import gc
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from wegweiser.terms.errors import WegweiserError
from wegweiser.web.app import Application
from wegweiser.web.connection import GuardedConnection
from wegweiser.web.pages.app import pages_application
from wegweiser.workspace.presence import FolderUnusable, Presence, leave_presence, remove_presence
from wegweiser.workspace.serving import held_site
from wegweiser.workspace.site import Site


class LogBroken(WegweiserError):
    """The event log failed while serving; the next start recovers from the log."""


def serve(root: Path, host: str, port: int, ready: Callable[[str, Site], None]) -> None:
    """Serve a data folder until SIGTERM or SIGINT; calls `ready` with the address once open.

    Raises FolderUnusable when the folder or the port cannot be had, LogBroken after a failed
    sync.
    """
    asyncio.run(_serve(root, host, port, ready))


async def _serve(root: Path, host: str, port: int, ready: Callable[[str, Site], None]) -> None:
    listener = _listen(host, port)
    async with held_site(root) as site:
        token = secrets.token_urlsafe(32)
        address = f"http://{_shown(host)}:{listener.getsockname()[1]}"
        application = Application(site, pages_application(site, address), token)
        server = uvicorn.Server(_configuration(application))
        _spare_the_hot_path()
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        broken = asyncio.create_task(site.broken.wait())
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        if server.started:
            leave_presence(root, Presence(address, token, os.getpid()))
            ready(address, site)
        await asyncio.wait({serving, broken}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
        remove_presence(root)
        if site.broken.is_set():
            raise LogBroken("The event log failed. Nothing acknowledged is lost; start again.")
        broken.cancel()


def _configuration(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="none",
        http=GuardedConnection,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
        backlog=4096,
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


def _spare_the_hot_path() -> None:
    """Keep full garbage collections, which cost hundreds of ms, away from requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)
