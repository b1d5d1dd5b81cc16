"""The leak gate on visits to a shop that arrive without knowledge of when fields were filled."""

import csv
import random
from pathlib import Path

import pytest

from wegweiser.measure.revenue.leak_file import check_rows
from wegweiser.terms.json import JsonObject

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "online_shoppers_intention"
FILE = DATA / "online_shoppers_intention.csv"
needs_visits = pytest.mark.skipif(not FILE.exists(), reason="the data set is not on this machine")


def visits() -> list[JsonObject]:
    with FILE.open(encoding="utf-8") as stream:
        return [dict(row) for row in csv.DictReader(stream, delimiter=";")]


@needs_visits
def test_every_column_of_a_flat_file_is_unknown_or_worse() -> None:
    rows = visits()
    assert (len(rows), sum(row["Revenue"] == "TRUE" for row in rows)) == (12_330, 1_908)
    found = {one.name: one for one in check_rows(rows, "Revenue")}
    assert len(found) == 17
    assert found["PageValues"].status == "suspect"
    assert {one.status for name, one in found.items() if name != "PageValues"} == {"unknown"}
    assert "snapshot" in found["ProductRelated_Duration"].reason["en"]


@needs_visits
def test_confirming_a_leaking_column_does_not_let_it_pass() -> None:
    found = {
        one.name: one for one in check_rows(visits(), "Revenue", ["PageValues", "Month", "Region"])
    }
    assert found["PageValues"].status == "suspect"
    assert (found["Month"].status, found["Region"].status) == ("ok", "ok")


def test_implanted_leaks_are_named_and_clean_columns_pass() -> None:
    chance = random.Random(6)
    missed = accused = 0
    for _ in range(40):
        rows: list[JsonObject] = []
        for number in range(600):
            sold = chance.random() < 0.1
            rows.append(
                {
                    "sold": sold,
                    "closer": chance.choice("abc") if sold else "",
                    "length": chance.gauss(3.0 if sold else 0.0, 1.0),
                    "weather": chance.gauss(0, 1),
                    "visits": chance.gauss(0.4 if sold else 0.0, 1.0),
                    "row": number % 50,
                }
            )
        every = ["closer", "length", "weather", "visits", "row"]
        found = {one.name: one.status for one in check_rows(rows, "sold", every)}
        missed += sum(found[name] == "ok" for name in ("closer", "length"))
        accused += sum(found[name] != "ok" for name in ("weather", "visits", "row"))
    assert missed <= 0.05 * 80
    assert accused <= 0.10 * 120
