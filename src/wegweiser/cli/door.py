"""How a command reaches its workspace: through the server on the folder, or by itself."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx

from wegweiser.terms.errors import InputRefused, WegweiserError
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.presence import FolderBusy, FolderUnusable, Presence, read_presence

WAIT_FOR_SERVER_S = 15.0


class Door(Protocol):
    """Runs operations and streams exports of one workspace."""

    def run(self, operation: str, arguments: JsonObject) -> Json:
        """Run one operation."""

    def export(self, kind: str) -> Iterator[bytes]:
        """Yield NDJSON lines."""


class ServerDoor:
    """Talks to the server that holds the folder."""

    def __init__(self, presence: Presence):
        self._client = httpx.Client(
            base_url=presence.address,
            headers={"authorization": f"Bearer {presence.token}"},
            timeout=httpx.Timeout(3600, connect=5),
            trust_env=False,
        )

    def run(self, operation: str, arguments: JsonObject) -> Json:
        """Run one operation."""
        answer = self._client.post(f"/v1/admin/{operation}", json=arguments)
        _raise_refusal(answer)
        document: Json = answer.json()
        return document

    def export(self, kind: str) -> Iterator[bytes]:
        """Yield NDJSON lines."""
        with self._client.stream("GET", f"/v1/admin/export/{kind}") as answer:
            if answer.status_code != 200:
                answer.read()
                _raise_refusal(answer)
            yield from answer.iter_bytes()

    def close(self) -> None:
        """End the connection."""
        self._client.close()


def _raise_refusal(answer: httpx.Response) -> None:
    if answer.status_code == 200:
        return
    try:
        body = answer.json()
    except ValueError as error:
        raise FolderUnusable(f"The server answered {answer.status_code}.") from error
    raise InputRefused(
        str(body.get("code", "failed")), str(body.get("message", "")), answer.status_code
    )


@contextmanager
def open_door(root: Path, make: bool = False) -> Iterator[Door]:
    """Open the way to a workspace; `make` creates a folder that does not exist.

    Raises FolderUnusable when there is no workspace, or it answers nobody.
    """
    deadline = time.monotonic() + WAIT_FOR_SERVER_S
    while True:
        presence = read_presence(root)
        if presence is not None and _answers(presence):
            server = ServerDoor(presence)
            try:
                yield server
            finally:
                server.close()
            return
        # The engines are loaded only where no server does the work.
        from wegweiser.workspace.workspace import Workspace

        try:
            workspace = Workspace.open(root, make=make)
        except FolderBusy:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
            continue
        with workspace:
            yield workspace
        return


def _answers(presence: Presence) -> bool:
    """Tell whether the process is there and its server accepts connections."""
    try:
        os.kill(presence.pid, 0)
        httpx.get(presence.address + "/healthz", timeout=5, trust_env=False)
    except (OSError, httpx.HTTPError):
        return False
    return True


__all__ = ["Door", "FolderUnusable", "WegweiserError", "open_door"]
