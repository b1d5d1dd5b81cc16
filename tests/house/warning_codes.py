"""Finds in the source of measures the codes of warnings that their answers may carry."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_CODE = re.compile(r"[a-z]+(_[a-z0-9{}]+)+")
# What holds warnings before an answer does.
_HOLDERS = ("warnings", "warned", "marks", "once")


def codes_in(folder: Path) -> dict[str, str]:
    """Give each code with the file that emits it: by `warnings=`, or by what makes such a tuple."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        for code in _of_module(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(code, str(path.relative_to(folder)))
    return found


def _of_module(tree: ast.Module) -> Iterator[str]:
    named = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        for part in _parts(node):
            for leaf in _said(part):
                text = named.get(leaf.id) if isinstance(leaf, ast.Name) else leaf.value
                if isinstance(text, str) and _CODE.fullmatch(text):
                    yield text


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Give the expressions that become warnings."""
    if isinstance(node, ast.keyword) and node.arg in _HOLDERS:
        yield node.value
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(_name(target) in _HOLDERS for target in targets) and node.value is not None:
            yield node.value
    elif isinstance(node, ast.FunctionDef) and node.name.strip("_") in ("warnings", "traps_of"):
        yield from node.body
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        held = node.func.value
        if isinstance(held, ast.Name) and held.id in _HOLDERS and node.func.attr == "append":
            yield from node.args


def _name(target: ast.AST) -> str:
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def _said(part: ast.AST) -> Iterator[ast.Constant | ast.Name]:
    """Give texts and names of an expression, but for what only asks: tests, and what calls take."""
    if isinstance(part, ast.Constant | ast.Name):
        yield part
        return
    if isinstance(part, ast.Compare):
        return
    children: Iterator[ast.AST] = ast.iter_child_nodes(part)
    if isinstance(part, ast.Call):
        children = iter(part.args if _is_append(part) else [])
    elif isinstance(part, ast.IfExp):
        children = iter([part.body, part.orelse])
    elif isinstance(part, ast.If):
        children = iter([*part.body, *part.orelse])
    for child in children:
        yield from _said(child)


def _is_append(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "append"
