"""Which files of the repository the house rules look at."""

from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("src", "tests", "bench", "examples")
TEXT_FOLDERS = (*CODE_FOLDERS, "docs", "changes.d", ".ci")
CODE_ENDINGS = (".py", ".js")
MADE_BY_TOOLS = {"__pycache__", "node_modules"}


def code_files(root: Path) -> list[Path]:
    """Python and JavaScript files below `root`, in a fixed order."""
    return [
        path
        for folder in CODE_FOLDERS
        for path in _files(root / folder)
        if path.suffix in CODE_ENDINGS
    ]


def text_files(root: Path) -> list[Path]:
    """Everything that is committed as text: code, pages, docs and the files at the top."""
    top = [path for path in sorted(root.iterdir()) if path.is_file()]
    below = [path for folder in TEXT_FOLDERS for path in _files(root / folder)]
    return [path for path in top + below if _is_text(path)]


def pages(root: Path) -> list[Path]:
    """The Markdown files."""
    return [path for path in text_files(root) if path.suffix == ".md"]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not MADE_BY_TOOLS & set(path.parts):
            yield path


def _is_text(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True
