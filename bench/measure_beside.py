"""Decisions while the worker answers heavy measures, and how fresh the archive stays meanwhile."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx
import msgspec

from bench import sample
from bench.collect import plan_of
from bench.decide import QUESTIONS_PER_SECOND, teach
from bench.figure import Figure
from bench.plan import BATCH_SIZE, Plan, Seen
from bench.process import Sending, Server, ask, product, send, serving

CANDIDATES = 100
# A pace that a server keeps up with: nothing is to wait when the questions come.
FILLING_BATCHES_PER_SECOND = 30.0
ARRIVING_BATCHES_PER_SECOND = 10.0
HEAVY = "/v1/measures/web.dwell"
FRESH_SECONDS = 60.0
_BEHIND = re.compile(r"^wegweiser_archive_behind_seconds ([0-9.e+-]+)$", re.MULTILINE)


def measure_beside(root: Path, batches: int, decisions: int) -> list[Figure]:
    """Decide at an even pace, first alone, then while one measure follows the other.

    Then the measures go on while events arrive, and the archive is watched.
    """
    keys = ask("source", "create", "bench", "--data", str(root))
    write_key, secret_key = str(keys["write_key"]), str(keys["secret_key"])
    reading = ask("key", "create", "bench", "--scope", "export", "--data", str(root))
    file = root.parent / f"{root.name}.yaml"
    file.write_text(sample.configuration({CANDIDATES}), encoding="utf-8")
    ask("apply", str(file), "--data", str(root))
    teach(root)
    with serving(product(root)) as server:
        filling = plan_of("batch", server.port, write_key, batches, "filling")
        _send_evenly(filling, FILLING_BATCHES_PER_SECOND)
        asked = _questions(server, secret_key, decisions)
        send(msgspec.structs.replace(asked, series="warm", requests=min(300, decisions)))
        alone = send(asked)
        with _measuring(server.port, str(reading["key"])):
            beside = send(msgspec.structs.replace(asked, series="beside"))
            seconds = decisions / QUESTIONS_PER_SECOND
            arriving = int(ARRIVING_BATCHES_PER_SECOND * seconds)
            more = plan_of("batch", server.port, write_key, max(1, arriving), "arriving")
            with _watching(server.port) as behind:
                _send_evenly(more, ARRIVING_BATCHES_PER_SECOND)
    return _figures(alone, beside, f"measures of {batches * BATCH_SIZE:,} events", behind)


def _questions(server: Server, secret_key: str, decisions: int) -> Plan:
    return Plan(
        port=server.port,
        authorization=sample.authorization(secret_key),
        kind="decide",
        series="alone",
        requests=decisions,
        connections=64,
        rate=QUESTIONS_PER_SECOND,
        candidates=CANDIDATES,
    )


def _figures(alone: Seen, beside: Seen, told: str, behind: list[float]) -> list[Figure]:
    name = "decide over HTTP, logged"
    of_alone = "the same alone"
    return [
        Figure(name=f"{name}, p50, beside {told}", value=beside.p50_ms, unit="ms",
               reference=alone.p50_ms, reference_name=of_alone),
        Figure(name=f"{name}, p99, beside {told}", value=beside.p99_ms, unit="ms",
               reference=alone.p99_ms, reference_name=of_alone),
        Figure(name="archive behind the log, longest, beside measures", value=max(behind),
               unit="s", most=FRESH_SECONDS),
    ]  # fmt: skip


def _send_evenly(plan: Plan, rate: float) -> None:
    Sending(msgspec.structs.replace(plan, rate=rate)).seen(may_refuse=True)


@contextmanager
def _measuring(port: int, key: str) -> Iterator[None]:
    """Ask for a heavy measure again and again; raises RuntimeError if one was not answered.

    The first is answered before anything else is done: it starts the worker.
    """
    answered: list[int] = []
    headers = {"authorization": sample.authorization(key)}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:

        def once() -> None:
            answered.append(client.get(HEAVY, headers=headers).status_code)

        once()
        with _again(once):
            yield
    if set(answered) != {200}:
        raise RuntimeError(f"measures were answered {sorted(set(answered))}")


@contextmanager
def _watching(port: int) -> Iterator[list[float]]:
    """Read every half second by how many seconds the archive is behind the log."""
    behind: list[float] = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:

        def once() -> None:
            found = _BEHIND.search(client.get("/metrics").text)
            assert found is not None, "the server no longer tells how fresh its archive is"
            behind.append(float(found[1]))
            time.sleep(0.5)

        with _again(once):
            yield behind


@contextmanager
def _again(once: Callable[[], None]) -> Iterator[None]:
    ended = Event()

    def go_on() -> None:
        while not ended.is_set():
            once()

    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(go_on)
        try:
            yield
        finally:
            ended.set()
        going.result()
