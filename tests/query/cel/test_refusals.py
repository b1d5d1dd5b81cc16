"""Every refusal names its place, and where it can, the remedy."""

import pytest

from tests.query.cel.situation import GOALS, MAPPINGS, RULES
from wegweiser.query.cel import Schema, compile_expression, compile_rule
from wegweiser.terms.errors import RuleRefused

# text, offset of the fault (None: the whole), a piece of the reason
REFUSED: list[tuple[str, int | None, str]] = [
    ("", 0, "no expression"),
    (" // nothing\n", 0, "no expression"),
    ("person.trait.x == 1", 6, 'no field "trait"'),
    ('person["trait"].x == 1', 6, 'no field "trait"'),
    ("persn.traits.x == 1", 0, '"persn" is not known'),
    ("person.accounts[0].rol == 'x'", 18, 'no field "rol"'),
    ("person.accounts.exists(a, a.rol == 'x')", 27, 'no field "rol"'),
    ("has(person.trait)", 10, 'no field "trait"'),
    ("shell('id')", 0, 'no function "shell"'),
    ("dayssince(as_of) > 1", 0, 'no function "dayssince"'),
    ("lower(person.traits.plan) == 'x'", 0, 'no function "lower"'),
    ("has(person)", 0, 'no function "has"'),
    ("startsWith(person.traits.plan, 'a')", 0, "called in another way"),
    ("as_of.days_since() > 1", 0, "called in another way"),
    ("size() == 1", 0, "takes 1 arguments"),
    ("person.traits.plan.contains(1)", 28, "takes a string here, not a int"),
    ("person.traits.plan", 0, "not certain to be true or false"),
    ("person.traits.seats + 1", 0, "not certain to be true or false"),
    ("person.segments", 0, "this is a list"),
    ("true", 0, "the same for everybody"),
    ("1 == 1", 0, "the same for everybody"),
    ("1 / 0 == 1", 0, "the same for everybody"),
    ("person.traits.a == 1 || true", 0, "the same for everybody"),
    ("person.traits.a == 1 && size('a') == 2", 0, "the same for everybody"),
    ("person.segments && true", 0, "this is a list, not true or false"),
    ("!stage.buy", 1, "this is a double"),
    ("stage.buy ? context.a == 1 : context.b == 1", 0, "this is a double"),
    ("context.a == (context.b ? 1 : 'x')", 30, "one type"),
    ("stage.buy == 'x'", 0, "cannot be compared"),
    ("person.last_seen > '2026-01-01'", 0, "a timestamp cannot be compared with a string"),
    ("person.segments > ['a']", 0, "a list has no order"),
    ("1 in person.segments", 0, "never in a list of string"),
    ("'a' in stage.buy", 7, "in needs a list or a map"),
    ("as_of + as_of == as_of", 0, "timestamp + timestamp has no meaning"),
    ("stage.buy % 2 == 0", 0, "% needs whole numbers"),
    ("-as_of == as_of", 0, "has no negative"),
    ("as_of.year == 2026", 0, 'a timestamp has no field "year"'),
    ("person.segments['a'] == 'b'", 16, 'a list has no field "a"'),
    ("person.segments[1.5] == 'b'", 16, "no entry under a double"),
    ("person.traits.plan.matches('(')", 27, "the pattern is refused"),
    ("person.traits.plan.matches('(?=a)')", 27, "the pattern is refused"),
    ("person.traits.plan.matches(r'(a)\\1')", 27, "the pattern is refused"),
    (f"person.traits.plan.matches('{'a' * 201}')", 27, "longer than 200"),
    ("person.traits.plan.matches('((a{100}){100}){10}')", 27, "the pattern is refused"),
    ("person.traits.plan.matches(person.traits.x)", 27, "a text written in the rule"),
    ("timestamp('31.12.2026') < as_of", 0, "has no value"),
    ("duration('a while') < as_of - as_of", 0, "has no value"),
    ("double('NaN') == stage.buy", 0, "has no value"),
    ("person.segments.exists(s, person.segments.exists(t, t == s))", 26, "inside a list function"),
    ("person.segments.exists(person, person == 'x')", 0, "already stands for"),
    ("stage.buy.exists(a, a > 1)", 0, "exists needs a list"),
    ("person.segments.exists(1, true)", 0, 'no function "exists"'),
    (
        "person.segments.filter(a, a != '').filter(b, b != '').exists(c, c != '')",
        0,
        "more than 2 list functions",
    ),
    ("{'a': 1} == context.a", 0, "maps and objects"),
    ("context{a: 1} == context.a", 7, "maps and objects"),
    ("context.a ==", 12, "not complete"),
    ("(context.a == 1", 15, "not complete"),
    ("context.a == 1)", 14, ") is not expected"),
    ("context.a b", 10, "b is not expected"),
    ("context.a = 1", 10, "= is not part of the language"),
    ("context.a & context.b", 10, "& is not part of the language"),
    ("while == 1", 0, "reserved word"),
    ("context.true == 1", 8, "no plain field name"),
    ("context.a == 'x", 13, "not closed"),
    ("context.a == 'x\ny'", 13, "not closed"),
    ("context.a == " + "'" + "\\" * 2001, 13, "not closed"),
    ("context.a == '''x'''", 13, "triple quotes"),
    ("context.a == b'x'", 13, "byte texts"),
    (r"context.a == 'a\d'", 15, r"\d is not an escape"),
    (r"context.a == '\ud800'", 14, "is not an escape"),
    (r"context.a == r'a\'", 16, "cannot end with a backslash"),
    ("context.a == 9223372036854775808", 13, "too large"),
    ("context.a == " + "9" * 5000, 4096, "longer than 4096"),
    ("context.a == " + "9" * 4000, 13, "too large"),
    ("context.a == 1e999", 13, "too large"),
    ("context.__class__ == 1", 0, "is not a field"),
    ('context["a\'b"] == 1', 8, "holds no quotes"),
    ("context['a;b'] == 1", 8, "holds no quotes"),
    ("context['a--b'] == 1", 8, "holds no quotes"),
    ("context['a\\u202eb'] == 1", 8, "holds no quotes"),
    ("context.\u0430 == 1", 8, "names are ASCII letters"),
    ("context.a == '\u202ex'", 14, "hidden character U+202E"),
    ("context.a == 1 // \u2066", 18, "hidden character U+2066"),
    ("context.a == '\x00'", 14, "hidden character U+0000"),
    ("(" * 9 + "context.a" + ")" * 9, 8, "nested deeper than 8"),
    ("!" * 9 + "context.a", 8, "nested deeper than 8"),
    ("[" * 4000, 8, "nested deeper than 8"),
    (" || ".join(f"context.a == {n}" for n in range(60)), None, "more than 200 parts"),
    ("context.a in [" + "1," * 700 + "1]", None, "more than 600 words"),
]


@pytest.mark.parametrize(("text", "offset", "reason"), REFUSED)
def test_refused(text: str, offset: int | None, reason: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        compile_rule(text, RULES)
    assert reason in refused.value.reason
    assert refused.value.said("en") == refused.value.message
    assert refused.value.said("de").startswith("Die Regel ist")
    assert refused.value.fault.said("de") not in refused.value.message
    if offset is not None:
        assert refused.value.offset == offset


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("person.trait.x == 1", '"traits"'),
        ("persn.traits.x == 1", '"person"'),
        ("days_sinc(as_of) > 1", '"days_since"'),
        ("person.last_seen > '2026-01-01'", "timestamp("),
        ("has(person)", "has(map.field)"),
        ("startsWith(person.traits.plan, 'a')", "text.startsWith"),
        (r"person.traits.plan.matches('\d')", 'r"…"'),
        ("context.a = 1", "=="),
    ],
)
def test_a_remedy_is_named(text: str, suggestion: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        compile_rule(text, RULES)
    assert suggestion in refused.value.suggestion


def test_a_function_is_refused_where_its_variable_is_not_offered() -> None:
    with pytest.raises(RuleRefused, match="as_of"):
        compile_rule("days_since(properties.at) > 3", GOALS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('number(row.a, "fr")', '"de"'),
        ("number(row.a, row.b)", "written in the rule"),
        ('time(row.a, "%Q")', "%Q is not a part"),
        ('time(row.a, "%d.%d")', "twice"),
        ('time(row.a, "%d%")', "ends with %"),
        ('time(row.a, "%d.%m.%Y", "Mars/Base")', "time zone is not known"),
        ('time(row.a, "%d.%m.%Y", "../../etc/passwd")', "time zone is not known"),
        ("lower(1)", "takes a string"),
    ],
)
def test_mapping_functions_refuse_what_they_cannot_use(text: str, reason: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        compile_expression(text, MAPPINGS)
    assert reason in refused.value.reason


def test_an_empty_schema_knows_nothing() -> None:
    with pytest.raises(RuleRefused, match="not known"):
        compile_expression("row", Schema({}, {}))
