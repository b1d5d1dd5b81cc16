"""Questions bind only what they name, and take relations in front."""

import pytest

from wegweiser.query.sql import ask, with_relations


def test_a_missing_parameter_is_an_error_here_and_not_in_the_engine() -> None:
    with pytest.raises(KeyError):
        ask("select $goal as goal", zone="UTC")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from b", "with b as (\nselect 2 as n)\nselect * from b"),
        ("WITH a as (select 1) select 1", "with b as (\nselect 2 as n),\na as (select 1) select 1"),
    ],
)
def test_relations_come_first(sql: str, expected: str) -> None:
    assert with_relations(sql, {"b": "select 2 as n"}) == expected
    assert with_relations(sql, {}) == sql
