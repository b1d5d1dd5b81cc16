"""Deciding among 1,000 messages: the pure choice, and over HTTP with its durable record."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

import wegweiser
from bench import rival, sample
from bench.collect import Size, plan_of
from bench.figure import Figure
from bench.plan import Plan, Seen
from bench.process import Sending, ask, echo, product, send, serving
from wegweiser.collect.ask import read_situation
from wegweiser.decide.pipeline import decide
from wegweiser.terms.json import Json

P50_MS, P99_MS = 1.0, 5.0
LOAD_EVENTS_PER_SECOND = 5_000
QUESTIONS_PER_SECOND = 100
# What the log keeps of one decision among 1,000 messages.
RECORD_BYTES = 16_384


def measure(root: Path, size: Size) -> list[Figure]:
    """Measure in process, over HTTP, and over HTTP while events arrive in batches."""
    bare, served = _served(root, size)
    return [*_pure(size, bare), *served]


def _pure(size: Size, bare: Seen) -> list[Figure]:
    p50, p99 = np.percentile(np.array(list(_choices(size.decisions))) * 1000, [50, 99]).tolist()
    return [
        Figure(name="decide, no IO, p50", value=p50, unit="ms", most=P50_MS,
               reference=bare.p50_ms, reference_name="bare ASGI echo"),
        Figure(name="decide, no IO, p99", value=p99, unit="ms", most=P99_MS,
               reference=bare.p99_ms, reference_name="bare ASGI echo"),
    ]  # fmt: skip


def _choices(count: int) -> Iterator[float]:
    """Decide for many people; yields the seconds that each choice took."""
    with wegweiser.open() as workspace:
        workspace.apply({"bench.yaml": sample.configuration()})
        workspace.load([one for one in sample.consents() if isinstance(one, dict)])
        site = workspace.site
        policy, snapshot, now = (
            site.unifier.policy,
            site.deciding.trainer.snapshot,
            site.clock.now_ms(),
        )
        for number in range(count + 100):
            body: Json = msgspec.json.decode(sample.question(number, "pure"))
            situation = read_situation(body)
            facts = site.views.facts(situation, policy)
            started = time.perf_counter()
            decision = decide(policy, snapshot, situation, facts, now, f"dec_{number}", b"key")
            spent = time.perf_counter() - started
            if decision.candidates != sample.MESSAGES or not decision.draws:
                raise RuntimeError("the bench no longer decides among all of its messages")
            if number >= 100:
                yield spent


def _served(root: Path, size: Size) -> tuple[Seen, list[Figure]]:
    keys = ask("source", "create", "bench", "--data", str(root))
    write_key, secret_key = str(keys["write_key"]), str(keys["secret_key"])
    file = root.parent / f"{root.name}.yaml"
    file.write_text(sample.configuration(), encoding="utf-8")
    ask("apply", str(file), "--data", str(root))
    _teach(root)
    with serving(product(root)) as server, serving(echo()) as other:
        port = server.port
        send(_questions(port, secret_key, 300, "warm"))
        quiet = send(_questions(port, secret_key, size.decisions, "quiet"))
        bare = send(_questions(other.port, secret_key, size.decisions, "quiet"))
        disk = rival.bare_appends(root, b"x" * RECORD_BYTES, min(size.decisions, 1000))
        batches = size.decisions // QUESTIONS_PER_SECOND * LOAD_EVENTS_PER_SECOND // 100
        load = plan_of("batch", port, write_key, batches, "beside")
        beside = Sending(msgspec.structs.replace(load, rate=LOAD_EVENTS_PER_SECOND / 100))
        busy = send(_questions(port, secret_key, size.decisions, "busy"))
        beside.seen()
    synced = np.percentile(np.array(disk) * 1000, [50, 99]).tolist()
    under = f", {LOAD_EVENTS_PER_SECOND:,} events/s arriving"
    return bare, [
        *_figures("", quiet, (bare.p50_ms, bare.p99_ms), "bare ASGI echo"),
        *_figures("", quiet, synced, "bare append + fdatasync"),
        *_figures(under, busy, (bare.p50_ms, bare.p99_ms), "bare ASGI echo"),
    ]


def _teach(root: Path) -> None:
    """Store traits and consent of everybody who will be asked about."""
    with wegweiser.open(root) as workspace:
        workspace.load([one for one in sample.consents() if isinstance(one, dict)])


def _questions(port: int, key: str, count: int, series: str) -> Plan:
    """Plan questions at a steady rate, as visitors ask them."""
    return Plan(
        port=port,
        authorization=sample.authorization(key),
        kind="decide",
        series=series,
        requests=count,
        # So many that no question waits in the generator for a free connection.
        connections=64,
        rate=QUESTIONS_PER_SECOND,
    )


def _figures(under: str, ours: Seen, bare: Sequence[float], name_of_bare: str) -> list[Figure]:
    name = f"decide over HTTP, logged{under}"
    return [
        Figure(name=f"{name}, p50", value=ours.p50_ms, unit="ms", reference=bare[0],
               reference_name=name_of_bare, most=P50_MS),
        Figure(name=f"{name}, p99", value=ours.p99_ms, unit="ms", reference=bare[1],
               reference_name=name_of_bare, most=P99_MS),
    ]  # fmt: skip
