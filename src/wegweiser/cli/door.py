"""How a command reaches its workspace: through the server on the folder, or by itself."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx

from wegweiser.terms.errors import InputRefused, WegweiserError
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.presence import FolderBusy, FolderUnusable, Presence, read_presence

WAIT_FOR_SERVER_S = 15.0
_PAUSE_S = 0.1


class ServerGone(FolderUnusable):
    """The server ended before it answered; the folder can be opened in another way."""


class Door(Protocol):
    """Runs operations and streams exports of one workspace."""

    def run(self, operation: str, arguments: JsonObject) -> Json:
        """Run one operation."""

    def export(self, kind: str, options: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """Yield NDJSON lines, of `profiles` a table of `options`."""

    def close(self) -> None:
        """Let go of the workspace."""


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
        """Run one operation; raises ServerGone when the server ended meanwhile."""
        with _failures():
            answer = self._client.post(f"/v1/admin/{operation}", json=arguments)
        _raise_refusal(answer)
        document: Json = answer.json()
        return document

    def export(self, kind: str, options: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """Yield NDJSON lines, or a table; raises ServerGone when the server ended meanwhile."""
        path, query = f"/v1/admin/export/{kind}", dict(options or {})
        with _failures(), self._client.stream("GET", path, params=query) as answer:
            if answer.status_code != 200:
                answer.read()
                _raise_refusal(answer)
            yield from answer.iter_bytes()

    def close(self) -> None:
        """End the connection."""
        self._client.close()


@contextmanager
def _failures() -> Iterator[None]:
    """Turn failures of the connection into sentences."""
    try:
        yield
    except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
        raise ServerGone("The server ended before it had answered. Try again.") from error
    except httpx.HTTPError as error:
        raise FolderUnusable(
            f"The server cannot be asked: {type(error).__name__} {error}."
        ) from error


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


class LastingDoor:
    """Asks whatever holds the folder, and finds it again when a server has ended meanwhile."""

    def __init__(self, root: Path, make: bool):
        self._root = root
        self._door = _find(root, make)

    def run(self, operation: str, arguments: JsonObject) -> Json:
        """Run one operation."""
        deadline = time.monotonic() + WAIT_FOR_SERVER_S
        while True:
            try:
                return self._door.run(operation, arguments)
            except ServerGone as gone:
                self._find_again(gone, deadline)

    def export(self, kind: str, options: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """Yield NDJSON lines, or a table; one that was cut off is not begun again."""
        deadline = time.monotonic() + WAIT_FOR_SERVER_S
        begun = False
        while True:
            try:
                for lines in self._door.export(kind, options):
                    begun = True
                    yield lines
                return
            except ServerGone as gone:
                if begun:
                    raise
                self._find_again(gone, deadline)

    def _find_again(self, gone: ServerGone, deadline: float) -> None:
        """Open the folder anew; raises `gone` once the time is over."""
        if time.monotonic() > deadline:
            raise gone
        self._door.close()
        time.sleep(_PAUSE_S)
        self._door = _find(self._root, make=False)

    def close(self) -> None:
        """Let go of the workspace."""
        self._door.close()


@contextmanager
def open_door(root: Path, make: bool = False) -> Iterator[Door]:
    """Open the way to a workspace; `make` creates a folder that does not exist.

    Raises FolderUnusable when there is no workspace, or it answers nobody.
    """
    door = LastingDoor(root, make)
    try:
        yield door
    finally:
        door.close()


def _find(root: Path, make: bool) -> Door:
    """Find the server on a folder, or open the folder itself."""
    deadline = time.monotonic() + WAIT_FOR_SERVER_S
    while True:
        presence = read_presence(root)
        if presence is not None and _answers(presence):
            return ServerDoor(presence)
        # The engines are loaded only where no server does the work.
        from wegweiser.workspace.workspace import Workspace

        try:
            return Workspace.open(root, make=make)
        except FolderBusy:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)


def _answers(presence: Presence) -> bool:
    """Tell whether the process is there and its server accepts connections."""
    try:
        os.kill(presence.pid, 0)
        httpx.get(presence.address + "/healthz", timeout=5, trust_env=False)
    except (OSError, httpx.HTTPError):
        return False
    return True


__all__ = ["Door", "FolderUnusable", "WegweiserError", "open_door"]
