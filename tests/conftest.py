"""What every test may ask for: the shared data sets, repeatable hypothesis runs, and an order."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import settings

from wegweiser.decide import asked
from wegweiser.flow import search, send
from wegweiser.workspace import analyst

# As the command line does it, for the processes of the tests and all that they start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A machine under load would answer with fallbacks; tests of the deadline ask for the shipped one.
SHIPPED_DEADLINE_MS = asked.PULL_DEADLINE_MS
asked.PULL_DEADLINE_MS = 10_000.0
# It would also leave a hand-over or a reading to the next run, which tests have not begun.
send.PATIENCE_S = search.PATIENCE_S = 60.0
# Processes for reports begin as copies of one that has loaded what they need; servers that are
# processes of their own begin them as shipped, and so do tests that ask for it.
SHIPPED_START_METHOD = analyst.START_METHOD
if "forkserver" in multiprocessing.get_all_start_methods():
    analyst.START_METHOD = "forkserver"
    multiprocessing.set_forkserver_preload(
        ["wegweiser.flow.report", "wegweiser.adapters.delta", "wegweiser.adapters.duckdb"]
    )
# Folders of tests that begin servers, browsers or many worlds.
LONG = ("road", "sdk", "truth", "acceptance", "browser")
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# The default repeats itself exactly, so that a red test is red for everybody;
# HYPOTHESIS_PROFILE=explore goes looking for new counterexamples, among many more.
settings.register_profile("ci", max_examples=60, derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no long file is left to run alone at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    long = tuple(str(Path(__file__).parent / name) for name in LONG)
    items.sort(key=lambda item: (item.path not in slow, not str(item.path).startswith(long)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among thousands of tests while they are made, nor ever again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_unconfigure() -> None:
    """Let the end of the process find everything, or libraries tell of leaks that are none."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Find a data set by its folder's name; the test skips where it is absent."""

    def find(name: str) -> Path:
        folder = SHARED_DATA / name
        if not folder.exists():
            pytest.skip(f"data set {name!r} is not here: looked for ../shared/data/{name}")
        return folder

    return find


@pytest.fixture
def shipped_deadline(monkeypatch: pytest.MonkeyPatch) -> float:
    """Give decisions the milliseconds that they have in service."""
    monkeypatch.setattr(asked, "PULL_DEADLINE_MS", SHIPPED_DEADLINE_MS)
    return SHIPPED_DEADLINE_MS


@pytest.fixture
def shipped_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes for reports begin as they do in service."""
    monkeypatch.setattr(analyst, "START_METHOD", SHIPPED_START_METHOD)
