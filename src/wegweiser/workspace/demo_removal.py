"""Taking the demo company away: what would go, and the folder without a trace of it."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from wegweiser.settings import read_settings
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read
from wegweiser.workspace.folder import Folder
from wegweiser.workspace.presence import take_folder

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

OWN_SOURCE = "demo"


async def demo_remove(site: "Site", arguments: JsonObject) -> Json:
    """Tell what goes with the demo company; with its folder's name as `confirm` remove it all.

    The server ends, and the folder goes as soon as it has. Refused in a workspace that is no demo.
    """
    folder = site.engines.folder
    if not site.demo or folder is None:
        told = wrong("no_demo_here")
        raise InputRefused("no_demo", told, 409)
    name = folder.root.resolve().name
    going: JsonObject = {
        "folder": name,
        "events": site.unifier.tally.stored,
        "persons": sum(1 for _ in site.unifier.directory.persons()),
        "people": len(site.people.all()),
        "own_sources": [one.name for one in site.callers.sources() if one.name != OWN_SOURCE],
        "removing": False,
    }
    confirmed = read(arguments, "confirm", str, "")
    if not confirmed:
        return going
    if confirmed != name:
        told = wrong("type_folder", name=name)
        raise InputRefused("not_confirmed", told, 422, "confirm")
    site.farewell.set()
    return going | {"removing": True}


def remove_demo_folder(root: Path) -> list[str]:
    """Remove the demo company of a folder that nobody holds; gives what others put beside it.

    Raises FolderBusy while a server or a command holds it, InputRefused where it is no demo.
    """
    # Written as "." it has no name, and none beside it.
    root = root.resolve()
    folder = Folder(root)
    if not read_settings(folder.settings).demo:
        raise InputRefused("no_demo", f"There is no demo company in {root}.", 409)
    lock = take_folder(root)
    try:
        for part in _parts(folder):
            if part.is_dir() and not part.is_symlink():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)
    finally:
        lock.release()
    folder.lock.unlink(missing_ok=True)
    shutil.rmtree(root.with_name(f"{root.name}.making"), ignore_errors=True)
    left = sorted(one.name for one in root.iterdir())
    if not left:
        root.rmdir()
    return left


def _parts(folder: Folder) -> list[Path]:
    """List what a workspace makes in its folder, the mark of the demo last."""
    store = [folder.store.with_name(folder.store.name + end) for end in ("", "-wal", "-shm")]
    rooms = [folder.archive, folder.outbox, folder.loads, folder.uploads]
    keys = [folder.erasure_key, folder.receipt_key, folder.tombstones, folder.factor_key]
    # Cut off in the middle it is still a demo, and can be removed once more.
    return [*rooms, *store, *keys, folder.server, folder.log, folder.settings]


OPERATIONS = {"demo_remove": demo_remove}
