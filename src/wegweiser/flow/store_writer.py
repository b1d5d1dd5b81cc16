"""Commits to the store in a thread of their own, each to its end."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from wegweiser.ports.operational_store import Change, OperationalStore


class StoreWriter:
    """One commit after the other; a cancelled caller still waits for the end of it."""

    def __init__(self, store: OperationalStore, in_threads: bool):
        """Engines in memory never block, so that a thread would only cost time."""
        self._store = store
        self._thread = ThreadPoolExecutor(1, "store-writer") if in_threads else None

    async def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes, synced, or none of them; raises what the store raises."""
        committing = asyncio.ensure_future(self._commit(tuple(changes)))
        try:
            await asyncio.shield(committing)
        except asyncio.CancelledError:
            await asyncio.wait({committing})
            raise

    async def _commit(self, changes: tuple[Change, ...]) -> None:
        if self._thread is None:
            self._store.commit(changes)
        else:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._store.commit, changes)

    def release(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._thread.shutdown()
