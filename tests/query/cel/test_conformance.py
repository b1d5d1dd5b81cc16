"""What each part of the language says about one known situation."""

import pytest

from tests.query.cel.situation import ACTIVATION, GOALS, RULES
from wegweiser.query.cel import compile_rule

CASES: list[tuple[str, bool | None]] = [
    # equality: other types are unequal, whole and decimal numbers compare as numbers
    ('person.traits.plan == "pro"', True),
    ('person.traits.plan != "enterprise"', True),
    ('person.traits.absent != "enterprise"', None),
    ('"pro" == person.traits.plan', True),
    ("person.traits.seats == 12.0", True),
    ("person.traits.seats == 12", True),
    ('person.traits.seats == "12"', False),
    ('person.traits.seats != "12"', True),
    ("person.traits.vip == true", True),
    ("person.traits.vip == 1", False),
    ("person.traits.vip != 1", True),
    ("person.traits.nothing == null", True),
    ("person.traits.plan == null", False),
    ('person.traits.nothing == "pro"', False),
    ("person.traits.tags == ['a', 1.0, 2.5]", True),
    ("person.traits.tags == ['a', true, 2.5]", False),
    ("person.traits.nested == person.traits.nested", True),
    ("person.traits.nan == 1", None),
    ("person.traits.nan == person.traits.nan", None),
    # order: only between values of one kind
    ("person.traits.seats > 5 && person.traits.seats <= 12", True),
    ("5 < person.traits.seats", True),
    ("12 <= person.traits.score", False),
    ("person.traits.score >= 0.5", True),
    ('person.traits.plan < "q"', True),
    ("person.traits.plan > 5", None),
    ("person.traits.vip > 0", None),
    ("person.traits.nan < 1", None),
    ("person.traits.seats > person.traits.score", True),
    ("person.traits.seats > person.traits.plan", None),
    # in
    ('person.traits.plan in ["free", "pro"]', True),
    ('person.traits.seats in ["free", "pro"]', False),
    ("person.traits.seats in [1, 12.0]", True),
    ('"trial" in person.segments', True),
    ('"seats" in person.traits', True),
    ('"absent" in person.traits', False),
    ("person.traits.plan in person.traits.seats", None),
    ('"x" in person.traits.absent', None),
    # has, index, depth
    ("has(person.traits.plan)", True),
    ("has(person.traits.absent)", False),
    ("has(person.traits.absent.more)", None),
    ('person.traits["plan"] == "pro"', True),
    ('person.traits.nested.deep.deeper.deepest == "x"', True),
    ("person.traits.plan.deeper == 1", None),
    ("person.traits.tags[1] == 1", True),
    ("person.traits.tags[7] == 1", None),
    ("person.traits.tags[-1] == 1", None),
    ('person.accounts[0].role == "user"', True),
    # arithmetic
    ("person.traits.seats + 1 == 13 && person.traits.seats - 1 == 11", True),
    ("person.traits.seats * 2 == 24 && person.traits.seats / 5 == 2", True),
    ("-person.traits.seats / 5 == -2 && -person.traits.seats % 5 == -2", True),
    ("person.traits.seats * person.traits.score == 6", True),
    ("person.traits.seats / 0 == 1", None),
    ("person.traits.seats % 0 == 1", None),
    ("person.traits.score / 0.0 > 1.0", None),
    ("person.traits.huge + 1 > 0", None),
    ("-(-person.traits.huge - 1) > 0", None),
    ("person.traits.seats + person.traits.plan == 1", None),
    ('person.traits.plan + "x" == "prox"', True),
    ("size(person.segments + ['x']) == 3", True),
    # texts
    ('person.traits.plan.startsWith("p") && person.traits.plan.endsWith("o")', True),
    ('person.traits.plan.contains("r")', True),
    ("person.traits.seats.contains('r')", None),
    ('person.traits.plan.matches("^p.o$")', True),
    ('person.traits.plan.matches("x")', False),
    (r'person.traits.plan.matches(r"^\w+$")', True),
    ("size(person.traits.plan) == 3 && person.traits.plan.size() == 3", True),
    (r"'\x70\u0072\157' == person.traits.plan", True),
    # conversions
    ('string(person.traits.seats) == "12" && string(person.traits.score) == "0.5"', True),
    ('string(person.traits.vip) == "true"', True),
    ('int("12") == person.traits.seats && int(person.traits.score) == 0', True),
    ("int(person.traits.plan) == 1", None),
    ('double("0.5") == person.traits.score', True),
    ("double(person.traits.plan) > 0.0", None),
    # moments
    ("person.last_seen < as_of", True),
    ("as_of - person.last_seen == duration('240h')", True),
    ("as_of - duration('10d') <= person.last_seen", True),
    ("as_of - duration('9d23h59m') <= person.last_seen", False),
    ('person.last_seen > timestamp("2026-11-12T13:00:00+02:00")', True),
    ("timestamp(person.traits.since) < as_of", True),
    ("person.traits.since < as_of", None),
    ("days_since(person.last_seen) == 10", True),
    ("days_since(person.traits.since) > 21", True),
    ("days_since(person.traits.plan) > 21", None),
    # lists
    ('person.accounts.exists(a, a.role == "owner")', True),
    ('person.accounts.all(a, a.role == "owner")', False),
    ("person.accounts.all(a, a.since <= as_of)", True),
    ('person.accounts.exists_one(a, a.role == "owner")', True),
    ('person.accounts.filter(a, a.role == "user").size() == 1', True),
    ("person.accounts.map(a, a.role) == ['user', 'owner']", True),
    ("person.traits.tags.exists(t, t > 2)", True),
    ("person.traits.tags.all(t, t > 0)", None),
    ("person.traits.tags.all(t, t > 2)", False),
    ("person.traits.tags.exists_one(t, t > 2)", None),
    ("person.traits.tags.filter(t, t > 2).size() == 1", None),
    ("person.traits.exists(key, key == 'seats')", True),
    ("person.traits.plan.exists(p, p == 'x')", None),
    ("person.traits.absent.exists(a, a == 1) || stage.buy > 0.5", True),
    # precedence and layout
    ("person.traits.vip || person.traits.vip && context.no", True),
    ("!context.no && context.yes // checked last week", True),
    ("context.yes\n&& stage.buy > 0.5", True),
    ("1 + 2 * person.traits.seats == 25", True),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_case(text: str, expected: bool | None) -> None:
    assert compile_rule(text, RULES).evaluate(ACTIVATION) is expected


def test_goal_predicates() -> None:
    goal = compile_rule('event == "Demo Booked" && properties.seats >= 10', GOALS)
    assert goal.evaluate({"event": "Demo Booked", "properties": {"seats": 12}}) is True
    assert goal.evaluate({"event": "Demo Booked", "properties": {}}) is None
    assert goal.evaluate({"event": "Page", "properties": {}}) is False


def test_what_a_rule_reads_is_known() -> None:
    rule = compile_rule("days_since(person.last_seen) > 3 || has(person.traits.plan)", RULES)
    assert rule.paths == {"as_of", "person.last_seen", "person.traits.plan"}
    assert rule.variables == {"as_of", "person"}
    rule = compile_rule("person.accounts.exists(a, a.role == context.query)", RULES)
    assert rule.paths == {"person.accounts", "context.query"}
