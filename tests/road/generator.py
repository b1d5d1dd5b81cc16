"""A load generator in a process of its own: requests at a fixed rate, however slow the answers.

Reads a Load as JSON from standard input and prints what it saw as JSON.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections import deque
from typing import Literal, cast

import msgspec
import uvloop

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
LENGTH = re.compile(rb"content-length: (\d+)\r\n", re.IGNORECASE)
NUMBER = "~~~~~~~"
# The loop wakes up at whole milliseconds: less would be asked for again and again, which takes a
# whole core away from the server.
LEAST_SLEEP_S = 0.001
RETRY_AFTER = re.compile(rb"\r\nretry-after: ([1-9]\d?)\r\n", re.IGNORECASE)


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """Requests for some seconds; `rate` a second, 0 = as fast as `connections` are answered.

    With a rate a request that finds no free connection opens one, up to `connections`. Event
    `n` of request `r` has the messageId `series-r-n`.
    """

    port: int
    authorization: str
    series: str
    seconds: float
    connections: int
    rate: float = 0.0
    kind: Literal["events", "decide"] = "events"
    batch: int = 20


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of the requests answered 200, and counts and milliseconds of all others.

    Times count from when a request was due; `late` is what of it the generator itself is to
    blame for, which on a busy machine can be most.
    """

    taken: list[int]
    refused: int
    wrong: list[str]
    unanswered: int
    unsent: int
    taken_p50_ms: float
    taken_p99_ms: float
    refused_p50_ms: float
    refused_p99_ms: float
    late_p99_ms: float
    seconds: float

    @property
    def per_second(self) -> float:
        """Requests a second that were taken."""
        return len(self.taken) / self.seconds

    @property
    def refused_share(self) -> float:
        """The share of the answered requests that were refused."""
        return self.refused / max(1, self.refused + len(self.taken))


def generate(load: Load) -> Seen:
    """Run a generator in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.road.generator"],
        input=msgspec.json.encode(load),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(done.stdout, type=Seen)


def _body(load: Load) -> tuple[str, bytes]:
    """Write the path and the body of every request, with a mark where its number belongs."""
    if load.kind == "decide":
        asked = {
            "request_id": f"{load.series}-{NUMBER}",
            "subject": {"person": f"user_id:u-{NUMBER}"},
            "placements": ["home.hero"],
        }
        return "/v1/decide", json.dumps(asked).encode()
    elements = [
        {
            "type": "track",
            "event": "Page Read",
            "userId": f"u-{place}-{NUMBER[-2:]}",
            "messageId": f"{load.series}-{NUMBER}-{place}",
            "properties": {"topic": "sso", "seconds": place},
        }
        for place in range(load.batch)
    ]
    return "/v1/batch", json.dumps({"batch": elements}).encode()


def _template(load: Load) -> bytes:
    """Write a whole request whose number is still a mark, since writing each costs too much."""
    path, body = _body(load)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {load.authorization}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _numbered(template: bytes, number: int) -> bytes:
    written = b"%07d" % number
    return template.replace(NUMBER.encode(), written).replace(NUMBER[-2:].encode(), written[-2:])


class _Line(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self, run: "_Run"):
        self._run = run
        self._got = b""
        self.number = -1
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def ask(self, number: int, due: float, request: bytes) -> None:
        self.number, self.due = number, due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, rest = self._got.partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n")
        if not end or length is None or len(rest) < int(length[1]):
            return
        self._got = b""
        number, self.number = self.number, -1
        self._run.answered(self, number, self.due, head + b"\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.lost(self)


class _Run:
    def __init__(self, load: Load):
        self._load = load
        self._template = _template(load)
        self._free: list[_Line] = []
        self._opened = 0
        self._opening: set[asyncio.Task[None]] = set()
        self._queue: deque[tuple[int, float]] = deque()
        self._next = 0
        self._under_way = 0
        self._ending = False
        self.unsent = 0
        self.taken: list[int] = []
        self.taken_ms: list[float] = []
        self.refused_ms: list[float] = []
        self.late_ms: list[float] = []
        self.wrong: list[str] = []

    async def go(self) -> float:
        started = time.perf_counter()
        end = started + self._load.seconds
        if self._load.rate:
            await self._at_a_rate(started)
        else:
            for _ in range(self._load.connections):
                self._enqueue(time.perf_counter())
            await asyncio.sleep(end - time.perf_counter())
        self._ending = True
        # What waited for a connection to its end was never sent: nobody owes an answer to it.
        self.unsent = len(self._queue) if self._load.rate else 0
        if self._load.rate:
            self._queue.clear()
        seconds = time.perf_counter() - started
        patience = time.perf_counter() + 30
        while (self._under_way or self._queue) and time.perf_counter() < patience:
            await asyncio.sleep(0.01)
        return seconds

    async def _at_a_rate(self, started: float) -> None:
        for number in range(int(self._load.rate * self._load.seconds)):
            due = started + number / self._load.rate
            while (ahead := due - time.perf_counter()) > 0:
                await asyncio.sleep(max(ahead, LEAST_SLEEP_S))
            self._enqueue(due)
            if number % 50 == 0:
                await asyncio.sleep(0)

    @property
    def unanswered(self) -> int:
        return self._under_way + len(self._queue)

    def _enqueue(self, due: float) -> None:
        self.late_ms.append((time.perf_counter() - due) * 1_000)
        self._queue.append((self._next, due))
        self._next += 1
        if not self._free and self._opened < self._load.connections:
            self._opened += 1
            opening = asyncio.ensure_future(self._open())
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)
        self._hand_out()

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: _Line(self), "127.0.0.1", self._load.port)
        self._free.append(line)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._queue and self._free:
            number, due = self._queue.popleft()
            self._under_way += 1
            self._free.pop().ask(number, due, _numbered(self._template, number))

    def answered(self, line: _Line, number: int, due: float, head: bytes) -> None:
        took_ms = (time.perf_counter() - due) * 1_000
        self._under_way -= 1
        status = STATUS.match(head)
        if status is not None and status[1] == b"200":
            self.taken.append(number)
            self.taken_ms.append(took_ms)
        elif status is not None and status[1] == b"429" and RETRY_AFTER.search(head):
            self.refused_ms.append(took_ms)
        else:
            self.wrong.append(head.decode("latin-1")[:300])
        self._free.append(line)
        if not self._load.rate and not self._ending:
            self._enqueue(time.perf_counter())
        else:
            self._hand_out()

    def lost(self, line: _Line) -> None:
        """Open another connection where the server hung up; a cut request stays unanswered."""
        self._opened -= 1
        if line in self._free:
            self._free.remove(line)
        elif line.number >= 0 and not self._ending:
            self.wrong.append(f"cut off: request {line.number}")
            self._under_way -= 1


def _percentile(times: list[float], share: float) -> float:
    return sorted(times)[int(share * (len(times) - 1))] if times else 0.0


async def _seen(load: Load) -> Seen:
    run = _Run(load)
    seconds = await run.go()
    return Seen(
        taken=run.taken,
        refused=len(run.refused_ms),
        wrong=run.wrong[:20],
        unanswered=run.unanswered,
        unsent=run.unsent,
        taken_p50_ms=_percentile(run.taken_ms, 0.5),
        taken_p99_ms=_percentile(run.taken_ms, 0.99),
        refused_p50_ms=_percentile(run.refused_ms, 0.5),
        refused_p99_ms=_percentile(run.refused_ms, 0.99),
        late_p99_ms=_percentile(run.late_ms, 0.99),
        seconds=seconds,
    )


def main() -> None:
    """Send what standard input asks for."""
    load = msgspec.json.decode(sys.stdin.buffer.read(), type=Load)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(msgspec.json.encode(runner.run(_seen(load))).decode())


if __name__ == "__main__":
    main()
