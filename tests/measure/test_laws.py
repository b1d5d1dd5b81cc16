"""Laws of every question: statistics add over people, and order of rows changes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.measure.asking import AS_OF, ask, ask_rows, offer
from wegweiser.measure.lift_tail import CUT
from wegweiser.measure.registry import MEASURES
from wegweiser.terms.instant import DAY_MS, MINUTE_MS
from wegweiser.terms.result import Result

# Begun first: nothing else keeps one process of the tests as long.
pytestmark = pytest.mark.slow

OPTIONS: dict[str, dict[str, str]] = {
    "web.entry_pages": {"goal": "sale", "window_days": "2"},
    "message.goals": {"window_days": "2"},
    "lift": {"window_days": "2", "metric": "value"},
    "lift.arms": {"window_days": "2"},
    # The time held out is a third of all that anybody's orders span, unless it is stated.
    "lifetime.buying": {"holdout_weeks": "1"},
    "lifetime.value": {"holdout_weeks": "1"},
    "profit.groups": {"holdout_weeks": "1"},
    "web.searches": {"goal": "sale", "window_days": "2"},
    "web.regions": {"window_days": "2"},
    "web.funnel": {"steps": "page > goal > path:/prices", "window_days": "2"},
    "web.paths": {"depth": "2", "steps": "both"},
    # Without a stated sum the valuable are the best fifth of all.
    "segments.distinct": {"window_days": "2", "value_from": "1"},
    "watch.effect": {"window_days": "2", "metric": "value"},
    "watch.alarms": {"series": "conversion,sources"},
    "watch.changes": {"series": "response,fields"},
}
KEYS = {
    "arm", "cut", "entry_path", "file_name", "is_total", "measured_by", "message", "path",
    "seconds", "day", "source", "channel", "version", "device", "thing", "test", "variant", "goal",
    "attributes", "unit_kind", "words", "source_id", "call", "name", "part", "field", "value_type",
    "cohort", "distance", "last_distance", "step", "steps", "placement", "slot", "closed",
    "region", "month", "is_before", "is_future", "has_goal", "is_lost", "age_days", "waited_days",
    "contacts", "walker", "segment", "learns", "cluster_code", "y", "kind", "term", "period",
    "subject", "reason", "verdict", "week", "role", "watched", "dimension", "member", "is_fresh",
    "repeats", "last", "age", "later", "worth", "recency", "frequency", "recency_before",
    "frequency_before", "level", "account", "lasted_months", "age_months", "has_ended", "is_aside",
    "rule", "currency", "bucket", "is_inside", "feature", "size", "margin_each", "before_each",
    "served_each", "lacking_rate", "depth",
}  # fmt: skip
# What hangs on who is the largest of all does not add: the largest units of an arm, and the sums of
# amounts that are cut at a percentile.
OF_ALL = {"largest_n", "largest_y", "largest_yy"}
# Every example asks each measure three times. HYPOTHESIS_PROFILE=explore tries many more.
EXPLORING = settings.get_current_profile_name() == "explore"
STATISTICS, RESULTS = (120, 80) if EXPLORING else (6, 4)
OWN_IDS = {"events": "event_id", "decisions": "decision_id", "outcomes": "outcome_id"}
LEAVES = ("a", "b", "c", "d")
START = AS_OF - 6 * DAY_MS
moments = st.integers(0, 600).map(lambda minutes: START + minutes * 10 * MINUTE_MS)
leaves = st.sampled_from(LEAVES)

events = st.lists(
    st.fixed_dictionaries(
        {
            "leaf": leaves,
            "occurred_at": moments,
            "path": st.sampled_from(["/", "/prices"]),
            "source": st.sampled_from(["", "news"]),
        }
    ),
    max_size=12,
)
searches = st.lists(
    st.fixed_dictionaries(
        {
            "leaf": leaves,
            "occurred_at": moments,
            "type": st.just("track"),
            "name": st.just("Search Performed"),
            "search_query": st.sampled_from(["Boots", "boots", "shoes 4711471"]),
            "results_count": st.sampled_from([None, 0, 3]),
        }
    ),
    max_size=4,
)
downloads = st.lists(
    st.fixed_dictionaries(
        {
            "leaf": leaves,
            "occurred_at": moments,
            "type": st.just("track"),
            "name": st.just("File Downloaded"),
            "file_name": st.sampled_from(["guide.pdf", "prices.xlsx"]),
        }
    ),
    max_size=4,
)
decisions = st.lists(
    st.fixed_dictionaries(
        {
            "leaf": leaves,
            "occurred_at": moments,
            "arm": st.sampled_from(["main", "nothing"]),
            "fallback": st.booleans(),
        }
    ),
    max_size=6,
)
goals = st.lists(
    st.fixed_dictionaries(
        {"leaf": leaves, "occurred_at": moments, "value": st.sampled_from([1.0, 2.5])}
    ),
    max_size=6,
)
seen = st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=6)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[dict[str, object]]]:
    decided = [row | {"decision_id": f"d{n}"} for n, row in enumerate(draw(decisions))]
    rows = draw(events) + draw(searches) + draw(downloads)
    world = {
        "events": [row | {"event_id": f"e{n:03}", "position": n} for n, row in enumerate(rows)],
        "decisions": decided,
        "exposures": [],
        "outcomes": [row | {"outcome_id": f"g{n}"} for n, row in enumerate(draw(goals))],
    }
    for number, (which, clicked) in enumerate(draw(seen)):
        if which < len(decided):
            decision = decided[which]
            told = {key: decision[key] for key in ("leaf", "decision_id")}
            told["occurred_at"] = int(str(decision["occurred_at"])) + MINUTE_MS
            world["exposures"].append(told)
            if clicked:
                click = told | {"kind": "click", "goal": "", "outcome_id": f"c{number}"}
                world["outcomes"].append(click)
    return world


def part(world: Mapping[str, list[dict[str, object]]], kept: set[str]) -> dict[str, Any]:
    return {name: [row for row in rows if row["leaf"] in kept] for name, rows in world.items()}


def numbers(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the sums of a row; those of a list one by one."""
    for name in row.keys() - KEYS - OF_ALL:
        held = row[name]
        if isinstance(held, list):
            yield from ((f"{name}[{place}]", float(part)) for place, part in enumerate(held))
        else:
            yield name, float(held or 0)


def added(*tables: list[dict[str, Any]]) -> dict[tuple[object, ...], dict[str, float]]:
    sums: dict[tuple[object, ...], dict[str, float]] = {}
    for row in (row for table in tables for row in table if row.get("part") != CUT):
        key = tuple(sorted((name, str(row[name])) for name in KEYS & row.keys()))
        totals = sums.setdefault(key, defaultdict(float))
        for name, value in numbers(row):
            if name == "first_at_ms":
                totals[name] = min(totals.get(name, value), value)
            elif name == "last_at_ms":
                totals[name] = max(totals.get(name, value), value)
            else:
                totals[name] += value
    return {key: dict(totals) for key, totals in sums.items() if any(totals.values())}


@pytest.mark.parametrize("name", MEASURES)
@settings(max_examples=STATISTICS, suppress_health_check=list(HealthCheck))
@given(world=worlds(), kept=st.sets(leaves))
def test_statistics_add_over_people(
    name: str, world: dict[str, list[dict[str, object]]], kept: set[str]
) -> None:
    options = OPTIONS.get(name, {})
    tables = []
    for people in (set(LEAVES), kept, set(LEAVES) - kept):
        offer(part(world, people))
        tables.append(ask_rows(name, options))
    assert added(tables[0]) == added(tables[1], tables[2])


@pytest.mark.parametrize("name", MEASURES)
@settings(max_examples=RESULTS, suppress_health_check=list(HealthCheck))
@given(world=worlds(), seed=st.randoms(use_true_random=False))
def test_results_are_whole_and_nothing_but_what_had_arrived_changes_them(
    name: str, world: dict[str, list[dict[str, object]]], seed: Any
) -> None:
    options = OPTIONS.get(name, {})
    offer(world)
    before = ask(name, options)
    _are_whole(before.results)
    offer(shuffled(world, seed))
    assert ask(name, options) == before, "the order of rows, and outcomes reported again"
    late = arrived_later(world)
    offer({table: rows + late[table] for table, rows in world.items()})
    assert ask(name, options) == before, "what arrived later"


def shuffled(
    world: dict[str, list[dict[str, object]]], seed: Any
) -> dict[str, list[dict[str, object]]]:
    """Give the rows in another order, and report every outcome once more."""
    rows = {table: seed.sample(rows, len(rows)) for table, rows in world.items()}
    rows["outcomes"] += [row | {"position": 9} for row in world["outcomes"]]
    return rows


def arrived_later(
    world: dict[str, list[dict[str, object]]],
) -> dict[str, list[dict[str, object]]]:
    """Give the same rows under ids of their own, as if they came after the question."""
    return {
        table: [
            row
            | {"received_at": AS_OF + 1}
            | {name: f"{row[name]}-late" for name in [OWN_IDS.get(table)] if name in row}
            for row in rows
        ]
        for table, rows in world.items()
    }


def _are_whole(results: Sequence[Result]) -> None:
    assert results
    for found in results:
        assert found.sentence["en"]
        assert found.sentence["de"]
        assert (found.estimate is None) == bool(found.reason)
        if found.estimate is not None:
            assert found.low is not None
            assert found.high is not None
            assert found.low <= found.estimate <= found.high
