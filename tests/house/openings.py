"""Guard: every Python file opens with one sentence that says what it is for."""

import ast
from pathlib import Path

ENDS = (".", "?", "!")


def unopened(path: Path) -> list[str]:
    """Say if the opening sentence is missing; only an empty `__init__.py` may do without."""
    text = path.read_text(encoding="utf-8")
    if path.name == "__init__.py" and not text.strip():
        return []
    opening = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
    if not opening:
        return [f"{path}: begin with a docstring of one sentence: what is this file for?"]
    if not opening.rstrip().endswith(ENDS):
        return [f"{path}: the opening {opening!r} is no whole sentence; end it with a full stop."]
    return []
