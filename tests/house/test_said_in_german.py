"""No page refuses anything in English to a reader of German.

What is refused is said by a code with values (`wrong(...)`), or by the catalogue of the pages.
Plain text stays where only programs, operators of the server or readers of English-only records
are answered; each such file is named here with why, and loses its place once it has no more.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import wegweiser
from wegweiser.web.pages.app import REFUSALS

SOURCE = Path(wegweiser.__file__).parent
ROOMS = (
    "decide",
    "deliver",
    "flow",
    "learn",
    "measure",
    "profile",
    "query",
    "resolve",
    "workspace",
)
# Which argument is told.
TOLD = {"InputRefused": 1, "NotFound": 0}
SAID = ("wrong", "InBoth", "misread")
TYPES = ("Wrong", "Saying", "InputRefused")
PROGRAMS = "asked by programs over HTTP only"
CONSOLE = "asked on the command line or by Python only"
ENGLISH_ONLY = {
    "decide/asked.py": "a channel that contradicts its placement: pages name none",
    "decide/own_models.py": CONSOLE,
    "deliver/signature.py": CONSOLE,
    "flow/answer_file.py": PROGRAMS,
    "flow/audience_files.py": PROGRAMS,
    "flow/batches.py": PROGRAMS,
    "flow/choose.py": PROGRAMS,
    "flow/cloudevents.py": PROGRAMS,
    "flow/flags.py": PROGRAMS,
    "flow/hook_book.py": PROGRAMS,
    "flow/hooks.py": PROGRAMS,
    "flow/keyless.py": PROGRAMS,
    "flow/loader.py": CONSOLE,
    "flow/mappings.py": "pages say it by its code",
    "flow/message_trail.py": PROGRAMS,
    "flow/money_book.py": CONSOLE,
    "flow/opendsr.py": PROGRAMS,
    "flow/pulls.py": CONSOLE,
    "flow/receipt_keys.py": CONSOLE,
    "flow/regulations.py": PROGRAMS,
    "flow/replay.py": "what a sender is told; pages say it by its code",
    "flow/schemas.py": "what a sender is told; pages say it by its code",
    "flow/sdk_settings.py": PROGRAMS,
    "flow/series_book.py": CONSOLE,
    "flow/timeline.py": PROGRAMS,
    "measure/dsjson.py": CONSOLE,
    "measure/watch/pelt.py": CONSOLE,
    "resolve/directory.py": "a leaf, which pages never ask for",
    "resolve/statement.py": "what a sender is told; pages say it by its code",
    "workspace/backup.py": CONSOLE,
    "workspace/channels.py": PROGRAMS,
    "workspace/decision_operations.py": PROGRAMS,
    "workspace/delivery_operations.py": "what a page asks of it is never refused",
    "workspace/demo_removal.py": "a folder that the command line names",
    "workspace/effort_operations.py": CONSOLE,
    "workspace/foreign_log.py": CONSOLE,
    "workspace/hook_operations.py": CONSOLE,
    "workspace/learning.py": CONSOLE,
    "workspace/loading.py": CONSOLE,
    "workspace/money_operations.py": CONSOLE,
    "workspace/operations.py": PROGRAMS,
    "workspace/receipts.py": CONSOLE,
    "workspace/row_reading.py": "what a worker says of a file; pages say it by its code",
    "workspace/sensing_operations.py": CONSOLE,
    "workspace/subject_requests.py": PROGRAMS,
    "workspace/subscription_load.py": CONSOLE,
    "workspace/workspace.py": CONSOLE,
}
# What these operations refuse is in English; so no page may ask for one of them.
NOT_FOR_PAGES = tuple(
    name
    for name, why in ENGLISH_ONLY.items()
    if name.endswith("_operations.py") and why in (PROGRAMS, CONSOLE)
)


def parents_in(tree: ast.Module) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def function_of(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST:
    while node in parents and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node = parents[node]
    return node


def is_english_only(told: ast.expr, within: ast.AST) -> bool:
    """Tell whether a refusal is plain text, also by way of a variable of its function."""
    if isinstance(told, ast.Call):
        return getattr(told.func, "id", "") not in SAID and getattr(told.func, "attr", "") not in (
            "say",
            "of",
        )
    if not isinstance(told, ast.Name):
        return True
    if isinstance(within, ast.FunctionDef | ast.AsyncFunctionDef):
        for one in within.args.args:
            if one.arg == told.id and one.annotation is not None:
                return ast.unparse(one.annotation) not in TYPES
    given = [*assigned(told.id, within)]
    return not given or any(is_english_only(one, within) for one in given)


def assigned(name: str, within: ast.AST) -> Iterator[ast.expr]:
    """Give the values that a variable gets in a function."""
    for node in ast.walk(within):
        if isinstance(node, ast.For) and name in ast.unparse(node.target):
            # Faults that a function made, each a code with values.
            yield ast.parse("wrong()", mode="eval").body
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
                yield from (value for one, value in pairs if getattr(one, "id", "") == name)


def refusals(path: Path) -> Iterator[tuple[ast.Call, ast.expr, ast.AST]]:
    """Give every refusal of a file, what it tells, and the function that it stands in."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = parents_in(tree)
    for node in ast.walk(tree):
        place = TOLD.get(getattr(node.func, "id", "")) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and place is not None and len(node.args) > place:
            yield node, node.args[place], function_of(node, parents)


def found_in(text: str, folder: Path) -> list[bool]:
    path = folder / "refusing.py"
    path.write_text(text, "utf-8")
    return [is_english_only(told, within) for _, told, within in refusals(path)]


@pytest.mark.parametrize("room", ROOMS)
def test_what_operations_refuse_is_said_in_german_too(room: str) -> None:
    for path in sorted((SOURCE / room).rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        plain = [node.lineno for node, *rest in refusals(path) if is_english_only(*rest)]
        if name in ENGLISH_ONLY:
            assert plain, f"{name} is not to be excepted any more: take it out of ENGLISH_ONLY"
        else:
            assert not plain, f"{name}:{plain}: say it by wrong(...), which has German as well"


def test_what_pages_refuse_is_said_in_german_too() -> None:
    for path in sorted((SOURCE / "web" / "pages").rglob("*.py")):
        for node, told, within in refusals(path):
            code = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
            if code in REFUSALS or _is_said(told, within):
                continue
            raise AssertionError(f"{path}:{node.lineno}: {ast.unparse(node)}")


def _is_said(told: ast.expr, within: ast.AST) -> bool:
    """Tell whether a page says it itself: by the catalogue, or by a function that does."""
    if not is_english_only(told, within):
        return True
    if isinstance(told, ast.Call | ast.Subscript):
        # A function of the page, or a table that its handler says by code.
        return True
    if isinstance(told, ast.Name):
        # The one that counts was given last before.
        given = [one for one in assigned(told.id, within) if one.lineno < told.lineno]
        last = max(given, key=lambda one: one.lineno, default=None)
        return last is not None and "say(" in ast.unparse(last)
    return False


def test_no_page_asks_for_an_operation_that_refuses_in_english_only() -> None:
    asked = {
        node.value
        for path in (SOURCE / "web" / "pages").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for name in NOT_FOR_PAGES:
        offered = operations_in(SOURCE / name)
        assert offered, name
        assert not offered & asked, f"{name}: a page asks for {sorted(offered & asked)}"


def operations_in(path: Path) -> set[str]:
    """Give the names of operations that a file offers."""
    tree = ast.parse(path.read_text("utf-8"))
    return {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and getattr(node.targets[0], "id", "") in ("OPERATIONS", "OF_CALLERS")
        and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if isinstance(key, ast.Constant)
    }


def test_the_guard_bites(tmp_path: Path) -> None:
    assert found_in('def f():\n    raise NotFound("Gone.")\n', tmp_path) == [True]
    assert found_in('def f():\n    raise NotFound(wrong("gone"))\n', tmp_path) == [False]
    by_name = 'def f():\n    told = f"{1} is gone."\n    raise InputRefused("a", told)\n'
    assert found_in(by_name, tmp_path) == [True]
    assert found_in(by_name.replace('f"{1} is gone."', 'wrong("gone")'), tmp_path) == [False]
    given = 'def f(told: str):\n    raise InputRefused("a", told)\n'
    assert found_in(given, tmp_path) == [True]
    assert found_in(given.replace("str", "Wrong"), tmp_path) == [False]
