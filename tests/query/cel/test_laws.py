"""Laws of three-valued logic, and that nothing a person or a rule holds raises."""

import json
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.query.cel.situation import ACTIVATION, MAPPINGS, RULES
from tests.query.cel.test_conformance import CASES
from wegweiser.query.cel import MissingField, Rule, compile_expression, compile_rule
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.json import Json, JsonObject

ATOMS = st.sampled_from(["context.yes", "context.no", "context.absent", "context.query"])
SAYINGS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
    ),
    max_leaves=4,
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just("2026-11-22")
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["plan", "seats", "score", "vip", "tags", "nan", "huge", "since", "nested", "deep"]
TRAITS = st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES)
PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "traits": TRAITS | JSON_VALUES,
        "segments": st.lists(JSON_VALUES, max_size=3) | JSON_VALUES,
        "accounts": st.lists(
            st.dictionaries(st.sampled_from(["role", "since"]), JSON_VALUES), max_size=3
        ),
        "last_seen": JSON_VALUES,
    },
)
ACTIVATIONS = st.fixed_dictionaries(
    {},
    optional={
        "person": PEOPLE | JSON_VALUES,
        "stage": JSON_VALUES | st.fixed_dictionaries({"buy": JSON_VALUES}),
        "context": JSON_VALUES,
        "as_of": JSON_VALUES,
    },
)
RULES_OF_THE_TABLE: list[Rule] = [compile_rule(text, RULES) for text, _expected in CASES]


def decide(text: str) -> bool | None:
    # The comparison with a missing field keeps a saying from being constant without deciding it.
    return compile_rule(f"({text}) || context.absent == 1", RULES).evaluate(ACTIVATION)


@given(SAYINGS, SAYINGS)
def test_de_morgan(left: str, right: str) -> None:
    assert decide(f"!(({left}) && ({right}))") is decide(f"!({left}) || !({right})")
    assert decide(f"!(({left}) || ({right}))") is decide(f"!({left}) && !({right})")


@given(SAYINGS, SAYINGS)
def test_order_of_operands_does_not_matter(left: str, right: str) -> None:
    assert decide(f"({left}) && ({right})") is decide(f"({right}) && ({left})")
    assert decide(f"({left}) || ({right})") is decide(f"({right}) || ({left})")


@given(SAYINGS, SAYINGS)
def test_absorption(left: str, right: str) -> None:
    assert decide(f"({left}) && (({left}) || ({right}))") is decide(f"{left}")


@given(SAYINGS)
def test_not_not(saying: str) -> None:
    assert decide(f"!!({saying})") is decide(saying)


@settings(max_examples=40)
@given(ACTIVATIONS)
def test_no_activation_makes_a_rule_raise(activation: JsonObject) -> None:
    for rule in RULES_OF_THE_TABLE:
        verdict = rule.explain(activation)
        assert verdict.value is rule.evaluate(activation)
        assert (verdict.value is None) == (verdict.unknown is not None)
        assert (verdict.value is True) == (verdict.failing == "")


@settings(max_examples=40)
@given(TRAITS)
def test_adding_what_is_missing_never_turns_a_decision_round(traits: JsonObject) -> None:
    # Unknown may become true or false when a field arrives; a decision made without it stands.
    texts = ["{0} && {1}", "{0} || {1}", "!{0} || {1}", "!({0} && !{1})"]
    left, right = 'person.traits.plan == "pro"', "person.traits.seats > 5"
    full = {"plan": "pro", "seats": 1, **traits}
    for text in texts:
        rule = compile_rule(text.format(f"({left})", f"({right})"), RULES)
        complete = rule.evaluate({"person": {"traits": full}})
        for field in ("plan", "seats"):
            fewer = {key: value for key, value in full.items() if key != field}
            assert rule.evaluate({"person": {"traits": fewer}}) in (None, complete)


@pytest.mark.parametrize(
    "text",
    [
        'number(row.a, "de")',
        "number(row.a)",
        'time(row.a, "%d.%m.%Y %H:%M", "Europe/Berlin")',
        'time(row.a, "", "Europe/Berlin")',
        "time(row.a)",
        "lower(row.a) + trim(row.a)",
        "sha256(row.a)",
        "string(row.a)",
        "int(row.a)",
        "double(row.a)",
        "timestamp(row.a)",
        "duration(row.a)",
        "row.a",
        "row.a[row.b]",
        "row.a + row.b",
        "row.a / row.b",
        "row.a % row.b",
        "row.a.map(x, x + row.b)",
        "row.a in row.b",
        "-row.a",
    ],
)
@settings(max_examples=50)
@given(first=JSON_VALUES, second=JSON_VALUES)
def test_a_mapping_gives_json_or_says_what_is_missing(
    text: str, first: object, second: object
) -> None:
    activation = cast(JsonObject, {"row": {"a": first, "b": second}})
    reason = ""
    value: Json = None
    try:
        value = compile_expression(text, MAPPINGS).evaluate(activation)
    except MissingField as missing:
        reason = missing.unknown.reason
    assert reason in ("", "missing", "type", "arithmetic", "too_long")
    assert json.dumps(value)


PIECES = ["person", ".", "traits", "[", "]", "(", ")", "==", "&&", "!", "-", '"x"', "1", "?"]
PIECES += [":", "in", "has", ",", "exists", "a", "1.5", "true", "null", "{", "'", "\\", "\u0430"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=60))
def test_any_text_is_compiled_or_refused(text: str) -> None:
    offset: int | None = 0
    try:
        compile_expression(text, RULES)
    except RuleRefused as refused:
        offset = refused.offset
    assert offset is None or 0 <= offset <= len(text)
