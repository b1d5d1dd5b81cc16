"""The worker process of reports: it answers, and nobody waits for it at the end."""

import asyncio
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from tests.flow.loops import on_a_loop
from wegweiser.workspace.analyst import WorkerAnalyst
from wegweiser.workspace.folder import Folder

pytestmark = pytest.mark.usefixtures("shipped_start")


def gone(process_id: int) -> bool:
    """Tell whether a process is no more; one that ended and was not asked for counts as gone."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
@on_a_loop
async def test_who_stops_does_not_wait_for_a_report(tmp_path: Path) -> None:
    analyst = WorkerAnalyst(Folder(tmp_path))
    try:
        assert await analyst.measures()
        process_id = await asyncio.wrap_future(analyst.process_id)
        os.kill(process_id, signal.SIGSTOP)  # a report that takes for ever
        asked = asyncio.ensure_future(analyst.measures())
        while not analyst.at_work:
            await asyncio.sleep(0.01)
        asked.cancel()
        await asyncio.wait([asked])
    finally:
        analyst.close()
    for _ in range(3_000):
        if gone(process_id):
            break
        await asyncio.sleep(0.02)
    assert gone(process_id)


@on_a_loop
async def test_a_worker_that_is_still_starting_is_not_waited_for(tmp_path: Path) -> None:
    analyst = WorkerAnalyst(Folder(tmp_path))
    before = set(multiprocessing.active_children())
    asked = asyncio.ensure_future(analyst.measures())
    await asyncio.sleep(0)
    [worker] = set(multiprocessing.active_children()) - before
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)  # a start that takes for ever
    while not analyst.at_work:
        await asyncio.sleep(0.01)
    asked.cancel()
    await asyncio.wait([asked])
    analyst.close()
    await asyncio.to_thread(worker.join, 60)
    assert not worker.is_alive()
