"""The reference for everything over HTTP: a bare ASGI answer under the server's own uvicorn."""

import asyncio
import socket

import uvicorn

from bench.looping import new_event_loop
from wegweiser.web.asgi import Receive, Scope, Send

_ANSWER = b'{"success": true}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"17")]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, forget it, say yes."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _ANSWER})


async def serve() -> None:
    """Serve on a free port and print it."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    configuration = uvicorn.Config(
        echo, loop="none", http="httptools", log_level="warning", access_log=False, lifespan="off",
        server_header=False, proxy_headers=False, ws="none", backlog=4096,
    )  # fmt: skip
    print(f"The echo is ready on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await uvicorn.Server(configuration).serve(sockets=[listener])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve())
