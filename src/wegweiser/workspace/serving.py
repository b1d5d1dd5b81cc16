"""A site on the running event loop, with its folder locked as long as it lives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from wegweiser.settings import read_settings
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.folder import Folder
from wegweiser.workspace.presence import take_folder
from wegweiser.workspace.site import Site
from wegweiser.workspace.taking_back import settle_taken_back


@asynccontextmanager
async def held_site(root: Path) -> AsyncIterator[Site]:
    """Open the site of a folder with its periodic jobs, and close it in order."""
    lock = take_folder(root)
    try:
        settings = read_settings(Folder(root).settings)
        site = Site(embedded(root, settings), settings)
        await site.start()
        await settle_taken_back(site)
        site.works.resume()
        try:
            yield site
        finally:
            await site.stop()
    finally:
        lock.release()
