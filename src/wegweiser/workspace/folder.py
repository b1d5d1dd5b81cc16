"""Where everything of one workspace lies inside its data folder."""

from pathlib import Path


class Folder:
    """The paths of a data folder; `make` creates what is missing."""

    def __init__(self, root: Path):
        self.root = root
        self.log = root / "log"
        self.store = root / "state.db"
        self.archive = root / "archive"
        self.outbox = root / "outbox"
        self.loads = root / "loads"
        self.lock = root / "lock"
        self.server = root / "server.json"
        self.settings = root / "settings.json"

    @property
    def exists(self) -> bool:
        """True when a workspace was made here before."""
        return self.log.is_dir()

    def make(self) -> None:
        """Create the folder and its parts, readable by the owner only."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in (self.log, self.archive, self.outbox, self.loads):
            part.mkdir(mode=0o700, exist_ok=True)
