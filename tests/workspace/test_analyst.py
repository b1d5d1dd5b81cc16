"""The worker process of reports: it answers, and nobody waits for it at the end."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.flow.loops import on_a_loop
from wegweiser.workspace.analyst import WorkerAnalyst
from wegweiser.workspace.folder import Folder


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
    for _ in range(500):
        if gone(process_id):
            break
        await asyncio.sleep(0.02)
    assert gone(process_id)
