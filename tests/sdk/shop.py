"""The web shop whose pages carry a client library: a local server of pages and scripts."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PAGE = """<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,">{scripts}</head>
<body><h1>{title}</h1></body></html>
"""


@dataclass(frozen=True)
class Content:
    """What one path answers."""

    body: bytes
    kind: str = "text/html; charset=utf-8"


def page(title: str, *scripts: str) -> Content:
    """Give a page that loads scripts in their order."""
    tags = "".join(f'<script src="{script}"></script>' for script in scripts)
    return Content(PAGE.format(title=title, scripts=tags).encode())


@contextmanager
def open_shop(contents: Mapping[str, Content]) -> Iterator[str]:
    """Serve paths under a name that is another site than 127.0.0.1; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = contents.get(urlsplit(self.path).path)
            self.send_response(200 if content else 404)
            body = content.body if content else b""
            self.send_header("Content-Type", content.kind if content else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Write no lines about requests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="shop")
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
