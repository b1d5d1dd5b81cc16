"""Foresight: between the moments it names, time alone changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.query.cel import TIMESTAMP, Schema, closed_map, compile_rule
from wegweiser.query.cel.foresight import foresee
from wegweiser.query.cel.looking_back import segment_functions
from wegweiser.query.cel.schema import open_map
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS

NOW = 1_795_000_000_000
SCHEMA = Schema(
    {
        "person": closed_map({"last_seen": TIMESTAMP, "traits": open_map()}),
        "history": closed_map({}),
        "as_of": TIMESTAMP,
    },
    segment_functions("person"),
)
RULES = [
    "days_since(person.last_seen) > 3",
    "!(days_since(person.last_seen) * 24.0 <= 60.0) || person.traits.a == 1",
    "days_since(person.last_seen) == 2.0",
    'as_of - person.last_seen < duration("36h")',
    'person.last_seen > as_of - duration("2d")',
    'as_of >= timestamp("2026-11-25T00:00:00Z") && days_since(person.last_seen) < 9',
    'count("A", "3d") >= 2',
    'seen("A", "30h") && !seen("B", "2d")',
    'count("A", "2d") + count("B") > 3',
    "days_since(person.last_seen) > 1 ? days_since(person.last_seen) < 4 : false",
]
hours = st.dictionaries(st.integers(0, 90), st.integers(1, 2), max_size=4).map(
    lambda found: [[NOW - back * HOUR_MS, number] for back, number in sorted(found.items())][::-1]
)


@given(st.sampled_from(RULES), st.integers(0, 5 * DAY_MS), hours, hours, st.integers(0, 6 * DAY_MS))
def test_time_alone_changes_nothing_before_the_named_moment(rule, back, of_a, of_b, ahead):
    scope = {
        "person": {"last_seen": NOW - back, "traits": {}},
        "history": {"A": of_a, "B": of_b},
    }
    compiled, foresight = compile_rule(rule, SCHEMA), foresee(rule, SCHEMA)
    named = foresight.next_change(scope, NOW)
    end = NOW + ahead if named is None else min(NOW + ahead, named - 1)
    now, later = (compiled.evaluate({**scope, "as_of": at}) for at in (NOW, end))
    assert now is later


@pytest.mark.parametrize("rule", RULES[:1] + RULES[3:5] + RULES[6:8])
def test_following_the_named_moments_finds_every_change(rule):
    scope = {
        "person": {"last_seen": NOW - DAY_MS, "traits": {}},
        "history": {"A": [[NOW - 5 * HOUR_MS, 2]], "B": [[NOW - 40 * HOUR_MS, 1]]},
    }
    compiled, foresight = compile_rule(rule, SCHEMA), foresee(rule, SCHEMA)
    truth, at = {compiled.evaluate({**scope, "as_of": NOW})}, NOW
    while (ahead := foresight.next_change(scope, at)) is not None:
        assert ahead > at
        at = ahead
        truth.add(compiled.evaluate({**scope, "as_of": at}))
    assert truth == {True, False}


def test_a_rule_without_the_clock_is_timeless():
    assert foresee("person.traits.a == 1", SCHEMA).is_timeless


@pytest.mark.parametrize(
    "rule",
    [
        "int(days_since(person.last_seen)) % 7 == 0",
        'string(as_of).startsWith("2026-11")',
        "[1.0, 2.0].exists(day, days_since(person.last_seen) > day)",
        "days_since(person.last_seen) * days_since(person.last_seen) > 9.0",
    ],
)
def test_what_cannot_be_told_beforehand_is_refused(rule):
    compile_rule(rule, SCHEMA)
    with pytest.raises(RuleRefused, match="beforehand"):
        foresee(rule, SCHEMA)
