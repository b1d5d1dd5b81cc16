"""Files that were sent on a page, in a folder: a load outlives the server, its file does not."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from wegweiser.settings import Settings
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.site import Site
from wegweiser.workspace.uploading import begin_load, take_in
from wegweiser.workspace.uploads import Upload
from wegweiser.workspace.work import Work

ROWS = 3_000
FILE = b"userId,event\n" + b"".join(b"u-%d,Looked\n" % number for number in range(ROWS))
MAPPING = """
{kind: mapping, key: looks, source: looks,
 event: {type: track, userId: =row.userId, event: =row.event}}
"""
DEADLINE_S = 120.0


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Site]:
    """A workspace in a folder, as the server opens it."""
    site = Site(embedded(folder, Settings()), Settings())
    await site.start(background=False)
    site.works.resume()
    try:
        yield site
    finally:
        await site.stop()


async def begun(site: Site) -> Work:
    upload = await take_in(site, "looks.csv", io.BytesIO(FILE), "grace")
    upload.mapping = MAPPING
    return begin_load(site, upload, "grace", whole=True)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not holds():
            await asyncio.sleep(0.001)


def left(folder: Path) -> list[Path]:
    return [*(folder / "uploads").iterdir()]


def test_a_load_goes_on_after_the_server_was_started_anew(tmp_path: Path) -> None:
    async def scenario() -> None:
        folder = tmp_path / "data"
        async with opened(folder) as site:
            work = await begun(site)
            await until(lambda: work.done > 0)
        assert work.state == "running"
        assert len(left(folder)) == 1
        assert left(folder)[0].stat().st_mode & 0o077 == 0
        async with opened(folder) as site:
            again = site.works.get(work.work_id)
            await until(lambda: again.state == "over")
            assert again.found["received"] == ROWS
            assert site.unifier.tally.stored == ROWS
            assert site.unifier.tally.unaccounted == 0
            assert left(folder) == []

    asyncio.run(scenario())


def test_a_load_that_is_cancelled_leaves_no_file(tmp_path: Path) -> None:
    async def scenario() -> None:
        folder = tmp_path / "data"
        async with opened(folder) as site:
            work = await begun(site)
            await until(lambda: work.done > 0)
            site.works.cancel(work.work_id)
            await until(lambda: not left(folder))
            assert 0 < site.unifier.tally.stored < ROWS

    asyncio.run(scenario())


def test_what_waits_goes_with_the_server_and_what_it_left_at_the_next_start(tmp_path: Path) -> None:
    async def scenario() -> None:
        folder = tmp_path / "data"
        async with opened(folder) as site:
            upload: Upload = await take_in(site, "looks.csv", io.BytesIO(FILE), "grace")
            assert [one.name for one in left(folder)] == [upload.upload_id]
        assert left(folder) == []
        (folder / "uploads" / "upl_of-a-server-that-was-killed").write_bytes(b"x")
        async with opened(folder):
            assert left(folder) == []

    asyncio.run(scenario())
