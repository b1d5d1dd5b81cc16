"""The unmodified Node libraries of Segment and RudderStack, told to make the planned calls."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sdk.plan import Call

PACKAGES = Path(__file__).resolve().parents[1] / "npm"
MEND = "run `npm ci --ignore-scripts` in tests/npm"


def package(name: str) -> Path:
    """Find an installed npm package; the test skips where it is absent."""
    folder = PACKAGES / "node_modules" / name
    if not folder.is_dir():
        pytest.skip(f"the npm package {name} is not installed: {MEND}")
    return folder


def send(name: str, script: str, plan_file: Path, *arguments: object) -> list[str]:
    """Run a script of this folder under Node; give what the library reported as failed."""
    package(name)
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        pytest.skip("Node is not installed: looked for node and nodejs")
    command = [node, str(Path(__file__).with_name(script)), str(PACKAGES / "package.json"), name]
    done = subprocess.run(
        [*command, str(plan_file), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    failures = json.loads(done.stdout)
    assert isinstance(failures, list)
    return failures


def written(planned: list[Call], folder: Path) -> Path:
    """Write the plan where the script reads it."""
    path = folder / "plan.json"
    path.write_text(json.dumps(planned), encoding="utf-8")
    return path
