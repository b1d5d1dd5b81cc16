"""Configuration files on disk, as names and texts."""

from collections.abc import Iterator
from pathlib import Path

from wegweiser.terms.errors import InputRefused


def read_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of a YAML file, or of all in a folder in order of name."""
    if not path.exists():
        raise InputRefused("not_found", f"There is no file or folder {path}.", 404)
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml"))
        if not files:
            raise InputRefused("not_found", f"The folder {path} holds no YAML file.", 404)
    for file in files:
        try:
            yield str(file), file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise InputRefused("bad_encoding", f"{file} is not UTF-8 text.") from error


def read_bytes(path: Path) -> bytes:
    """Read a file; raises InputRefused where that is not possible."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused("not_read", f"{path} cannot be read: {error.strerror}.") from error
