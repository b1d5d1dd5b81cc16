"""A crowd of idle and slow connections: the others are served, and the crowd is sent home."""

import asyncio
import json
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.road.aftermath import memory_mb
from tests.road.crowd import (
    Habit,
    a_byte_per_second,
    half_a_body,
    line_ends_per_second,
    nothing,
    raise_limit,
    seconds_until_closed,
)
from tests.road.neighbour import Neighbour
from tests.road.server import Server, new_source, serving

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="needs 127.0.0.2 and /proc, as on Linux"
)
LONGEST_S = 40.0
MOST_GROWTH_MB = 200.0


def p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def amid_a_crowd(server: Server, key: str, habits: list[Habit]) -> dict[str, float]:
    """Let a crowd in while a neighbour goes on sending; give the figures."""
    base = Neighbour(server.address, key).times_ms()
    neighbour = Neighbour(server.address, key)
    before_mb = memory_mb(server)
    with_all_mb: list[float] = []
    seconds = asyncio.run(
        seconds_until_closed(
            server.address, key, habits, lambda: with_all_mb.append(memory_mb(server))
        )
    )
    amid = neighbour.times_ms()
    return {
        "connections": len(habits),
        "longest_s": max(seconds),
        "growth_mb": max(*with_all_mb, memory_mb(server)) - before_mb,
        "others": len(amid),
        "base_p99_ms": p99(base),
        "amid_p99_ms": p99(amid),
    }


def bear(folder: Path, idle: int, slow: int) -> None:
    """Serve a folder amid a crowd of this size, and hold the figures against the limits."""
    if not raise_limit(idle + slow):
        pytest.skip(f"this machine lets a process open fewer than {idle + slow} connections")
    (folder / "settings.json").write_text(json.dumps({"connections_per_address": 2_000}))
    key = new_source(folder)["write_key"]
    waiting: list[Habit] = [half_a_body] * (idle - idle // 10) + [nothing] * (idle // 10)
    dripping: list[Habit] = [a_byte_per_second] * (slow - slow // 10)
    dripping += [line_ends_per_second] * (slow // 10)
    with serving(folder) as server:
        figures = amid_a_crowd(server, key, [*waiting, *dripping])
    print(figures)
    assert figures["longest_s"] <= LONGEST_S
    assert figures["growth_mb"] <= MOST_GROWTH_MB


def test_a_small_crowd(tmp_path: Path) -> None:
    bear(tmp_path, idle=400, slow=80)


@pytest.mark.sweep
def test_ten_thousand_idle_and_two_thousand_slow(tmp_path: Path) -> None:
    bear(tmp_path, idle=10_000, slow=2_000)


def test_one_address_may_hold_only_so_many(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"connections_per_address": 20}))
    with serving(tmp_path) as server:
        where = urlsplit(server.address)
        target = (str(where.hostname), int(where.port or 0))
        held = [connection(target, "127.0.0.2") for _ in range(20)]
        one_more = connection(target, "127.0.0.2")
        told = one_more.recv(65_536)
        assert told.startswith(b"HTTP/1.1 429 ")
        assert b"\r\nretry-after: " in told
        assert asked(connection(target, "127.0.0.3")).startswith(b"HTTP/1.1 200 ")
        assert asked(held.pop()).startswith(b"HTTP/1.1 200 ")
        for open_one in (*held, one_more):
            open_one.close()
        assert served_again(target)


def connection(target: tuple[str, int], source: str) -> socket.socket:
    return socket.create_connection(target, timeout=60, source_address=(source, 0))


def asked(line: socket.socket) -> bytes:
    """Ask over an open connection whether the server lives, and hang up."""
    with line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return line.recv(65_536)


def served_again(target: tuple[str, int]) -> bool:
    """Tell whether the address is let in again within a while, once its connections are gone."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if asked(connection(target, "127.0.0.2")).startswith(b"HTTP/1.1 200 "):
            return True
    return False
