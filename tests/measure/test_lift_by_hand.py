"""The sums behind lift, added up a second time by hand over random small worlds."""

from collections import defaultdict

import numpy as np
import pytest

from tests.measure.asking import AS_OF, ask_rows, offer
from wegweiser.query.period import Period
from wegweiser.terms.instant import DAY_MS, format_instant

EPOCH, BEGIN, END = (AS_OF - days * DAY_MS for days in (80, 50, 5))
WINDOW = 10 * DAY_MS
BEFORE = 28 * DAY_MS
Given = dict[str, object]


def world(seed: int) -> tuple[list[Given], list[Given], list[Given]]:
    """Decisions, goals, and leaves of which two may be one person; some see both arms."""
    chance = np.random.default_rng(seed)
    decisions: list[Given] = []
    reached: list[Given] = []
    leaves = [{"leaf": f"l{n}", "person_id": f"p{n // 2 if n < 10 else n}"} for n in range(40)]
    for number in range(40):
        arm = str(chance.choice(["main", "nothing"]))
        for _ in range(chance.integers(0, 5)):
            late = chance.random() < 0.1
            decisions.append(
                {
                    "leaf": f"l{number}",
                    "decision_id": f"d{len(decisions)}",
                    "arm": "main" if late else arm,
                    "group_id": f"g{number % 7}" if number % 3 else "",
                    "fallback": bool(chance.random() < 0.1),
                    "occurred_at": AS_OF - int(chance.integers(0, 100)) * DAY_MS,
                }
            )
        for _ in range(chance.integers(0, 6)):
            at = AS_OF - int(chance.integers(0, 110)) * DAY_MS
            reached.append({"leaf": f"l{number}", "occurred_at": at, "value": float(number)})
    return decisions, reached, leaves


def moment(row: Given) -> int:
    return int(str(row["occurred_at"]))


def by_hand(
    decisions: list[Given], reached: list[Given], leaves: list[Given]
) -> dict[str, list[float]]:
    person = {row["leaf"]: str(row["person_id"]) for row in leaves}
    triggers: dict[str, list[Given]] = defaultdict(list)
    for row in decisions:
        if not row["fallback"] and EPOCH <= moment(row) < END:
            triggers[person[row["leaf"]]].append(row)
    goals = defaultdict(list)
    for row in reached:
        goals[person[row["leaf"]]].append(row)
    accounts: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    triggered: dict[str, int] = defaultdict(int)
    for name, rows in triggers.items():
        inside = [row for row in rows if moment(row) >= BEGIN]
        if not inside:
            continue
        arms = {str(row["arm"]) for row in inside}
        arm = arms.pop() if len(arms) == 1 else "(two arms)"
        triggered[arm] += 1
        first, began = min(map(moment, inside)), min(map(moment, rows))
        own = sorted({str(row["group_id"]) for row in rows
                      if row["arm"] in {one["arm"] for one in inside}} - {""})  # fmt: skip
        if first + WINDOW <= AS_OF:
            y = sum(float(str(g["value"])) for g in goals[name]
                    if first <= moment(g) < first + WINDOW)  # fmt: skip
            x = sum(float(str(g["value"])) for g in goals[name]
                    if began - BEFORE <= moment(g) < began)  # fmt: skip
            accounts[arm, own[0] if own else name].append((y, x))
    found: dict[str, list[float]] = {arm: [n, *[0.0] * 11] for arm, n in triggered.items()}
    for (arm, _), units in accounts.items():
        n, y, x = float(len(units)), sum(a for a, _ in units), sum(b for _, b in units)
        each = [n, y, x, sum(a * a for a, _ in units), sum(b * b for _, b in units)]
        each += [sum(a * b for a, b in units), n * n, n * y, n * x, y * y, x * x]
        found[arm] = [found[arm][0], *(a + b for a, b in zip(found[arm][1:], each, strict=True))]
    return found


@pytest.mark.parametrize("seed", range(8))
def test_sums_are_those_added_up_by_hand(seed: int) -> None:
    decisions, reached, leaves = world(seed)
    offer({"decisions": decisions, "outcomes": reached, "leaves": leaves})
    options = {"goal": "sale", "metric": "value", "window_days": "10"}
    options["epoch_start"] = format_instant(EPOCH)[:10]
    told = ask_rows("lift", options, Period(BEGIN, END))
    rows = [row for row in told if row["part"] == "all"]
    columns = ["triggered", "n", "sum_y", "sum_x", "sum_yy", "sum_xx", "sum_xy"]
    columns += [f"cluster_{name}" for name in ("nn", "ny", "nx", "yy", "xx")]
    asked = {row["arm"]: [float(str(row[name])) for name in columns] for row in rows}
    wanted = by_hand(decisions, reached, leaves)
    assert asked.keys() == wanted.keys()
    for arm, sums in wanted.items():
        assert asked[str(arm)] == pytest.approx(sums)
