"""Copies SQLite files that are in use, each as it stands at one moment."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_database(source: Path, target: Path) -> int:
    """Copy a database to a file that is not there yet; gives the bytes of the copy."""
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as found,
        closing(sqlite3.connect(target)) as made,
    ):
        found.backup(made)
    return target.stat().st_size
