"""A copy of a workspace while it runs, tried at once: it opens, folds what is missing, counts."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from wegweiser.adapters.files import sync_folder
from wegweiser.adapters.sqlite_copy import copy_database
from wegweiser.flow.tables import SETTINGS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.settings import read_settings
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import read
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.folder import OWNER_ONLY_FOLDER, Folder
from wegweiser.workspace.presence import take_folder

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

KEPT = b"last_backup"


class Backup(msgspec.Struct, frozen=True):
    """The last copy that was made: when (ms), its size, and what opening it gave."""

    at: int
    size_bytes: int
    events: int
    healthy: bool


def back_up(root: Path, target: Path) -> int:
    """Copy state and log into a new folder; gives the bytes. A server may go on meanwhile.

    Keys and the list of who was erased are not copied: they are kept apart from backups.
    """
    folder, target = Folder(root), target.resolve()
    if not folder.exists:
        raise InputRefused("not_found", f"There is no workspace in {root}.", 404)
    if target.exists() and any(target.iterdir()):
        raise InputRefused("not_empty", f"{target} is not empty; name a new folder.", 409)
    # Under its name when it is whole: cut off in the middle it would open as if it were.
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    size = _copied(folder, Folder(part))
    part.replace(target)
    sync_folder(target.parent)
    return size


def _copied(folder: Folder, copy: Folder) -> int:
    copy.root.mkdir(mode=OWNER_ONLY_FOLDER, parents=True)
    copy.log.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
    # The state first: a log that is ahead of it is folded at the start, the reverse is refused.
    size = copy_database(folder.store, copy.store)
    for file in sorted(folder.log.glob("*.log.db")):
        size += copy_database(file, copy.log / file.name)
    if folder.settings.exists():
        shutil.copyfile(folder.settings, copy.settings)
    copy.close_to_others()
    return size


def tried(root: Path, target: Path) -> JsonObject:
    """Open a copy as a restore would, and count; the keys of the original are only lent to it."""
    lock = take_folder(target)
    try:
        with _lent_keys(Folder(root), Folder(target)):
            return asyncio.run(_counted(target))
    finally:
        lock.release()


async def _counted(target: Path) -> JsonObject:
    # What runs an operation knows the site, which this opens.
    from wegweiser.workspace.operations import run
    from wegweiser.workspace.site import Site

    settings = read_settings(Folder(target).settings)
    site = Site(embedded(target, settings), settings)
    await site.start(background=False)
    try:
        told = await run(site, "doctor", {})
    finally:
        await site.stop()
    return told if isinstance(told, dict) else {}


@contextmanager
def _lent_keys(folder: Folder, copy: Folder) -> Iterator[None]:
    """Let a copy find the keys where they are, without a byte of them in it."""
    links: list[Path] = []
    for name in ("erasure_key", "receipt_key", "factor_key", "tombstones"):
        key, link = getattr(folder, name), getattr(copy, name)
        if key.exists():
            link.symlink_to(key.resolve())
            links.append(link)
    try:
        yield
    finally:
        for link in links:
            link.unlink(missing_ok=True)


def last_backup(store: OperationalStore) -> Backup | None:
    """Give the last copy that was made; None where there was none."""
    held = store.get(SETTINGS, [KEPT])[0]
    return None if held is None else msgspec.json.decode(held, type=Backup)


async def backup_note(site: "Site", arguments: JsonObject) -> Json:
    """Note a copy that was made and tried: its `size_bytes`, `events`, and whether `healthy`."""
    made = Backup(
        site.clock.now_ms(),
        read(arguments, "size_bytes", int),
        read(arguments, "events", int),
        read(arguments, "healthy", bool),
    )
    site.engines.store.commit([Change(SETTINGS, KEPT, msgspec.json.encode(made))])
    return _told(made)


async def backup_show(site: "Site", arguments: JsonObject) -> Json:
    """Give the last copy that was made with `wegweiser backup`; null where there was none."""
    made = last_backup(site.engines.store)
    return None if made is None else _told(made)


def _told(made: Backup) -> JsonObject:
    return {
        "at": format_instant(made.at),
        "size_bytes": made.size_bytes,
        "events": made.events,
        "healthy": made.healthy,
    }


OPERATIONS = {"backup_note": backup_note, "backup_show": backup_show}
