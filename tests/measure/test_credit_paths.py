"""Paths of the question behind credit, walked a second time by hand over random small worlds."""

from collections import defaultdict

import numpy as np
import pytest

from tests.measure.asking import AS_OF, ask_rows, offer
from wegweiser.query.period import Period
from wegweiser.terms.instant import DAY_MS

BEGIN, END = AS_OF - 60 * DAY_MS, AS_OF - 25 * DAY_MS
WINDOW = 10 * DAY_MS
Told = dict[tuple[str, ...], tuple[int, int]]
Given = dict[str, object]


def world(seed: int) -> tuple[list[Given], list[Given]]:
    chance = np.random.default_rng(seed)
    visits: list[Given] = []
    reached: list[Given] = []
    for person in range(12):
        days = chance.choice(70, size=chance.integers(1, 8), replace=False)
        for day in days.tolist():
            at = AS_OF - 75 * DAY_MS + day * DAY_MS
            if chance.random() < 0.35:
                reached.append({"leaf": f"p{person}", "occurred_at": at})
            else:
                channel = str(chance.choice(["email", "social", "direct"]))
                visits.append({"leaf": f"p{person}", "occurred_at": at, "channel": channel})
    return visits, reached


def by_hand(visits: list[Given], reached: list[Given]) -> Told:
    found: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for person in {row["leaf"] for row in [*visits, *reached]}:
        own = sorted(
            (int(str(row["occurred_at"])), str(row["channel"]))
            for row in visits
            if row["leaf"] == person and BEGIN - WINDOW <= int(str(row["occurred_at"])) < END
        )
        goals = sorted(
            int(str(row["occurred_at"]))
            for row in reached
            if row["leaf"] == person and int(str(row["occurred_at"])) >= BEGIN - WINDOW
        )
        known = [goal for goal in goals if goal < END + WINDOW]
        walks: dict[int | None, list[tuple[int, str]]] = defaultdict(list)
        for at, channel in own:
            walks[next((goal for goal in known if goal >= at), None)].append((at, channel))
        for goal in (one for one in known if one not in walks):
            walks[goal] = []
        for goal_at, steps in walks.items():
            end = goal_at if goal_at is not None else steps[-1][0]
            if not BEGIN <= end < END or (goal_at is None and end + WINDOW > AS_OF):
                continue
            names = [name for at, name in steps if at >= end - WINDOW]
            told = [name for name in names if name != "direct"] or names
            found[tuple(told)][0 if goal_at is not None else 1] += 1
    return {path: (goals, nulls) for path, (goals, nulls) in found.items()}


@pytest.mark.parametrize("seed", range(12))
def test_paths_are_those_walked_by_hand(seed: int) -> None:
    visits, reached = world(seed)
    offer({"events": visits, "outcomes": reached})
    asked: dict[tuple[str, ...], tuple[int, int]] = {}
    for row in ask_rows("credit", {"window_days": "10"}, Period(BEGIN, END)):
        path = tuple(str(one) for one in row["contacts"])  # type: ignore[union-attr]
        goals, nulls = asked.get(path, (0, 0))
        asked[path] = (goals + int(str(row["goals"])), nulls + int(str(row["nulls"])))
    assert asked == by_hand(visits, reached)
    assert asked
