"""A geo experiment against its published walk-through: 40 cities, two of them treated."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wegweiser.measure.geo.panel import Panel
from wegweiser.measure.geo.synthetic import effect

TREATED = ("chicago", "portland")
PUBLISHED = {
    "cincinnati": 0.2272,
    "miami": 0.2028,
    "baton rouge": 0.1335,
    "minneapolis": 0.0900,
    "dallas": 0.0739,
    "nashville": 0.0685,
    "honolulu": 0.0673,
    "austin": 0.0465,
    "san diego": 0.0451,
    "reno": 0.0306,
    "san antonio": 0.0054,
    "houston": 0.0046,
    "new york": 0.0046,
}


@pytest.fixture(scope="module")
def panel(shared_data: Callable[[str], Path]) -> Panel:
    with (shared_data("geolift") / "GeoLift_Test.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    cities = sorted({row["location"] for row in rows})
    days = sorted({row["date"] for row in rows})
    values = np.zeros((len(cities), len(days)))
    for row in rows:
        values[cities.index(row["location"]), days.index(row["date"])] = float(row["Y"])
    return Panel(tuple(cities), values, before=90)


def test_the_effect_is_the_published_one(panel: Panel) -> None:
    found = effect(panel, TREATED)
    assert found.gap == pytest.approx(155.556, rel=1e-3)
    assert found.relative == pytest.approx(0.0542, abs=1e-4)
    assert found.total == pytest.approx(4_667, rel=1e-3)
    assert found.fit.error == pytest.approx(909.489, rel=1e-3)
    shares = dict(zip(found.fit.regions, found.fit.shares.tolist(), strict=True))
    # The published shares are printed to four digits.
    for city, share in shares.items():
        assert share == pytest.approx(PUBLISHED.get(city, 0.0), rel=1e-3, abs=6e-5), city
    assert [name for name, share in shares.items() if share > 6e-5] == sorted(PUBLISHED)


def test_the_interval_comes_from_quiet_blocks(panel: Panel) -> None:
    found = effect(panel, TREATED)
    assert np.allclose(found.blocks, [48.2, -16.5, 1.6, 22.6, -43.1, 3.1], atol=0.05)
    assert found.per_day is not None
    assert round(found.per_day.low) == 76
    assert round(found.per_day.high) == 235
