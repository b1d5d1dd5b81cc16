"""Public series for the tests of watching, and quiet series with season and holidays."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

Reals = npt.NDArray[np.float64]
DATA = Path(__file__).parents[2] / ".." / "shared" / "data"


def folder(name: str) -> Path:
    """Give the folder of a data set, or skip where it is absent."""
    found = DATA / name
    if not found.is_dir():
        pytest.skip(f"shared/data/{name} is not here")
    return found


def table(file: Path) -> list[tuple[str, float]]:
    """Read (ds, y), by date; the files are not sorted."""
    with file.open() as opened:
        rows = [(row["ds"], float(row["y"])) for row in csv.DictReader(opened) if row["y"]]
    return sorted(rows)


def daily(name: str) -> tuple[list[date], Reals]:
    """Read a daily series; a day without a row is not a number."""
    rows = dict(table(folder("wikipedia_pageviews") / name))
    first, last = date.fromisoformat(min(rows)), date.fromisoformat(max(rows))
    days = [first + timedelta(days=passed) for passed in range((last - first).days + 1)]
    return days, np.array([rows.get(day.isoformat(), np.nan) for day in days])


def change_point_series() -> dict[str, tuple[Reals, dict[str, list[int]]]]:
    """Read the univariate series with the changes that people marked."""
    place = folder("tcpd_open")
    marked = json.loads((place / "annotations.json").read_text())
    found = {}
    for name, annotations in marked.items():
        series = json.loads((place / "series" / f"{name}.json").read_text())
        if series["n_dim"] == 1:
            raw = [np.nan if one is None else one for one in series["series"][0]["raw"]]
            found[name] = (np.array(raw, dtype=np.float64), annotations)
    return found


def quiet_counts(
    rng: np.random.Generator, series: int, days: int
) -> tuple[Reals, npt.NDArray[np.bool_]]:
    """Draw counts with a week, a year, holidays and more spread than Poisson; nothing happens."""
    day = np.arange(days)
    week = rng.normal(0, 0.25, (series, 7))
    year = rng.uniform(0, 0.3, (series, 1)) * np.sin(
        2 * np.pi * day / 365.25 + rng.uniform(0, 6.28, (series, 1))
    )
    holidays = np.isin(day % 365, (0, 95, 120, 275, 357, 358))
    size = rng.uniform(90, 900, (series, 1))
    level = week[:, day % 7] + year + rng.normal(0, 0.1, (series, days)) - 0.7 * holidays
    return rng.poisson(size * np.exp(level)).astype(np.float64), holidays
