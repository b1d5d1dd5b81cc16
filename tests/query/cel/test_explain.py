"""The reason for a false or unknown rule names the comparison and the value found."""

import pytest

from tests.query.cel.situation import ACTIVATION, RULES
from wegweiser.query.cel import Verdict, compile_rule
from wegweiser.terms.json import Json


def explain(text: str) -> Verdict:
    return compile_rule(text, RULES).explain(ACTIVATION)


def test_true_needs_no_reason() -> None:
    assert explain('person.traits.plan == "pro"') == Verdict(True, "")


@pytest.mark.parametrize(
    ("text", "failing", "found"),
    [
        ('person.traits.plan == "free"', 'person.traits.plan == "free"', "pro"),
        ('stage.buy > 0.5 && person.traits.plan == "free"', 'person.traits.plan == "free"', "pro"),
        ("(stage.buy > 1.0 || stage.buy < 0.1)", "(stage.buy > 1.0 || stage.buy < 0.1)", 0.7),
        ("!(stage.buy > 0.5)", "!(stage.buy > 0.5)", 0.7),
        ("person.traits.vip ? stage.buy > 0.9 : true", "stage.buy > 0.9", 0.7),
        ("context.absent == 1 && stage.buy > 0.9", "stage.buy > 0.9", 0.7),
        ("has(person.traits.absent)", "has(person.traits.absent)", None),
        (
            "days_since(person.last_seen) < 3",
            "days_since(person.last_seen) < 3",
            "2026-11-12T12:00:00.000Z",
        ),
    ],
)
def test_false(text: str, failing: str, found: Json) -> None:
    assert explain(text) == Verdict(False, failing, found)


@pytest.mark.parametrize(
    ("text", "failing", "reason", "where"),
    [
        ("context.absent == 1", "context.absent == 1", "missing", "context.absent"),
        (
            "stage.buy > 0.5 && !(context.absent == 1)",
            "(context.absent == 1)",
            "missing",
            "context.absent",
        ),
        ("person.traits.plan > 5", "person.traits.plan > 5", "type", "person.traits.plan > 5"),
        ("context.query && context.yes", "context.query", "type", "context.query"),
        (
            "context.absent ? !context.yes : !context.no",
            "context.absent",
            "missing",
            "context.absent",
        ),
        (
            "person.traits.seats / 0 == 1",
            "person.traits.seats / 0 == 1",
            "arithmetic",
            "person.traits.seats / 0",
        ),
    ],
)
def test_unknown(text: str, failing: str, reason: str, where: str) -> None:
    verdict = explain(text)
    assert verdict.value is None
    assert verdict.failing == failing
    assert verdict.unknown is not None
    assert (verdict.unknown.reason, verdict.unknown.where) == (reason, where)


def test_a_reason_stays_short() -> None:
    rule = compile_rule("person.traits.text == 1 && person.traits.list == 1", RULES)
    person: Json = {"traits": {"text": "x" * 10_000, "list": [[1]] * 10_000}}
    assert rule.explain({"person": person}).found == "x" * 200
    rule = compile_rule("person.traits.list == 1", RULES)
    assert rule.explain({"person": person}).found == [None] * 10
