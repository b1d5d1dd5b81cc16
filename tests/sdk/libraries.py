"""The server libraries under test: how each sends, and what must be true of what it sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.road.proxy import Fault
from tests.road.server import answer
from tests.sdk import node_clients, python_clients
from tests.sdk.plan import KINDS, Call, Manner, differences

CALM = Manner(upload_size=100, timeout_seconds=15)
HASTY = Manner(upload_size=20, timeout_seconds=4)
MISHAPS = (Fault.BUSY, *(Fault.AWAY, Fault.RESET, Fault.LOST, Fault.SLOW) * 2)


@dataclass(frozen=True)
class Library:
    """A client library: how it sends, what it calls itself, which faults it can survive."""

    send: Callable[[str, str, list[Call], Manner, Path], list[str]]
    calls_itself: str
    mishaps: tuple[Fault, ...] = (*MISHAPS, Fault.SILENT)


def _python(
    send: Callable[[str, str, Iterable[Call], Manner], list[str]],
) -> Callable[..., list[str]]:
    def sent(address: str, key: str, planned: list[Call], manner: Manner, _: Path) -> list[str]:
        return send(address, key, planned, manner)

    return sent


def _node(name: str, script: str) -> Callable[..., list[str]]:
    def sent(
        address: str, key: str, planned: list[Call], manner: Manner, folder: Path
    ) -> list[str]:
        file = node_clients.written(planned, folder)
        return node_clients.send(
            name, script, file, address, key, manner.upload_size, manner.timeout_seconds
        )

    return sent


LIBRARIES = {
    "segment-analytics-python": Library(_python(python_clients.segment), "analytics-python"),
    "rudder-sdk-python": Library(_python(python_clients.rudderstack), "analytics-python"),
    "@segment/analytics-node": Library(
        _node("@segment/analytics-node", "segment.js"), "@segment/analytics-node"
    ),
    # Release 2.1: the key stands in the body only.
    "segment-analytics-node-before": Library(
        _node("segment-analytics-node-before", "segment.js"), "@segment/analytics-node"
    ),
    # Without a limit of its own it waits for a silent server for ever; with one it gives up.
    "@rudderstack/rudder-sdk-node": Library(
        _node("@rudderstack/rudder-sdk-node", "rudderstack.js"), "analytics-node", MISHAPS
    ),
}


def assert_stored_as_sent(
    library: Library, planned: list[Call], rows: list[dict[str, Any]], started: datetime
) -> None:
    assert differences(planned, rows, started, timedelta(seconds=30)) == []
    assert {row["type"] for row in rows} == set(KINDS)
    assert {row["context"]["library"]["name"] for row in rows} == {library.calls_itself}


def assert_counts(folder: Path, stored: int) -> int:
    counts = answer("doctor", "--data", str(folder))
    assert counts["stored"] == stored
    assert (counts["quarantined"], counts["suppressed"], counts["dropped"]) == (0, 0, 0)
    assert counts["healthy"] is True
    return int(str(counts["duplicate"]))
