"""A server that ends between the health check and the question: the folder is opened instead."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from wegweiser.cli.door import open_door
from wegweiser.workspace.presence import (
    FolderUnusable,
    Presence,
    leave_presence,
    remove_presence,
)
from wegweiser.workspace.workspace import Workspace


@contextmanager
def ending_server(root: Path, on_question: bytes) -> Iterator[None]:
    """A server that looks healthy, then ends on the first question after these bytes."""

    class Ending(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/healthz":
                self.send_response(200)
                self.end_headers()
            else:
                self.do_POST()

        def do_POST(self) -> None:
            remove_presence(root)
            self.wfile.write(on_question)
            self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Ending) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        leave_presence(root, Presence(address, "token", os.getpid()))
        yield
        server.shutdown()
        thread.join()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one person."""
    with Workspace.open(tmp_path / "data") as workspace:
        workspace.identify("u-1", {"plan": "team"})
    return tmp_path / "data"


def test_a_question_finds_the_folder_after_the_server(root: Path) -> None:
    with ending_server(root, b""), open_door(root) as door:
        found = door.run("profile", {"identifier": "user_id:u-1"})
    assert isinstance(found, dict)
    assert found["traits"] == {"plan": "team"}


def test_an_export_finds_the_folder_after_the_server(root: Path) -> None:
    with ending_server(root, b""), open_door(root) as door:
        assert len(list(door.export("events"))) == 1


def test_an_export_that_was_cut_off_is_not_begun_again(root: Path) -> None:
    part = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}\n"
    refused = pytest.raises(FolderUnusable, match="ended before")
    with ending_server(root, part), open_door(root) as door, refused:
        list(door.export("events"))


def test_an_answer_that_is_no_http_is_no_traceback(root: Path) -> None:
    strange = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nno"
    refused = pytest.raises(FolderUnusable, match="cannot be asked")
    with ending_server(root, strange), open_door(root) as door, refused:
        door.run("doctor", {})
