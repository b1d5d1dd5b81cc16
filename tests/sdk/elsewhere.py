"""A listener at the end of the world: Chromium sends it all that is not for this machine."""

import socketserver
import threading
from types import TracebackType
from urllib.parse import urlsplit

# Where Chromium itself asks for updates; what pages ask for there, a test sees by other means.
OF_THE_BROWSER = (".google.com", ".googleapis.com", ".gvt1.com")


class Elsewhere:
    """A proxy that reaches nobody and notes who was asked for, also after a page has gone."""

    def __init__(self) -> None:
        asked: list[str] = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                asked.append(_host(self.rfile.readline().decode("latin-1").split()))
                self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

        self.asked = asked
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="elsewhere")

    def __enter__(self) -> "Elsewhere":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def asked_by_pages(self) -> list[str]:
        """Give the hosts in the order of asking."""
        return [host for host in self.asked if not host.endswith(OF_THE_BROWSER)]

    @property
    def address(self) -> str:
        """Where Chromium finds this proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"


def _host(request_line: list[str]) -> str:
    """Read the host of `CONNECT host:port` or `GET http://host/path`."""
    target = request_line[1] if len(request_line) > 1 else ""
    return urlsplit(target if "://" in target else f"//{target}").hostname or target
