"""Guard: a file has at most 400 lines, a function at most 60."""

import ast
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60


def oversized(path: Path) -> list[str]:
    """Say what in this file is too long; an empty list is good news."""
    text = path.read_text(encoding="utf-8")
    return _long_file(path, text) + (_long_functions(path, text) if path.suffix == ".py" else [])


def _long_file(path: Path, text: str) -> list[str]:
    lines = len(text.splitlines())
    if lines <= FILE_LINES:
        return []
    return [f"{path}: {lines} lines, {FILE_LINES} are allowed. Which second job can move out?"]


def _long_functions(path: Path, text: str) -> list[str]:
    return [
        f"{path}:{node.lineno}: {node.name} has {length} lines, {FUNCTION_LINES} are allowed. "
        "Give its steps names of their own."
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := _length(node)) > FUNCTION_LINES
    ]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1
