"""How much room the embedded engines take on the disk."""

from collections.abc import Iterable
from pathlib import Path

from wegweiser.workspace.engines import Engines


def sizes_of(engines: Engines) -> dict[str, int]:
    """Give the bytes of log, store, archive and outbox; nothing for what lives in memory.

    It looks at every file: run it in a thread.
    """
    folder = engines.folder
    if folder is None:
        return {}
    store = (folder.store.with_name(folder.store.name + end) for end in ("", "-wal", "-shm"))
    return {
        "log": _bytes(folder.log.rglob("*")),
        "store": _bytes(store),
        "archive": _bytes(folder.archive.rglob("*")),
        "outbox": _bytes(folder.outbox.rglob("*")),
    }


def _bytes(paths: Iterable[Path]) -> int:
    total = 0
    for path in paths:
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # it went while we looked
            continue
    return total
