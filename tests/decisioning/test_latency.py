"""The latency table: what eight clients in a closed loop see of a real server, its log included.

Nothing here is a bound on time: machines differ. The figures are printed beside their goals.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

import wegweiser
from bench.figure import table
from bench.latency import CASES, Case, figures, measure

SWEEP_SECONDS = 600.0


def check_latencies(folder: Path, seconds: float, requests: int, cases: Sequence[Case]) -> None:
    """Measure all cases, and hold the figures against each other and against the log."""
    found = list(measure(folder / "data", seconds, requests, cases))
    told = [figure for one in found for figure in figures(one)]
    print(f"\n{table(told)}")
    assert [one.case for one in found] == list(cases)
    for one in found:
        assert one.refused == 0
        assert one.requests >= requests
        assert 0.0 < one.p50_ms <= one.p99_ms <= one.seconds * 1000.0
    assert all(figure.value > 0.0 and figure.goal for figure in told)
    with wegweiser.open(folder / "data") as workspace:
        logged = sum(1 for _ in workspace.site.unifier.decisions.since(""))
    decided = [one.requests for one in found if one.case.kind == "decide"]
    assert logged >= sum(decided)


def test_40_the_latency_table_in_short(tmp_path: Path) -> None:
    check_latencies(tmp_path, 0.0, 50, [case for case in CASES if case.candidates == 100])


@pytest.mark.sweep
def test_40_the_latency_table_over_ten_minutes(tmp_path: Path) -> None:
    check_latencies(tmp_path, SWEEP_SECONDS / len(CASES), 2_000, CASES)
