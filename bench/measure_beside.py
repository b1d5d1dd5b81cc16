"""Decisions while the worker is busy with a heavy measure: does a report slow a decision?"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from bench import sample
from bench.collect import plan_of
from bench.decide import QUESTIONS_PER_SECOND, teach
from bench.figure import Figure
from bench.plan import BATCH_SIZE, Plan
from bench.process import Sending, ask, product, send, serving

CANDIDATES = 100
BATCHES_PER_SECOND = 20.0
HEAVY = "/v1/measures/web.dwell"


def measure_beside(root: Path, events: int, decisions: int) -> list[Figure]:
    """Decide at an even pace, first alone, then while one measure follows the other."""
    keys = ask("source", "create", "bench", "--data", str(root))
    write_key, secret_key = str(keys["write_key"]), str(keys["secret_key"])
    reading = ask("key", "create", "bench", "--scope", "export", "--data", str(root))
    file = root.parent / f"{root.name}.yaml"
    file.write_text(sample.configuration(), encoding="utf-8")
    ask("apply", str(file), "--data", str(root))
    teach(root)
    with serving(product(root)) as server:
        load = plan_of("batch", server.port, write_key, events // BATCH_SIZE, "measured")
        # At a pace that it can keep up with: nothing is to wait when the questions come.
        Sending(msgspec.structs.replace(load, rate=BATCHES_PER_SECOND)).seen(may_refuse=True)
        asked = Plan(
            port=server.port,
            authorization=sample.authorization(secret_key),
            kind="decide",
            series="alone",
            requests=decisions,
            connections=64,
            rate=QUESTIONS_PER_SECOND,
            candidates=CANDIDATES,
        )
        send(msgspec.structs.replace(asked, series="warm", requests=300))
        alone = send(asked)
        with _measuring(server.port, str(reading["key"])) as answered:
            beside = send(msgspec.structs.replace(asked, series="beside"))
    return [
        Figure(
            name=f"decide over HTTP, logged, p99, beside {len(answered)} measures of {events:,}",
            value=beside.p99_ms,
            unit="ms",
            reference=alone.p99_ms,
            reference_name="the same alone",
        ),
    ]


@contextmanager
def _measuring(port: int, key: str) -> Iterator[list[int]]:
    """Ask for a heavy measure again and again; gives how each was answered."""
    answered: list[int] = []
    ended = threading.Event()

    def again() -> None:
        headers = {"authorization": sample.authorization(key)}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:
            while not ended.is_set():
                answered.append(client.get(HEAVY, headers=headers).status_code)

    asking = threading.Thread(target=again)
    asking.start()
    try:
        yield answered
    finally:
        ended.set()
        asking.join()
        if set(answered) != {200}:
            raise RuntimeError(f"measures were answered {sorted(set(answered))}")
