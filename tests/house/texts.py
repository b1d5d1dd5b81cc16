"""Guard: no committed text names a registry, a path of one machine, or work left for later."""

import re
from pathlib import Path

# Written so that this file does not find itself.
FORBIDDEN = (
    (
        re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|conda\.anaconda\.org"),
        "names a package registry; people install from where they choose",
    ),
    (
        re.compile(r"(?<![\w.:/~*}-])/(?:work|tmp|root|home/\w+|Users/\w+)(?=[/\s\"'`)]|$)"),
        "is a path of one machine; use a relative path, or tmp_path in tests",
    ),
    (
        re.compile(r"\b(?:[T]ODO|[F]IXME)\b"),
        "leaves work for later; finish it here, or open an issue and leave the text out",
    ),
)


def unwanted(path: Path) -> list[str]:
    """Say line by line which forbidden words stand in this file."""
    return [
        f"{path}:{number}: {found.group()!r} {reason}."
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for pattern, reason in FORBIDDEN
        if (found := pattern.search(line))
    ]
