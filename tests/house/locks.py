"""Guard: the lock files pin every package with hashes and name no host."""

import re
from pathlib import Path

HOST = re.compile(
    r"://|--(?:extra-)?index-url|--find-links|--trusted-host|^-[if]\b|@ ", re.MULTILINE
)
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;\\]+)", re.MULTILINE)


def loose(lock: Path) -> list[str]:
    """Say where a lock names a host or lets a package in without pin or hash."""
    text = lock.read_text(encoding="utf-8")
    hosts = [f"{lock}: {found!r} names a source; run `make lock`." for found in HOST.findall(text)]
    return hosts + [
        f"{lock}: {entry.splitlines()[0]!r} is not pinned with a hash; run `make lock`."
        for entry in entries(text)
        if not PIN.match(entry) or "--hash=sha256:" not in entry
    ]


def entries(text: str) -> list[str]:
    """Cut a lock into requirements, each with its continuation lines."""
    joined = re.sub(r"\\\n\s*", "", text)
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def pins(text: str) -> set[tuple[str, str]]:
    """Names with versions; one name may have several, for different Pythons."""
    return {(found["name"], found["version"]) for found in PIN.finditer(text)}
