"""Collecting over HTTP: a real server, a real disk, batches of 100 and single events."""

from pathlib import Path

import msgspec

from bench import rival, sample
from bench.figure import Figure
from bench.plan import BATCH_SIZE, Kind, Plan, Seen
from bench.process import Server, ask, echo, product, send, serving
from wegweiser.terms.json import JsonObject

CONNECTIONS: dict[Kind, int] = {"batch": 8, "single": 64}
GOALS: dict[Kind, float] = {"batch": 25_000.0, "single": 6_000.0}


class Size(msgspec.Struct, frozen=True):
    """How many requests a run sends of each kind."""

    batches: int
    singles: int
    decisions: int
    folded: int


def plan_of(kind: Kind, port: int, key: str, requests: int, series: str) -> Plan:
    """Plan requests as fast as they are answered."""
    return Plan(
        port=port,
        authorization=sample.authorization(key),
        kind=kind,
        series=series,
        requests=requests,
        connections=CONNECTIONS[kind],
    )


def measure(root: Path, size: Size) -> list[Figure]:
    """Measure both kinds with their references; every event must have been stored once."""
    key = str(ask("source", "create", "bench", "--data", str(root))["write_key"])
    found: list[Figure] = []
    counts: dict[Kind, int] = {"batch": size.batches, "single": size.singles}
    with serving(product(root)) as server, serving(echo()) as other:
        sent = 0
        for kind, requests in counts.items():
            send(plan_of(kind, server.port, key, requests // 5, f"warm-{kind}"))
            ours = _timed(server, plan_of(kind, server.port, key, requests, kind))
            bare = _timed(other, plan_of(kind, other.port, key, requests, kind))
            disk = rival.bare_appends(root, b"x" * round(ours[0].body_bytes), min(requests, 1000))
            found += figures(kind, ours, bare, len(disk) / sum(disk))
            sent += (requests + requests // 5) * (BATCH_SIZE if kind == "batch" else 1)
        check(ask("doctor", "--data", str(root)), sent)
    return found


def _timed(server: Server, plan: Plan) -> tuple[Seen, float]:
    """Run a plan; gives also the processor seconds that the server spent on a request."""
    before = server.busy_seconds()
    seen = send(plan)
    return seen, (server.busy_seconds() - before) / plan.requests


def check(doctor: JsonObject, sent: int) -> None:
    """A fast server that loses events has no figures worth printing."""
    if doctor["stored"] != sent or not doctor["healthy"]:
        raise RuntimeError(f"{sent} events were sent, but the server counts {doctor}")


def figures(
    kind: Kind, timed: tuple[Seen, float], echoed: tuple[Seen, float], disk: float
) -> list[Figure]:
    """Set a run beside the bare echo and the bare disk; `disk` in appends a second."""
    (ours, busy), (bare, echo_busy) = timed, echoed
    events = BATCH_SIZE if kind == "batch" else 1
    label = "batches of 100" if kind == "batch" else "single events"
    speed = ours.requests_per_second * events
    clients = f"{CONNECTIONS[kind]} clients"
    return [
        Figure(name=f"collect, {label}", value=speed, unit="events/s", least=GOALS[kind],
               reference=bare.requests_per_second * events, reference_name="bare ASGI echo"),
        Figure(name=f"collect, {label}", value=speed, unit="events/s",
               reference=disk * events, reference_name="bare append + fdatasync"),
        Figure(name=f"collect, {label}, ack p50, {clients}", value=ours.p50_ms, unit="ms",
               reference=bare.p50_ms, reference_name="bare ASGI echo"),
        Figure(name=f"collect, {label}, ack p99, {clients}", value=ours.p99_ms, unit="ms",
               reference=bare.p99_ms, reference_name="bare ASGI echo"),
        Figure(name=f"server's processor time, {label}", value=busy / events * 1e6,
               unit="us/event", reference=echo_busy / events * 1e6,
               reference_name="bare ASGI echo"),
        Figure(name=f"generator's share of a core, {label}", value=ours.busy_share, unit="cores"),
    ]  # fmt: skip
