"""What a sweep makes up for every route is made up for a sweep alone."""

from pathlib import Path

import pytest

FOR_SWEEPS = "test_openapi_for_long.py"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the sweep over all routes to sweeps; to deselect it, all must be made up first.

    It takes seconds in every process of the tests.
    """
    sweeps = config.getoption("markexpr") != "not sweep"
    return True if collection_path.name == FOR_SWEEPS and not sweeps else None
