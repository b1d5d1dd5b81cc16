"""The latency goals of a release: eight clients that ask again as soon as they are answered."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

import wegweiser
from bench import sample
from bench.figure import Figure
from bench.plan import BATCH_SIZE, Kind, Plan, Seen
from bench.process import Server, product, send, serving

CLIENTS = 8
# So many requests are made before the clock starts again.
REQUESTS = 2_000


class Case(msgspec.Struct, frozen=True):
    """What is asked, and the goals: p50 and p99 in ms, and how much a second of one core does."""

    name: str
    kind: Kind
    p50_ms: float
    p99_ms: float
    per_second: float
    candidates: int = 100


CASES = (
    Case("decide, 100 candidates", "decide", 10.0, 25.0, 100.0),
    Case("decide, 1,000 candidates", "decide", 25.0, 60.0, 25.0, 1_000),
    Case("one flag, 100 candidates", "flag", 11.0, 28.0, 100.0),
    Case("100 outcomes", "outcomes", 10.0, 30.0, 10_000.0),
)


class Found(msgspec.Struct, frozen=True):
    """What the clients of one case saw in all, and the processor seconds of the server."""

    case: Case
    requests: int
    refused: int
    seconds: float
    busy_seconds: float
    p50_ms: float
    p99_ms: float


def measure(
    root: Path, seconds: float, requests: int = REQUESTS, cases: Sequence[Case] = CASES
) -> Iterator[Found]:
    """Ask all cases, each for at least so many seconds in runs of so many requests."""
    counts = {case.candidates for case in cases}
    with wegweiser.open(root) as workspace:
        key = workspace.site.callers.create("bench").secret_key
        workspace.apply({"bench.yaml": sample.configuration(counts)})
        workspace.load([one for one in sample.consents() if isinstance(one, dict)])
    with serving(product(root)) as server:
        for case in cases:
            yield _loop(server, key, case, seconds, requests)


def _loop(server: Server, key: str, case: Case, seconds: float, requests: int) -> Found:
    plan = Plan(
        port=server.port,
        authorization=sample.authorization(key),
        kind=case.kind,
        series=f"warm-{case.name}",
        requests=max(requests // 10, CLIENTS),
        connections=CLIENTS,
        candidates=case.candidates,
    )
    send(plan)
    before, until = server.busy_seconds(), time.monotonic() + seconds
    runs: list[Seen] = []
    while not runs or time.monotonic() < until:
        series = f"{case.name}-{len(runs)}"
        runs.append(send(msgspec.structs.replace(plan, series=series, requests=requests)))
    return _together(case, runs, server.busy_seconds() - before)


def _together(case: Case, runs: Sequence[Seen], busy_seconds: float) -> Found:
    """Join runs: the middle of their p50, and the highest p99 that any of them had."""
    middle = sorted(run.p50_ms for run in runs)[len(runs) // 2]
    return Found(
        case,
        sum(run.requests for run in runs),
        sum(run.refused for run in runs),
        sum(run.seconds for run in runs),
        busy_seconds,
        middle,
        max(run.p99_ms for run in runs),
    )


def figures(found: Found) -> list[Figure]:
    """Give the figures of a case beside its goals."""
    case = found.case
    units = BATCH_SIZE if case.kind == "outcomes" else 1
    name = f"{case.name}, {CLIENTS} clients"
    told = [
        Figure(name=f"{name}, p50", value=found.p50_ms, unit="ms", most=case.p50_ms),
        Figure(name=f"{name}, p99", value=found.p99_ms, unit="ms", most=case.p99_ms),
    ]
    if found.busy_seconds:
        done = found.requests * units / found.busy_seconds
        rate = Figure(name=f"{name}, of one core", value=done, unit="1/s", least=case.per_second)
        told.append(rate)
    return told
