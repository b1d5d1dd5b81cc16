"""Files that somebody sent on a page: kept until they are loaded or given up, and no longer."""

import asyncio
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.json import Json
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.folder import OWNER_ONLY_FILE

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

WORK = "upload"
# Whoever looks at a file for longer than this sends it again.
LOOKED_AT_MS = HOUR_MS
# Of one person.
MOST_WAITING = 3
NAME_CHARACTERS = 100
_ID = re.compile(r"upl_[0-9a-f]{32}")
# Control signs, and those that turn the reading order round.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Upload(msgspec.Struct):
    """A file that waits: whose it is, what it is called, and the mapping it was looked at with.

    `rows` are the first of it.
    """

    upload_id: str
    name: str
    size_bytes: int
    by: str
    at: int
    mapping: str = ""
    rows: list[Json] = []


class Uploads:
    """Keeps files in the folder of the workspace, closed to others; without one in a new folder.

    A file goes when its load ended, when it is given up, after an hour, and at the next start
    unless a load of it goes on.
    """

    def __init__(self, site: "Site"):
        self._site = site
        self._waiting: dict[str, Upload] = {}
        folder = site.engines.folder
        self._folder = None if folder is None else folder.uploads
        self._made: Path | None = None
        self.sweep()

    async def keep(self, name: str, source: IO[bytes], by: str) -> Upload:
        """Keep a file in place of the oldest of too many; raises InputRefused for an empty one."""
        self.sweep()
        own = [one.upload_id for one in self._waiting.values() if one.by == by]
        for oldest in own[: len(own) + 1 - MOST_WAITING]:
            self.drop(oldest)
        clock = self._site.clock
        upload_id = f"upl_{clock.random_bytes(16).hex()}"
        try:
            size = await asyncio.to_thread(_copied, source, self._room() / upload_id)
            if not size:
                raise InputRefused("empty_file", wrong("empty_file"), 422, "file")
        except OSError as error:
            self.drop(upload_id)
            told = wrong("no_room")
            raise InputRefused("no_space", told, 507, "file") from error
        except BaseException:
            self.drop(upload_id)
            raise
        upload = Upload(upload_id, shown_name(name), size, by, clock.now_ms())
        self._waiting[upload_id] = upload
        return upload

    def get(self, upload_id: str, by: str) -> Upload:
        """Give a file that waits to whoever sent it; raises NotFound."""
        found = self._waiting.get(upload_id)
        if found is None or found.by != by:
            raise NotFound(wrong("no_file"))
        return found

    def path(self, upload_id: str) -> Path:
        """Say where a file lies; raises NotFound where it is gone."""
        path = self._room() / upload_id
        if not _ID.fullmatch(upload_id) or not path.is_file():
            raise NotFound(wrong("no_file"))
        return path

    def handed_over(self, upload_id: str) -> None:
        """Note that a load goes on with a file, which ends with it."""
        self._waiting.pop(upload_id, None)

    def drop(self, upload_id: str) -> None:
        """Delete a file."""
        self._waiting.pop(upload_id, None)
        if _ID.fullmatch(upload_id):
            (self._room() / upload_id).unlink(missing_ok=True)
        if self._made is not None and not self._waiting:
            # Another load may still read there.
            with suppress(OSError):
                self._made.rmdir()
                self._made = None

    def forget(self) -> None:
        """Delete what waits to be looked at."""
        for upload_id in [*self._waiting]:
            self.drop(upload_id)

    def sweep(self) -> None:
        """Delete what nobody loads or looks at any more."""
        now = self._site.clock.now_ms()
        loaded = {
            str(one.given.get("upload"))
            for one in self._site.works.all()
            if one.kind == WORK and one.state == "running"
        }
        for upload in [*self._waiting.values()]:
            if now - upload.at > LOOKED_AT_MS:
                self.drop(upload.upload_id)
        if self._folder is None or not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if path.name not in self._waiting and path.name not in loaded:
                path.unlink()

    def _room(self) -> Path:
        if self._folder is not None:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            return self._folder
        if self._made is None:
            self._made = Path(tempfile.mkdtemp(prefix="wegweiser-"))
        return self._made


def _copied(source: IO[bytes], path: Path) -> int:
    """Write a file that nobody else may read; gives its bytes."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with open(os.open(path, flags, OWNER_ONLY_FILE), "wb") as kept:
        shutil.copyfileobj(source, kept)
        return kept.tell()


def shown_name(name: str) -> str:
    r"""Give the name of a file as it may be shown: without folders, hidden signs and length.

    >>> shown_name("C:\\files\\or\u202eders.csv"), shown_name("../../..")
    ('orders.csv', 'file')
    """
    last = _HIDDEN.sub("", re.split(r"[\\/]", name)[-1]).strip(" .")
    return last[:NAME_CHARACTERS] or "file"
