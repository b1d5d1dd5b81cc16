"""Processes of a run: the server, the echo beside it, and the load generator."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.plan import Plan, Seen
from wegweiser.terms.json import JsonObject

_CLI = [sys.executable, "-m", "wegweiser.cli"]


class Server(msgspec.Struct, frozen=True):
    """A running server on this machine."""

    port: int
    pid: int

    def busy_seconds(self) -> float:
        """Give the processor time it has used so far; 0 where the system does not tell."""
        try:
            told = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return 0.0
        user, system = told.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(command: list[str]) -> Iterator[Server]:
    """Start a server that prints "... is ready on http://127.0.0.1:PORT"."""
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if " is ready on " in line:
                    yield Server(int(line.rsplit(":", 1)[1]), process.pid)
                    break
            else:
                told.seek(0)
                raise RuntimeError(f"{command} ended before it was ready: {told.read()}")
        finally:
            process.terminate()
            process.wait(60)


def product(root: Path) -> list[str]:
    """Give the command that serves a data folder on a free port."""
    return [*_CLI, "serve", "--data", str(root), "--port", "0"]


def echo() -> list[str]:
    """Give the command that serves the bare echo on a free port."""
    return [sys.executable, "-m", "bench.echo"]


def ask(*arguments: str) -> JsonObject:
    """Run one command of the product and read its JSON."""
    done = subprocess.run([*_CLI, *arguments, "--json"], check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=JsonObject)


class Sending:
    """A load generator that has been started."""

    def __init__(self, plan: Plan):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(plan))
        self._process.stdin.close()
        self._process.stdin = None

    def seen(self, may_refuse: bool = False) -> Seen:
        """Wait for the end and give what it saw; every answer must be 200 unless it may not."""
        printed, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError("the load generator failed")
        found = msgspec.json.decode(printed, type=Seen)
        if found.refused and not may_refuse:
            raise RuntimeError(
                f"{found.refused} of {found.requests} requests were not answered 200"
            )
        return found


def send(plan: Plan) -> Seen:
    """Run one plan to its end."""
    return Sending(plan).seen()
