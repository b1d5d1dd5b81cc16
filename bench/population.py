"""Many persons at once: `python -m bench.population --persons 200000` tells time and memory."""

import argparse
import contextlib
import gc
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bench.process import product, serving
from wegweiser.collect.decode import decode
from wegweiser.collect.read import read_request
from wegweiser.collect.route import route_of
from wegweiser.flow.unify import Unifier
from wegweiser.log.record import encode
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.record import Collected
from wegweiser.terms.source import SECRET_SCOPES, Caller, Trust
from wegweiser.web.server import spare_the_hot_path
from wegweiser.workspace.engines import Engines, embedded

EVENTS_EACH = 10
PERSONS_PER_RECORD = 10
RECORDS_PER_COMMIT = 500
PERSONS_PER_ACCOUNT = 50
DAYS = 30
SHOWN = 20
MB = 1_000_000
_CALLER = Caller("bench", "live", Trust.SERVER, SECRET_SCOPES)


def events_of(number: int, persons: int, now: int) -> Iterator[JsonObject]:
    """Make ten events of one person over 30 days: half sign in, a fifth of these have an account.

    >>> [one["type"] for one in events_of(1, 10, 0)].count("page")
    6
    """
    device = f"3f0c9a52-77aa-4d1e-9c41-{number:012}"
    signed_in = number % 2 == 1
    for step in range(EVENTS_EACH):
        at = now - DAYS * DAY_MS + (step * DAYS // EVENTS_EACH) * DAY_MS + number % DAY_MS
        made: JsonObject = {
            "messageId": f"p-{number:08}-{step}",
            "anonymousId": device,
            "timestamp": format_instant(at),
        }
        if signed_in and step >= EVENTS_EACH // 2:
            made["userId"] = f"user-{number}"
        path = f"/{('pricing', 'security', 'support')[step % 3]}/guide-{number % 40}"
        made |= {"type": "page", "properties": {"path": path}}
        if step in (3, 8):
            made |= {"type": "track", "event": "Whitepaper Downloaded", "properties": {}}
        if step == 5:
            traits: JsonObject = {"email": f"somebody-{number}@mail.invented.net", "seats": number}
            made |= {"type": "identify", "traits": traits if signed_in else {"plan": "free"}}
        if step == 6 and signed_in and number % 10 == 1:
            made |= {
                "type": "group",
                "groupId": f"g-{number % max(1, persons // PERSONS_PER_ACCOUNT)}",
            }
        elif step == 6:
            made |= {"type": "track", "event": "Demo Booked", "properties": {}}
        yield made


def records(persons: int, now: int) -> Iterator[Collected]:
    """Read the events of all persons, as the collect route does from a secret key.

    Records come a millisecond apart, the last of them now.
    """
    route = route_of("POST", "/v1/batch")
    received_at = now - persons // PERSONS_PER_RECORD
    for first in range(0, persons, PERSONS_PER_RECORD):
        received_at += 1
        numbers = range(first, min(first + PERSONS_PER_RECORD, persons))
        batch = [event for number in numbers for event in events_of(number, persons, now)]
        body = decode(msgspec.json.encode({"batch": batch}), route.batch)
        read = read_request(
            body, route, _CALLER, received_at, lambda: "unused", source_of_key=lambda key: None
        )
        yield read.record


def fill(root: Path, persons: int, weighed: bool) -> None:
    """Write and fold everything into a folder; also tells what is in memory after that."""
    spare_the_hot_path()
    engines = embedded(root, Settings())
    now = time.time_ns() // MB
    started = time.perf_counter()
    try:
        unifier = Unifier(engines.store, Settings().cells_in_memory)
        group: list[Collected] = []
        for number, record in enumerate(records(persons, now), 1):
            group.append(record)
            if len(group) == RECORDS_PER_COMMIT:
                _take(engines, unifier, group)
                _tell(number * PERSONS_PER_RECORD, persons, started)
        _take(engines, unifier, group)
        if unifier.tally.stored != persons * EVENTS_EACH:
            raise RuntimeError(f"events were lost: {msgspec.to_builtins(unifier.tally)}")
        speed = persons * EVENTS_EACH / (time.perf_counter() - started)
        print(f"\nfilled at {speed:,.0f} events/s", flush=True)
        if weighed:
            tell_weights("while events come in", unifier, persons)
    finally:
        engines.close()


def _take(engines: Engines, unifier: Unifier, group: list[Collected]) -> None:
    if group:
        first = engines.log.append([encode(record) for record in group])
        for position, record in enumerate(group, first):
            for _ in unifier.fold(position, record):
                pass
        engines.store.commit(unifier.drain())
        unifier.evict()
        group.clear()


def _tell(done: int, persons: int, started: float) -> None:
    speed = done * EVENTS_EACH / (time.perf_counter() - started)
    print(f"\r{done:,} of {persons:,} persons, {speed:,.0f} events/s", end="", file=sys.stderr)


def start(root: Path, persons: int) -> None:
    """Start the server on a folder; tells the time to ready and the memory then and at most."""
    started = time.perf_counter()
    with serving(product(root)) as server:
        ready_s = time.perf_counter() - started
        busy_s = server.busy_seconds()
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
        told = dict(line.split(":", 1) for line in status.splitlines())
        resident, most = _bytes(told["VmRSS"]), _bytes(told["VmHWM"])
    print(f"ready after {ready_s:.1f} s, of which {busy_s:.1f} s of processor time")
    print(f"resident {resident / MB:,.0f} MB, at most {most / MB:,.0f} MB")
    print(f"resident per person {resident / persons:,.0f} bytes", flush=True)


def _bytes(kilobytes: str) -> int:
    return int(kilobytes.split(maxsplit=1)[0]) * 1024


def weigh(root: Path, persons: int) -> None:
    """Load what a server holds of a folder, and tell the bytes of each structure."""
    engines = embedded(root, Settings())
    try:
        unifier = Unifier(engines.store, Settings().cells_in_memory)
        tell_weights("after a start", unifier, persons)
    finally:
        engines.close()


def tell_weights(when: str, unifier: Unifier, persons: int) -> None:
    """Print the largest structures of a fold, each without what stands above it."""
    # The engines are no part of it.
    seen = {id(unifier)} | {id(part) for part in (*_engines_of(unifier),)}
    found: dict[str, int] = {}
    for name, part in _parts("", vars(unifier), 3):
        found[name] = found.get(name, 0) + _bytes_of(part, seen)
    print(f"\n{when}:")
    for name, size in sorted(found.items(), key=lambda one: -one[1])[:SHOWN]:
        print(f"{size / persons:10,.1f} bytes a person {size / MB:9,.1f} MB  {name}")


def _engines_of(unifier: Unifier) -> Iterator[object]:
    for part in (unifier, *vars(unifier).values()):
        if hasattr(part, "__dict__"):
            yield from (value for name, value in vars(part).items() if name.endswith("store"))


def _parts(
    prefix: str, attributes: Mapping[str, object], depth: int
) -> Iterator[tuple[str, object]]:
    """Yield what an object holds by name; of what is ours, its own attributes instead."""
    for name, part in attributes.items():
        own = type(part).__module__.startswith("wegweiser") and hasattr(part, "__dict__")
        if own and depth:
            yield from _parts(f"{prefix}{name.strip('_')}.", vars(part), depth - 1)
        else:
            yield prefix + name.strip("_"), part


def _bytes_of(part: object, seen: set[int]) -> int:
    """Add up an object and all that only it was found to hold; classes and modules not."""
    total, waiting = 0, [part]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type) or type(one).__name__ in _SHARED:
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        waiting += gc.get_referents(one)
    return total


_SHARED = frozenset({"module", "function", "method", "builtin_function_or_method"})


def main() -> None:
    """Fill a folder, start a server on it, and print what that took."""
    parser = argparse.ArgumentParser(prog="python -m bench.population", description=__doc__)
    parser.add_argument("--persons", type=int, default=200_000)
    parser.add_argument("--data", type=Path, help="keep the folder here; one that is there is used")
    parser.add_argument("--weigh", action="store_true", help="also weigh every structure (slow)")
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        root = chosen.data or Path(stack.enter_context(_made()))
        if not (root / "log").exists():
            fill(root, chosen.persons, chosen.weigh)
        start(root, chosen.persons)
        if chosen.weigh:
            weigh(root, chosen.persons)


def _made() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bench-")


if __name__ == "__main__":
    main()
