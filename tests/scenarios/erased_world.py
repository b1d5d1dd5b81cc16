"""A workspace in a folder whose person is full of words that can be looked for."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from wegweiser.terms.json import JsonObject
from wegweiser.workspace.workspace import Workspace

CANARIES = ("canary-ada", "canary-phone", "canary@buyer.example", "canary lovelace", "canary note")
BEFORE = "2026-01-05T10:00:00Z"


def ada(number: int, **more: object) -> JsonObject:
    """Write an event of Ada, full of what must not survive."""
    event: JsonObject = {
        "type": "track",
        "messageId": f"canary-ada-{number}",
        "userId": "canary-ada",
        "event": "Demo Booked",
        "properties": {"note": "Canary Note", "topic": "security"},
        "timestamp": BEFORE,
        "context": {"consent": {"categoryPreferences": {"measurement": True}}},
    }
    return event | more  # type: ignore[operator]


HISTORY: list[JsonObject] = [
    ada(1),
    ada(2, type="page", anonymousId="canary-phone", name="Prices"),
    ada(3, type="identify", traits={"email": "Canary@Buyer.example", "name": "Canary Lovelace"}),
    ada(4, type="group", groupId="acme"),
    ada(5, type="track", event=7),
]
OTHERS: list[JsonObject] = [
    ada(20 + number, userId="bob", messageId=f"bob-{number}", properties={"topic": "price"})
    for number in range(3)
]


def places_of_canaries(root: Path) -> list[str]:
    """Give every file below a folder that still holds one of Ada's words, in either case."""
    return sorted({str(path) for path in _files(root) if _holds(path.read_bytes())})


def _files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())


def _holds(content: bytes) -> bool:
    lower = content.lower()
    # Ids of SQLite pages and Parquet dictionaries hold texts as they are.
    return any(word.encode() in lower for word in CANARIES)


def archived(workspace: Workspace) -> None:
    """Bring the archive up to everything that was accepted."""
    site = workspace.site
    workspace.wait(site.analyst.catch_up(workspace.wait(site.intake.settle())))


def put_back(backup: Path, folder: Path) -> None:
    """Restore a backup as an operator does: all of it, but the newest keys and erasure list."""
    for name in ("erasure.key", "receipt.key", "erased.list"):
        if (folder / name).exists():
            shutil.copy(folder / name, backup / name)
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
