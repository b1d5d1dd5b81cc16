"""References without a server: bytes to disk, and the least that any fold must do."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from wegweiser.terms.event import Event


def bare_appends(folder: Path, body: bytes, appends: int) -> list[float]:
    """Append and sync one body again and again; gives the seconds that each took."""
    taken: list[float] = []
    handle = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for _ in range(appends):
            started = time.perf_counter()
            os.write(handle, body)
            getattr(os, "fdatasync", os.fsync)(handle)
            taken.append(time.perf_counter() - started)
        return taken
    finally:
        os.close(handle)


def bare_counts(events: Sequence[Event]) -> float:
    """Count events by visitor, day and name in plain dicts; gives events per second of a core."""
    counts: dict[tuple[str, int, str], int] = {}
    started = time.process_time()
    for event in events:
        key = (event.user_id or event.anonymous_id, event.at // 86_400_000, event.shown_name)
        counts[key] = counts.get(key, 0) + 1
    return len(events) / (time.process_time() - started)
