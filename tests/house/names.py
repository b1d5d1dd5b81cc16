"""Guard: a file or folder is named for its one job, never for "and the rest"."""

from pathlib import Path

EMPTY_WORDS = frozenset(
    {"util", "utils", "misc", "helper", "helpers", "common", "base", "manager", "managers"}
)


def nameless(path: Path, root: Path) -> list[str]:
    """Say which parts of the path are words that promise nothing."""
    steps = path.relative_to(root).with_suffix("").parts
    return [
        f"{path}: {step!r} says nothing about the content. Name the one job it does; "
        "if there are two, make two files."
        for step in steps
        if step.replace("-", "_").split("_")[-1].lower() in EMPTY_WORDS
    ]
