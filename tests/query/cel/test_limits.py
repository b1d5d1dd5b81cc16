"""A rule that runs too long, or grows too large a text, is unknown instead."""

import pytest

from tests.query.cel.situation import MAPPINGS, RULES
from wegweiser.query.cel import MissingField, compile_expression, compile_rule
from wegweiser.terms.json import Json


def test_steps_are_counted_over_all_lists_of_a_rule() -> None:
    rule = compile_rule("context.list.all(n, n >= 0)", RULES)
    short: Json = {"list": [1] * 3_000}
    long: Json = {"list": [1] * 4_000}
    assert rule.evaluate({"context": short}) is True
    assert rule.evaluate({"context": long}) is None
    assert rule.evaluate({"context": short}) is True
    unknown = rule.explain({"context": long}).unknown
    assert unknown is not None
    assert unknown.reason == "too_long"


NUMBERS: Json = [1] * 5_000
LONG = "x" * 35_000


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("context.one == context.other && n == 2", NUMBERS, [1] * 5_000),
        ("context.one != context.other", [[]] * 4_000, [[]] * 4_000),
        ("context.one == context.other && n == 2", dict.fromkeys("abc" * 9, NUMBERS), None),
        ("context.one in context.other", LONG, [LONG + "y"] * 3),
        ("context.other in context.one", NUMBERS, 2),
        ("context.one == context.other && n == 2", LONG, "x" * 35_000),
        ("context.one.contains(context.other)", LONG, "xy" * 20),
        ('context.one.matches("(x+)+$") && n == 2', LONG, None),
        ("size(context.one + context.one) < 0", NUMBERS, None),
    ],
)
def test_what_is_large_costs_steps_by_its_size(text: str, one: Json, other: Json) -> None:
    rule = compile_rule(f"context.list.exists(n, {text})", RULES)
    other = {**one} if isinstance(one, dict) else other
    situation: dict[str, Json] = {"context": {"list": [1] * 2_000, "one": one, "other": other}}
    assert rule.evaluate(situation) is None
    unknown = rule.explain(situation).unknown
    assert unknown is not None
    assert unknown.reason == "too_long"


def test_comparing_without_a_list_function_is_counted_too() -> None:
    rule = compile_rule(" && ".join(["context.one == context.other"] * 30), RULES)
    short: Json = {"one": [1] * 300, "other": [1] * 300}
    long: Json = {"one": [1] * 400, "other": [1] * 400}
    assert rule.evaluate({"context": short}) is True
    assert rule.evaluate({"context": long}) is None


def test_a_text_cannot_grow_without_end() -> None:
    expression = compile_expression("row.a + row.a + row.a + row.a", MAPPINGS)
    assert expression.evaluate({"row": {"a": "x" * 25_000}}) == "x" * 100_000
    with pytest.raises(MissingField, match="too_long"):
        expression.evaluate({"row": {"a": "x" * 25_001}})


def test_values_nested_without_end_are_unknown() -> None:
    one: Json = []
    other: Json = []
    for _ in range(5_000):
        one, other = [one], [other]
    rule = compile_rule("context.one == context.other", RULES)
    assert rule.evaluate({"context": {"one": one, "other": other}}) is None


def test_a_backtracking_pattern_ends() -> None:
    rule = compile_rule('context.v.matches("(a+)+$")', RULES)
    assert rule.evaluate({"context": {"v": "a" * 50_000 + "!"}}) is False


def test_the_largest_rule_is_accepted() -> None:
    text = " || ".join(f"context.a == {number}" for number in range(49))
    rule = compile_rule(text, RULES)
    assert rule.evaluate({"context": {"a": 48}}) is True
    assert rule.evaluate({"context": {"a": 49}}) is False
    deep = "!" * 8 + "context.a && " + "(" * 8 + "context.a" + ")" * 8
    assert compile_rule(deep, RULES).evaluate({"context": {"a": True}}) is True
    chain = " ? 1 : ".join(["context.a == 1"] * 30) + " ? 1 : 2"
    assert compile_expression(chain, RULES).evaluate({"context": {"a": 3}}) == 2
    total = "+".join(["context.a"] * 65) + " == 65"
    assert compile_rule(total, RULES).evaluate({"context": {"a": 1}}) is True


@pytest.mark.parametrize(
    "text",
    [
        'context.text.matches("(a{50}){19}b")',
        'context.list.exists(n, context.text.matches("(a|b){80}c"))',
    ],
)
def test_a_pattern_is_held_against_no_more_text_than_it_has_time_for(text: str) -> None:
    rule = compile_rule(text, RULES)
    hostile: Json = {"text": "a" * 32_000, "list": [1] * 1_000}
    unknown = rule.explain({"context": hostile}).unknown
    assert unknown is not None
    assert unknown.reason == "too_long"
    assert rule.evaluate({"context": {"text": "a" * 500 + "b", "list": []}}) is not None
