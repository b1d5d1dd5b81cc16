"""The four connectives agree with Kleene's tables for true, false and unknown."""

from itertools import product

import pytest

from tests.query.cel.situation import ACTIVATION, RULES
from wegweiser.query.cel import compile_rule

TRUE, FALSE, UNKNOWN = "context.yes", "context.no", "context.absent"
VALUES = {TRUE: True, FALSE: False, UNKNOWN: None}
ROW = tuple(VALUES)


# Rows: left true, false, unknown; columns: right true, false, unknown.
AND: list[list[bool | None]] = [[True, False, None], [False, False, False], [None, False, None]]
OR: list[list[bool | None]] = [[True, True, True], [True, False, None], [True, None, None]]


@pytest.mark.parametrize(("row", "column"), list(product(range(3), range(3))))
def test_and_or(row: int, column: int) -> None:
    left, right = ROW[row], ROW[column]
    assert compile_rule(f"{left} && {right}", RULES).evaluate(ACTIVATION) is AND[row][column]
    assert compile_rule(f"{left} || {right}", RULES).evaluate(ACTIVATION) is OR[row][column]


@pytest.mark.parametrize(("name", "expected"), [(TRUE, False), (FALSE, True), (UNKNOWN, None)])
def test_not(name: str, expected: bool | None) -> None:
    assert compile_rule(f"!{name}", RULES).evaluate(ACTIVATION) is expected
    assert compile_rule(f"!!!{name}", RULES).evaluate(ACTIVATION) is expected


@pytest.mark.parametrize(("condition", "yes", "no"), list(product(ROW, ROW, ROW)))
def test_choice(condition: str, yes: str, no: str) -> None:
    text = f"{condition} ? !{yes} : !{no}"
    chosen = {True: VALUES[yes], False: VALUES[no], None: None}[VALUES[condition]]
    expected = None if chosen is None else not chosen
    assert compile_rule(text, RULES).evaluate(ACTIVATION) is expected


@pytest.mark.parametrize("sign", ["&&", "||"])
@pytest.mark.parametrize("values", list(product(ROW, ROW, ROW)))
def test_three_operands_group_as_they_like(sign: str, values: tuple[str, str, str]) -> None:
    first, second, third = values
    forms = [
        f"{first} {sign} {second} {sign} {third}",
        f"({first} {sign} {second}) {sign} {third}",
        f"{first} {sign} ({second} {sign} {third})",
    ]
    found = {compile_rule(form, RULES).evaluate(ACTIVATION) for form in forms}
    assert len(found) == 1


def test_a_value_that_is_no_truth_value_is_unknown_and_absorbed() -> None:
    rule = compile_rule("context.query || context.yes", RULES)
    assert rule.evaluate(ACTIVATION) is True
    rule = compile_rule("context.query && context.yes", RULES)
    assert rule.evaluate(ACTIVATION) is None
