"""A full disk: refused with 429, nothing acknowledged is lost, works again without a restart."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.road.server import exported, new_source, serving

SIZE = "24m"
PATIENCE_S = 60


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small disk in memory; skips where that is not allowed."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(tmp_path)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("a small tmpfs cannot be mounted here (it needs root)")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def post(client: httpx.Client, name: str, padding: str = "") -> int:
    event = {"userId": "u-1", "event": "Clicked", "messageId": name, "properties": {"p": padding}}
    return client.post("/v1/track", json=event).status_code


def test_a_full_disk_loses_nothing_and_heals_by_itself(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    folder = small_disk / "data"
    key = new_source(folder)["write_key"]
    with serving(folder) as server, server.client(key) as client:
        statuses = {name: post(client, name) for name in ("m-1", "m-2")}
        fill(ballast)
        for number in range(200):
            statuses[f"full-{number}"] = post(client, f"full-{number}", "x" * 20_000)
        assert set(statuses.values()) == {200, 429}
        refused = client.post("/v1/track", json={"userId": "u-1", "event": "Clicked"})
        if refused.status_code == 429:
            assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert client.get("/healthz").status_code == 200
        ballast.unlink()
        assert works_again(client, statuses)
        stored = {str(row["messageId"]) for row in exported(folder, "events")}
    acknowledged = {name for name, status in statuses.items() if status == 200}
    assert acknowledged <= stored


def fill(ballast: Path) -> None:
    with ballast.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 65_536)
                file.flush()
        except OSError:
            return


def works_again(client: httpx.Client, statuses: dict[str, int]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    number = 0
    while time.monotonic() < deadline:
        number += 1
        statuses[f"again-{number}"] = post(client, f"again-{number}")
        if statuses[f"again-{number}"] == 200:
            return True
        time.sleep(0.2)
    return False
