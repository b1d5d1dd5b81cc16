"""Nothing calls out but the guarded clients: no other file can open a connection."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import REPOSITORY

SOURCE = REPOSITORY / "src" / "wegweiser"
CALLING = {
    *("httpx", "requests", "aiohttp", "urllib3", "httpcore", "aiosmtplib", "websockets"),
    *("urllib.request", "http.client", "smtplib", "ftplib", "imaplib", "poplib", "telnetlib"),
}
# The guarded clients, and the command line, which calls the server of its own folder alone.
ALLOWED = {
    "adapters/webhook.py": {"httpx"},
    "adapters/form_client.py": {"httpx"},
    "adapters/smtp.py": {"aiosmtplib"},
    "cli/door.py": {"httpx"},
}


def calling(text: str) -> Iterator[str]:
    """Yield what a file imports that can open connections, also inside functions.

    >>> sorted(set(calling("import http.client\\ndef f():\\n    from httpx import get")))
    ['http.client', 'httpx']
    """
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        for name in names:
            parts = name.split(".")
            starts = {".".join(parts[: end + 1]) for end in range(len(parts))}
            yield from starts & CALLING


def found_in(folder: Path) -> dict[str, set[str]]:
    """Give by file what it imports that can open connections."""
    files = sorted(folder.rglob("*.py"))
    found = {
        file.relative_to(folder).as_posix(): set(calling(file.read_text(encoding="utf-8")))
        for file in files
    }
    return {name: imports for name, imports in found.items() if imports}


def test_only_the_guarded_clients_call_out() -> None:
    assert found_in(SOURCE) == ALLOWED


def test_a_planted_call_is_found(tmp_path: Path) -> None:
    planted = "def look(url):\n    from urllib import request\n    return request.urlopen(url)\n"
    (tmp_path / "planted.py").write_text(planted, encoding="utf-8")
    assert found_in(tmp_path) == {"planted.py": {"urllib.request"}}
