"""Deciding among 100 and 1,000 messages: the pure choice, and over HTTP with its durable record."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

import wegweiser
from bench import rival, sample
from bench.collect import Size, plan_of
from bench.figure import Figure
from bench.plan import BATCH_SIZE, Plan, Seen
from bench.process import Sending, Server, ask, echo, product, send, serving
from wegweiser.collect.ask import read_situation
from wegweiser.decide.facts import Facts
from wegweiser.decide.pipeline import decide
from wegweiser.terms.json import Json, JsonObject

P50_MS = 1.0
P99_MS = {100: 5.0, 1_000: 10.0}
DECISIONS_PER_SECOND = 1_500.0
LOAD_EVENTS_PER_SECOND = 10_000
QUESTIONS_PER_SECOND = 100
CLIENTS = 8
WARM = 100
# What the log keeps of one decision, by the number of candidates.
RECORD_BYTES = {100: 4_096, 1_000: 16_384}


def measure(root: Path, size: Size) -> list[Figure]:
    """Measure in process, over HTTP, and over HTTP while events arrive in batches."""
    served, bare = _served(root, size)
    pure = [
        figure
        for count in P99_MS
        for alike in (True, False)
        for figure in _pure(count, alike, size, bare[count])
    ]
    return [*pure, *served]


def _pure(count: int, alike: bool, size: Size, bare: Seen) -> list[Figure]:
    spent, busy = zip(*_choices(count, alike, size.decisions), strict=True)
    p50, p99 = np.percentile(np.array(spent) * 1000, [50, 99]).tolist()
    name = f"decide, {count:,} candidates, no IO" + ("" if alike else ", nobody alike")
    echo_of = "bare ASGI echo"
    return [
        Figure(name=f"{name}, p50", value=p50, unit="ms", most=P50_MS,
               reference=bare.p50_ms, reference_name=echo_of),
        Figure(name=f"{name}, p99", value=p99, unit="ms", most=P99_MS[count],
               reference=bare.p99_ms, reference_name=echo_of),
        Figure(name=f"{name}, of one core", value=len(busy) / sum(busy), unit="decisions/s",
               least=DECISIONS_PER_SECOND),
    ]  # fmt: skip


def _choices(count: int, alike: bool, decisions: int) -> Iterator[tuple[float, float]]:
    """Decide for many people; yields wall and processor seconds of each choice.

    Visitors of whom little is known are `alike`, so that much of them is remembered; else each
    has interests as nobody else.
    """
    with wegweiser.open() as workspace:
        workspace.apply({"bench.yaml": sample.configuration()})
        workspace.load([one for one in sample.consents() if isinstance(one, dict)])
        site = workspace.site
        policy, snapshot = site.unifier.policy, site.deciding.trainer.snapshot
        now = site.clock.now_ms()
        for number in range(decisions + WARM):
            body: Json = msgspec.json.decode(sample.question(number, "pure", count))
            situation = read_situation(body)
            facts = site.views.facts(situation, policy)
            if not alike:
                facts = _unlike_others(facts, number)
            started, began = time.perf_counter(), time.thread_time()
            decision = decide(policy, snapshot, situation, facts, now, f"dec_{number}", b"key")
            busy, spent = time.thread_time() - began, time.perf_counter() - started
            if decision.candidates != count or not (decision.draws or decision.reason):
                raise RuntimeError("the bench no longer decides among all of its messages")
            if number >= WARM:
                yield spent, busy


def _unlike_others(facts: Facts, number: int) -> Facts:
    interests: JsonObject = dict.fromkeys(sample.TOPICS[:3], 0.1 + number / 1000000.0)
    return msgspec.structs.replace(facts, person={**facts.person, "interests": interests})


def _served(root: Path, size: Size) -> tuple[list[Figure], dict[int, Seen]]:
    keys = ask("source", "create", "bench", "--data", str(root))
    write_key, secret_key = str(keys["write_key"]), str(keys["secret_key"])
    file = root.parent / f"{root.name}.yaml"
    file.write_text(sample.configuration(), encoding="utf-8")
    ask("apply", str(file), "--data", str(root))
    teach(root)
    found: list[Figure] = []
    echoed: dict[int, Seen] = {}
    with serving(product(root)) as server, serving(echo()) as other:
        for count in P99_MS:
            asked = _questions(server.port, secret_key, size.decisions, "quiet", count)
            send(msgspec.structs.replace(asked, series=f"warm-{count}", requests=300))
            quiet = send(msgspec.structs.replace(asked, series=f"quiet-{count}"))
            bare = send(msgspec.structs.replace(asked, port=other.port))
            disk = rival.bare_appends(root, b"x" * RECORD_BYTES[count], min(size.decisions, 1000))
            synced = np.percentile(np.array(disk) * 1000, [50, 99]).tolist()
            echoed[count] = bare
            found += _figures(count, "", quiet, (bare.p50_ms, bare.p99_ms), "bare ASGI echo")
            found += _figures(count, "", quiet, synced, "bare append + fdatasync")
            found += _fastest(server, other, asked, count)
            busy, taken = _beside_events(server, write_key, asked, count)
            under = f", {LOAD_EVENTS_PER_SECOND:,} events/s arriving"
            found += _figures(count, under, busy, (bare.p50_ms, bare.p99_ms), "bare ASGI echo")
            found.append(taken)
    return found, echoed


def _fastest(server: Server, other: Server, asked: Plan, count: int) -> list[Figure]:
    """Ask again as soon as there is an answer, from a few clients."""
    closed = msgspec.structs.replace(asked, rate=0.0, connections=CLIENTS, series=f"closed-{count}")
    before = server.busy_seconds(), other.busy_seconds()
    ours = send(closed)
    bare = send(msgspec.structs.replace(closed, port=other.port))
    spent, echoed = server.busy_seconds() - before[0], other.busy_seconds() - before[1]
    name = f"decide, {count:,} candidates, over HTTP, logged"
    found = [
        Figure(name=f"{name}, {CLIENTS} clients", value=ours.requests_per_second,
               unit="decisions/s", reference=bare.requests_per_second,
               reference_name="bare ASGI echo", least=DECISIONS_PER_SECOND),
    ]  # fmt: skip
    if spent:
        per_core = closed.requests / spent
        found += [
            Figure(name=f"{name}, of one core", value=per_core, unit="decisions/s",
                   reference=closed.requests / echoed if echoed else None,
                   reference_name="bare ASGI echo"),
            Figure(name=f"server's processor time, decide, {count:,} candidates",
                   value=1e6 / per_core, unit="us/decision",
                   reference=echoed / closed.requests * 1e6, reference_name="bare ASGI echo"),
        ]  # fmt: skip
    return found


def _beside_events(server: Server, write_key: str, asked: Plan, count: int) -> tuple[Seen, Figure]:
    """Ask at the same pace while another process sends events; tells how many were taken."""
    batches = asked.requests // QUESTIONS_PER_SECOND * LOAD_EVENTS_PER_SECOND // BATCH_SIZE
    load = plan_of("batch", server.port, write_key, batches, f"beside-{count}")
    beside = Sending(msgspec.structs.replace(load, rate=LOAD_EVENTS_PER_SECOND / BATCH_SIZE))
    busy = send(msgspec.structs.replace(asked, series=f"busy-{count}"))
    events = beside.seen(may_refuse=True)
    taken = (events.requests - events.refused) * BATCH_SIZE / events.seconds
    name = f"events taken beside decisions among {count:,}"
    return busy, Figure(
        name=name, value=taken, unit="events/s", least=0.98 * LOAD_EVENTS_PER_SECOND,
        reference=LOAD_EVENTS_PER_SECOND, reference_name="sent a second",
    )  # fmt: skip


def teach(root: Path) -> None:
    """Store traits and consent of everybody who will be asked about."""
    with wegweiser.open(root) as workspace:
        workspace.load([one for one in sample.consents() if isinstance(one, dict)])


def _questions(port: int, key: str, requests: int, series: str, candidates: int) -> Plan:
    """Plan questions at a steady rate, as visitors ask them."""
    return Plan(
        port=port,
        authorization=sample.authorization(key),
        kind="decide",
        series=series,
        requests=requests,
        # So many that no question waits in the generator for a free connection.
        connections=64,
        rate=QUESTIONS_PER_SECOND,
        candidates=candidates,
    )


def _figures(
    count: int, under: str, ours: Seen, bare: Sequence[float], name_of_bare: str
) -> list[Figure]:
    name = f"decide, {count:,} candidates, over HTTP, logged{under}"
    return [
        Figure(name=f"{name}, p50", value=ours.p50_ms, unit="ms", reference=bare[0],
               reference_name=name_of_bare, most=P50_MS),
        Figure(name=f"{name}, p99", value=ours.p99_ms, unit="ms", reference=bare[1],
               reference_name=name_of_bare, most=P99_MS[count]),
    ]  # fmt: skip
