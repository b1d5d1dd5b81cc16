"""A backup from before an erasure, put back: a crash on the way hides nothing."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.scenarios.erased_world import HISTORY, OTHERS, places_of_canaries, put_back
from wegweiser.settings import Settings
from wegweiser.terms.errors import EngineBroken
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.site import Site
from wegweiser.workspace.workspace import Workspace


def restored(tmp_path: Path) -> Path:
    """Give a folder that holds an erased person again, as after a restore."""
    folder, backup = tmp_path / "data", tmp_path / "backup"
    with Workspace.open(folder) as workspace:
        workspace.load([*HISTORY, *OTHERS], source="shop", kind="live")
    shutil.copytree(folder, backup)
    with Workspace.open(folder) as workspace:
        workspace.run("forget", {"identifier": "user_id:canary-ada"})
    put_back(backup, folder)
    return folder


def test_a_crash_before_all_is_made_anew_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = restored(tmp_path)

    async def cut_off(site: Site) -> None:
        raise RuntimeError("the process ends here")

    async def start() -> None:
        site = Site(embedded(folder, Settings()), Settings())
        monkeypatch.setattr(Site, "rebuild", cut_off)
        with pytest.raises(RuntimeError):
            await site.start(background=False)
        monkeypatch.undo()
        await site.stop()

    asyncio.run(start())
    with Workspace.open(folder) as workspace:
        assert workspace.site.erased_again == 3
        assert places_of_canaries(folder) == []
    with Workspace.open(folder) as workspace:
        assert workspace.site.erased_again == 0


def test_without_the_key_nothing_starts(tmp_path: Path) -> None:
    folder = restored(tmp_path)
    (folder / "erasure.key").unlink()
    with pytest.raises(EngineBroken):
        Workspace.open(folder)
