"""Somebody who sends good events one after the other, in a process of its own.

Takes address and key; ends when standard input does, and prints the milliseconds of each as JSON.
"""

import json
import subprocess
import sys
import threading
import time

import httpx

GOOD = {"event": "Demo Booked", "userId": "u-42"}
LEAST = 100
PAUSE_S = 0.01


class Neighbour:
    """Runs from its making until it is asked for its times."""

    def __init__(self, address: str, key: str):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.road.neighbour", address, key],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def times_ms(self) -> list[float]:
        """End it; give what every request took."""
        out, _ = self._process.communicate(timeout=120)
        assert self._process.returncode == 0, "a good request was not served"
        times = json.loads(out)
        assert isinstance(times, list)
        return times


def main() -> None:
    """Send until standard input ends, at least a hundred times."""
    address, key = sys.argv[1:]
    told = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        told.set()

    threading.Thread(target=wait, daemon=True).start()
    times: list[float] = []
    with httpx.Client(base_url=address, auth=(key, ""), timeout=60, trust_env=False) as client:
        while not told.is_set() or len(times) < LEAST:
            began = time.perf_counter()
            client.post("/v1/track", json=GOOD).raise_for_status()
            times.append((time.perf_counter() - began) * 1_000)
            time.sleep(PAUSE_S)
    print(json.dumps(times))


if __name__ == "__main__":
    main()
