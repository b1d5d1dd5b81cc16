"""A real server in its own process, and the command line beside it, as outsiders use them."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from typer.testing import CliRunner

from wegweiser.cli.main import app

COMMAND = [sys.executable, "-W", "error", "-m", "wegweiser.cli"]
_PATIENT = [*COMMAND[:-2], str(Path(__file__).with_name("patient.py"))]


class Server:
    """A running `wegweiser serve` with time to decide; `kill` is SIGKILL, `stop` is SIGTERM."""

    def __init__(self, folder: Path, errors: Path | None = None):
        self.folder = folder
        log = errors.open("wb") if errors is not None else None
        self.process = subprocess.Popen(
            [*_PATIENT, "serve", "--data", str(folder), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        if log is not None:
            log.close()
        self.address = self._wait_until_ready()

    def _wait_until_ready(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("Wegweiser is ready on "):
                return line.split()[-1]
        raise AssertionError(f"the server ended with {self.process.wait()}")

    def kill(self) -> None:
        """End the process at once, as power loss or the kernel would."""
        self.process.send_signal(signal.SIGKILL)
        self._reap()

    def stop(self) -> int:
        """End the process in order; give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> int:
        try:
            return self.process.wait(timeout=300)
        finally:
            # One that never ends fails its own test, and none that comes later.
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def client(self, key: str) -> httpx.Client:
        """Give an HTTP client that names the key as SDKs do."""
        return httpx.Client(base_url=self.address, auth=(key, ""), timeout=60, trust_env=False)


@contextmanager
def serving(folder: Path, errors: Path | None = None) -> Iterator[Server]:
    """Serve a folder for the length of a block; `errors` is the file for its log."""
    server = Server(folder, errors)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
        elif server.process.stdout is not None:
            server.process.stdout.close()


def wegweiser(*arguments: str, code: int = 0) -> str:
    """Run a command, expect its exit code, give its standard output.

    In this process: Python and the engines are loaded once, and warnings are errors here as well.
    """
    done = CliRunner().invoke(app, [*arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, (arguments, done.exit_code, done.stdout, done.stderr)
    return done.stdout


def outside(*arguments: str, code: int = 0) -> str:
    """Run a command in a process of its own; give its standard output."""
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout


def answer(*arguments: str, code: int = 0) -> dict[str, object]:
    """Run a command with --json and read its one document."""
    document = json.loads(wegweiser(*arguments, "--json", code=code))
    assert isinstance(document, dict)
    return document


def exported(folder: Path, kind: str) -> list[dict[str, object]]:
    """Read an export."""
    lines = wegweiser("export", kind, "--data", str(folder), "--format", "ndjson").splitlines()
    return [json.loads(line) for line in lines]


def new_source(folder: Path, name: str = "site") -> dict[str, str]:
    """Make a source; give its name and keys."""
    made = answer("source", "create", name, "--data", str(folder))
    return {name: str(value) for name, value in made.items()}
