"""kill -9 under load: what was acknowledged is there once, and the profile is the fold."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Timer

import httpx
import pytest

from tests.road.server import Server, answer, exported, new_source

KILLS = 20
SENDERS = 4


def send_until_dead(address: str, key: str, sender: str, ended: Event) -> list[str]:
    """Send small batches, some twice; give the message ids that were acknowledged."""
    acknowledged: list[str] = []
    chance = random.Random(sender)
    with httpx.Client(base_url=address, auth=(key, ""), timeout=10, trust_env=False) as client:
        number = 0
        while not ended.is_set():
            names = [f"{sender}-{number}-{index}" for index in range(chance.randint(1, 20))]
            number += 1
            batch = [
                {
                    "type": "identify" if index == 0 else "track",
                    "event": "Clicked",
                    "messageId": name,
                    "userId": f"u-{chance.randint(1, 50)}",
                    "anonymousId": f"a-{chance.randint(1, 80)}",
                    "traits": {"step": number},
                    "timestamp": "2026-11-01T10:00:00Z",
                }
                for index, name in enumerate(names)
            ]
            try:
                for _ in range(chance.choice((1, 1, 2))):
                    if client.post("/v1/batch", json={"batch": batch}).status_code == 200:
                        acknowledged += names
            except httpx.HTTPError:
                break
    return acknowledged


def end(server: Server, ended: Event) -> None:
    """Kill the server, then let the senders go home."""
    server.kill()
    ended.set()


@pytest.mark.slow
def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    key = new_source(tmp_path)["write_key"]
    acknowledged: set[str] = set()
    chance = random.Random(7)
    for kill in range(KILLS):
        server = Server(tmp_path)
        ended = Event()
        timer = Timer(chance.uniform(0.05, 1.2), end, (server, ended))
        timer.start()
        with ThreadPoolExecutor(SENDERS) as pool:
            sent = [
                pool.submit(send_until_dead, server.address, key, f"k{kill}-s{sender}", ended)
                for sender in range(SENDERS)
            ]
            for result in sent:
                acknowledged |= set(result.result())
        timer.join()
    stored = Counter(str(row["messageId"]) for row in exported(tmp_path, "events"))
    doctor = answer("doctor", "--data", str(tmp_path))
    assert acknowledged, "no batch was ever acknowledged"
    assert acknowledged - stored.keys() == set()
    assert [name for name, count in stored.items() if count != 1] == []
    assert doctor["stored"] == len(stored)
    assert doctor["healthy"] is True
    assert answer("hash", "--data", str(tmp_path)) == answer("rebuild", "--data", str(tmp_path))
