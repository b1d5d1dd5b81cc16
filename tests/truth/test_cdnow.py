"""Buying models against published figures: the CDNOW sample, 39 weeks to learn, 39 to hold."""

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from wegweiser.measure.lifetime import bgnbd, gamma_gamma, mbgnbd, nbd, pareto
from wegweiser.measure.lifetime.buyers import Buyers, Numbers, gather
from wegweiser.measure.lifetime.fit import Fitted

CALIBRATED = date(1997, 9, 30)
ONE_1516 = gather([26], [30.857142857], [31])


@pytest.fixture(scope="module")
def folder(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("cdnow_sample")


def table(folder: Path, name: str) -> dict[str, Numbers]:
    with (folder / name).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}


@pytest.fixture(scope="module")
def summary(folder: Path) -> dict[str, Numbers]:
    return table(folder, "cdnow_customers_summary.csv")


@pytest.fixture(scope="module")
def buyers(summary: dict[str, Numbers]) -> Buyers:
    return gather(summary["frequency"], summary["recency"], summary["T"])


@pytest.fixture(scope="module")
def bg(buyers: Buyers) -> Fitted:
    return bgnbd.fit(buyers)


@pytest.fixture(scope="module")
def pareto_nbd(buyers: Buyers) -> Fitted:
    return pareto.fit(buyers)


def test_bg_nbd(buyers: Buyers, bg: Fitted) -> None:
    assert buyers.customers == 2_357
    assert bg.values == pytest.approx([0.243, 4.414, 0.793, 2.426], rel=0.01)
    assert bg.log_likelihood == pytest.approx(-9_582.4256, abs=0.01)
    assert bgnbd.expected_of_new(bg, 52) == pytest.approx(1.444004, rel=1e-3)
    assert bgnbd.expected(bg, ONE_1516, 52)[0] == pytest.approx(25.75659, rel=1e-3)
    assert bgnbd.alive(bg, ONE_1516)[0] == pytest.approx(0.9688523, rel=1e-3)


def test_pareto_nbd(pareto_nbd: Fitted) -> None:
    assert pareto_nbd.values == pytest.approx([0.553, 10.578, 0.606, 11.669], rel=0.01)
    assert pareto_nbd.log_likelihood == pytest.approx(-9_594.974, abs=0.5)
    assert pareto_nbd.errors == pytest.approx([0.0476, 0.8427, 0.1873, 6.2105], rel=0.02)
    assert pareto.expected_of_new(pareto_nbd, 52) == pytest.approx(1.473434, rel=1e-3)
    assert pareto.expected(pareto_nbd, ONE_1516, 52)[0] == pytest.approx(25.45647, rel=1e-3)
    assert pareto.alive(pareto_nbd, ONE_1516)[0] == pytest.approx(0.997874, rel=1e-3)


def test_mbg_nbd_and_nbd(buyers: Buyers) -> None:
    found = mbgnbd.fit(buyers)
    assert found.values == pytest.approx([0.5248, 6.1830, 0.8914, 1.6140], rel=0.01)
    assert found.log_likelihood == pytest.approx(-9_582.1327, abs=0.01)
    for_ever = nbd.fit(buyers)
    assert for_ever.values == pytest.approx([0.3848, 12.0721], rel=0.01)
    assert for_ever.log_likelihood == pytest.approx(-9_763.6602, abs=0.01)


def test_gamma_gamma(folder: Path) -> None:
    held = table(folder, "cdnow_customers_summary_with_transactions.csv")
    repeat = held["x"] > 0 if "x" in held else held["frequency"] > 0
    orders = (held["x"] if "x" in held else held["frequency"])[repeat]
    values = held["zbar"][repeat] if "zbar" in held else held["monetary_value"][repeat]
    assert len(orders) == 946
    found = gamma_gamma.fit(orders, values)
    assert found.values == pytest.approx([6.25, 3.74, 15.44], rel=0.01)
    assert found.log_likelihood == pytest.approx(-4_055.92, abs=0.5)
    assert np.corrcoef(orders, values)[0, 1] == pytest.approx(0.1139, abs=1e-4)
    one = gamma_gamma.expected(found, np.array([2.0, 0.0]), np.array([22.35, 0.0]))
    assert one == pytest.approx([24.66, 35.17], rel=1e-3)


def holdout(folder: Path) -> dict[str, int]:
    """Count the days with a purchase in the 39 weeks after the calibration, per customer."""
    days: dict[str, set[date]] = defaultdict(set)
    for line in (folder / "CDNOW_sample.txt").read_text(encoding="utf-8").splitlines():
        _, customer, day, *_ = line.split()
        days[str(int(customer))].add(date(int(day[:4]), int(day[4:6]), int(day[6:])))
    last = CALIBRATED + timedelta(weeks=39)
    return {name: sum(CALIBRATED < one <= last for one in held) for name, held in days.items()}


def test_the_holdout_by_number_of_repeats(
    folder: Path, summary: dict[str, Numbers], bg: Fitted, pareto_nbd: Fitted
) -> None:
    bought = holdout(folder)
    actual = np.array([bought[str(int(name))] for name in summary["ID"]], dtype=float)
    assert actual.sum() == 1_882
    everybody = Buyers(summary["frequency"], summary["recency"], summary["T"], np.ones(len(actual)))
    by_bg, by_pareto = (
        module.expected(fitted, everybody, 39)
        for module, fitted in ((bgnbd, bg), (pareto, pareto_nbd))
    )
    assert by_bg.sum() == pytest.approx(1_653.4, rel=1e-3)
    assert by_bg.sum() / actual.sum() - 1 == pytest.approx(-0.12, abs=0.005)
    bins = np.minimum(summary["frequency"], 7).astype(int)
    means = [[part[bins == one].mean() for one in range(8)] for part in (actual, by_bg, by_pareto)]
    assert np.bincount(bins).tolist() == [1_411, 439, 214, 100, 62, 38, 29, 64]
    assert means[0] == pytest.approx(
        [0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594], abs=1e-4
    )
    assert means[1] == pytest.approx(
        [0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570], abs=1e-3
    )
    assert means[2] == pytest.approx(
        [0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403], abs=2e-3
    )
