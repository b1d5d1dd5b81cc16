"""The load generator: a process of its own on bare sockets, so that it costs little.

Reads a Plan as JSON from standard input and prints what it saw as JSON.
"""

import asyncio
import gc
import sys
import time
from collections import deque
from typing import cast

import msgspec
import numpy as np

from bench import sample
from bench.looping import new_event_loop
from bench.plan import BATCH_SIZE, Plan, Seen


def posts(plan: Plan) -> list[tuple[str, bytes]]:
    """Make all paths and bodies before the clock starts."""
    match plan.kind:
        case "batch":
            firsts = range(0, plan.requests * BATCH_SIZE, BATCH_SIZE)
            return [("/v1/batch", sample.batch(first, BATCH_SIZE, plan.series)) for first in firsts]
        case "single":
            return [sample.single(number, plan.series) for number in range(plan.requests)]
        case "flag":
            return [
                sample.flag(number, plan.series, plan.candidates) for number in range(plan.requests)
            ]
        case "outcomes":
            firsts = range(0, plan.requests * BATCH_SIZE, BATCH_SIZE)
            return [
                ("/v1/outcomes", sample.outcomes(first, BATCH_SIZE, plan.series))
                for first in firsts
            ]
        case "decide":
            return [
                ("/v1/decide", sample.question(number, plan.series, plan.candidates))
                for number in range(plan.requests)
            ]


def request_of(plan: Plan, path: str, body: bytes) -> bytes:
    """Write a whole HTTP request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: {plan.authorization}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One kept-alive connection with at most one request under way."""

    def __init__(self, run: "Run"):
        self._run = run
        self._received = b""
        self._asked_at = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for work."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def ask(self, request: bytes, asked_at: float) -> None:
        """Send a request; its latency counts from `asked_at`, when it was due."""
        assert self._transport is not None
        self._asked_at = asked_at
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Note the answer once it is whole."""
        received = self._received + data if self._received else data
        end = received.find(b"\r\n\r\n")
        if end < 0 or len(received) < end + 4 + _declared_length(received[:end]):
            self._received = received
            return
        self._received = b""
        self._run.answered(self, received[9:12] in (b"200", b"207"), self._asked_at)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the run if the server hung up in the middle of it."""
        self._run.cut_off(exc)

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.close()


def _declared_length(head: bytes) -> int:
    place = head.lower().find(b"content-length:")
    return int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0


class Run:
    """All requests of a plan, and the times that they took."""

    def __init__(self, plan: Plan, requests: list[bytes]):
        self._rate = plan.rate
        self._requests = requests
        self._next = 0
        self._due: deque[float] = deque()
        self._idle: deque[Connection] = deque()
        self._latencies: list[float] = []
        self._refused = 0
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def go(self, connections: list[Connection]) -> tuple[float, list[float], int]:
        """Send everything; gives seconds, latencies in seconds, and answers other than 200."""
        started = time.perf_counter()
        self._idle.extend(connections)
        if self._rate:
            for number in range(len(self._requests)):
                due = started + number / self._rate
                while (ahead := due - time.perf_counter()) > 0:
                    await asyncio.sleep(min(ahead, 0.001))
                self._due.append(due)
                self._hand_out()
        else:
            self._due.extend([0.0] * len(self._requests))
            self._hand_out()
        await self._ended
        return time.perf_counter() - started, self._latencies, self._refused

    def _hand_out(self) -> None:
        while self._due and self._idle:
            due = self._due.popleft()
            request = self._requests[self._next]
            self._next += 1
            self._idle.popleft().ask(request, due or time.perf_counter())

    def answered(self, connection: Connection, good: bool, asked_at: float) -> None:
        """Note one answer and use the connection again."""
        self._latencies.append(time.perf_counter() - asked_at)
        self._refused += not good
        self._idle.append(connection)
        if len(self._latencies) == len(self._requests):
            self._ended.set_result(None)
        else:
            self._hand_out()

    def cut_off(self, error: Exception | None) -> None:
        """Fail when the server hangs up before all is answered."""
        if not self._ended.done():
            self._ended.set_exception(error or ConnectionError("the server hung up"))


async def send(plan: Plan) -> Seen:
    """Run a plan against a server on this machine."""
    made = posts(plan)
    requests = [request_of(plan, path, body) for path, body in made]
    gc.collect()
    gc.freeze()
    gc.disable()
    run = Run(plan, requests)
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: Connection(run), "127.0.0.1", plan.port))[1]
        for _ in range(plan.connections)
    ]
    busy = time.process_time()
    seconds, latencies, refused = await run.go(connections)
    busy = time.process_time() - busy
    for connection in connections:
        connection.close()
    p50, p99, longest = np.percentile(np.array(latencies) * 1000, [50, 99, 100]).tolist()
    return Seen(
        requests=len(latencies),
        seconds=seconds,
        p50_ms=p50,
        p99_ms=p99,
        longest_ms=longest,
        body_bytes=sum(len(body) for _, body in made) / len(made),
        refused=refused,
        busy_share=busy / seconds,
    )


def main() -> None:
    """Send what standard input asks for."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        print(msgspec.json.encode(runner.run(send(plan))).decode())


if __name__ == "__main__":
    main()
