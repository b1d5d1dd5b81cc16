"""Published figures: the e-mail experiment of 2008, from the rows to the sentence."""

import math
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from tests.measure.asking import AS_OF, ask, offer, result, shown
from wegweiser.measure.compare import (
    Arm,
    Paired,
    difference_variance,
    newcombe,
    ratio_of_means,
    relative_difference,
    welch,
)
from wegweiser.measure.experiment import check_split
from wegweiser.measure.form import real
from wegweiser.measure.sequential import always_valid, tuned_for
from wegweiser.measure.statistic import Interval
from wegweiser.terms.instant import DAY_MS

MENS, WOMENS, NONE = "Mens E-Mail", "Womens E-Mail", "No E-Mail"
SENT_AT = AS_OF - 40 * DAY_MS


@pytest.fixture(scope="module")
def customers(shared_data: Callable[[str], Path]) -> pa.Table:
    return pyarrow.csv.read_csv(shared_data("hillstrom") / "hillstrom.csv.gz")


def arm(customers: pa.Table, name: str, column: str) -> Arm:
    y = pc.cast(customers.filter(pc.equal(customers["segment"], name))[column], pa.float64())
    return Arm(len(y), pc.sum(y).as_py(), pc.sum(pc.multiply(y, y)).as_py())


def ends(found: Interval | None) -> tuple[float, float, float]:
    assert found is not None
    return (found.estimate, found.low, found.high)


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        (MENS, "visit", (0.076590, 0.069953, 0.083227)),
        (MENS, "conversion", (0.006805, 0.005014, 0.008641)),
        (WOMENS, "visit", (0.045233, 0.038894, 0.051573)),
        (WOMENS, "conversion", (0.003111, 0.001502, 0.004745)),
    ],
)
def test_differences_of_rates(
    customers: pa.Table, name: str, column: str, expected: tuple[float, float, float]
) -> None:
    found = newcombe(arm(customers, name, column), arm(customers, NONE, column))
    assert ends(found) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [(MENS, (0.7698, 0.4851, 1.0545)), (WOMENS, (0.4244, 0.1690, 0.6799))],
)
def test_differences_of_spend(
    customers: pa.Table, name: str, expected: tuple[float, float, float]
) -> None:
    found = welch(arm(customers, name, "spend"), arm(customers, NONE, "spend"))
    assert ends(found) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "expected"), [(MENS, (0.721, 0.638, 0.804)), (WOMENS, (0.426, 0.354, 0.498))]
)
def test_relative_differences(
    customers: pa.Table, name: str, expected: tuple[float, float, float]
) -> None:
    found = relative_difference(arm(customers, name, "visit"), arm(customers, NONE, "visit"))
    assert ends(found) == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize(
    ("planned", "low", "high", "multiple"),
    [(64_000, 0.066258, 0.086921, 3.0514), (5_000, 0.065686, 0.087493, 3.2205)],
)
def test_interval_that_may_be_read_at_any_time(
    customers: pa.Table, planned: int, low: float, high: float, multiple: float
) -> None:
    treated, control = arm(customers, MENS, "visit"), arm(customers, NONE, "visit")
    variance = difference_variance(treated, control)
    tau = tuned_for(variance, treated.units + control.units, planned)
    found = always_valid(treated.mean - control.mean, variance, tau)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)
    assert (found.high - found.estimate) / variance**0.5 == pytest.approx(multiple, abs=1e-4)


def test_split_is_sound(customers: pa.Table) -> None:
    counted = {name: arm(customers, name, "visit").units for name in (MENS, WOMENS, NONE)}
    check = check_split(counted, dict.fromkeys(counted, 1 / 3))
    assert (check.chi_square, check.chance) == pytest.approx((0.2025, 0.9037), abs=1e-4)
    assert check.freedom == 2
    assert not check.broken


@pytest.mark.parametrize(
    ("name", "ratio", "error"),
    [(MENS, 7.7842, 0.6559), (WOMENS, 7.1149, 0.6729), (NONE, 6.1487, 0.7377)],
)
def test_spend_per_visit(customers: pa.Table, name: str, ratio: float, error: float) -> None:
    y, x = arm(customers, name, "spend"), arm(customers, name, "visit")
    # Who spent has visited, so that Σxy is Σy.
    found = ratio_of_means(Paired(y.units, y.total, x.total, y.squares, x.squares, y.total))
    assert found.estimate == pytest.approx(ratio, abs=1e-4)
    assert (found.high - found.estimate) / 1.959964 == pytest.approx(error, abs=1e-4)


@pytest.fixture
def experiment(customers: pa.Table) -> None:
    leaves = [f"c{number}" for number in range(customers.num_rows)]
    segments = customers["segment"].to_pylist()
    decisions = [
        {"leaf": leaf, "decision_id": leaf, "occurred_at": SENT_AT, "arm": segment}
        for leaf, segment in zip(leaves, segments, strict=True)
    ]
    rows = zip(leaves, customers["visit"].to_pylist(), customers["spend"].to_pylist(), strict=True)
    outcomes = []
    for leaf, visit, spend in rows:
        at = {"leaf": leaf, "occurred_at": SENT_AT + DAY_MS}
        if visit:
            outcomes.append(at | {"goal": "visit", "outcome_id": f"v{leaf}"})
        if spend:
            outcomes.append(at | {"goal": "order", "value": spend, "outcome_id": f"s{leaf}"})
    offer({"decisions": decisions, "outcomes": outcomes})


@pytest.mark.usefixtures("experiment")
def test_the_lift_measure_says_the_same_from_the_rows() -> None:
    options = {"arm": MENS, "control": NONE, "window_days": "14"}
    equal = {"shares": f"{MENS}=1,{WOMENS}=1,{NONE}=1"}
    answer = ask("lift", options | equal | {"goal": "visit", "planned-units": "64000"})
    found = result(answer, "lift.difference")
    assert (found.low, found.high) == pytest.approx((0.066258, 0.086921), abs=1e-5)
    assert (found.kind, found.verdict, found.warnings) == ("always_valid", "helps", ())
    assert found.n["units"] == 42_613
    assert found.sentence["en"] == (
        "Compared with the control group, 7.7 more of 100 people reach visit"
        " (between 6.6 and 8.7, 19 times out of 20): better."
    )
    at_end = result(answer, "lift.difference_at_end")
    assert (at_end.low, at_end.high) == pytest.approx((0.069953, 0.083227), abs=1e-5)
    once = result(answer, "lift.relative_at_end")
    told = (once.estimate, once.low, once.high)
    assert told == pytest.approx((0.721, 0.638, 0.804), abs=6e-4)
    assert {row["arm"]: row["reached"] for row in shown(answer)}[WOMENS] == 3_238

    planned = {"planned-units": "64000"}
    spend = ask("lift", options | equal | planned | {"goal": "order", "metric": "value"})
    at_end = result(spend, "lift.difference_at_end")
    assert (at_end.low, at_end.high) == pytest.approx((0.4851, 1.0545), abs=1e-4)

    wrong = {"shares": f"{MENS}=0.34,{WOMENS}=0.34,{NONE}=0.32"}
    broken = ask("lift", options | wrong | {"goal": "visit"})
    assert [found.reason for found in broken.results] == ["broken"]
    assert broken.rows == ()

    check = ask("experiment.split_check", equal).results[0]
    assert check.estimate == pytest.approx(0.2025, abs=1e-4)


@pytest.mark.usefixtures("experiment")
@pytest.mark.parametrize(
    ("goal", "metric", "published"),
    [
        (
            "visit",
            "converted",
            {MENS: (3_894, 0.182757), WOMENS: (3_238, 0.151400), NONE: (2_262, 0.106167)},
        ),
        (
            "order",
            "converted",
            {MENS: (267, 0.012531), WOMENS: (189, 0.008837), NONE: (122, 0.005726)},
        ),
        (
            "order",
            "value",
            {
                MENS: (30_311.69, 1.422617),
                WOMENS: (23_038.11, 1.077202),
                NONE: (13_908.33, 0.652789),
            },
        ),
    ],
)
def test_the_table_of_arms(
    goal: str, metric: str, published: dict[str, tuple[float, float]]
) -> None:
    options = {"arm": MENS, "control": NONE, "window_days": "14", "goal": goal, "metric": metric}
    rows = {str(row["arm"]): row for row in shown(ask("lift", options))}
    found = {name: (round(real(row, "sum"), 2), real(row, "mean")) for name, row in rows.items()}
    assert {name: row["units"] for name, row in rows.items()} == {
        MENS: 21_307,
        WOMENS: 21_387,
        NONE: 21_306,
    }
    for name, (total, mean) in published.items():
        assert found[name] == (total, pytest.approx(mean, abs=5e-7))


@pytest.mark.usefixtures("experiment")
def test_how_sure_the_difference_of_spend_is() -> None:
    options = {"arm": MENS, "control": NONE, "window_days": "14", "goal": "order"}
    rows = {str(row["arm"]): row for row in shown(ask("lift", options | {"metric": "value"}))}
    errors = [real(rows[name], "standard_error") for name in (MENS, NONE)]
    assert math.hypot(*errors) == pytest.approx(0.1452, abs=5e-5)
