"""Two engines read the conformance file: ours, and the evaluator of cel-python."""

import pytest

from tests.query.cel.second_engine import DIFFERS, second_opinion
from tests.query.cel.situation import ACTIVATION
from tests.query.cel.test_conformance import CASES


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_both_engines_agree_where_no_reason_is_named(text: str, expected: bool | None) -> None:
    agrees = second_opinion(text, ACTIVATION) is expected
    assert agrees is (text not in DIFFERS), DIFFERS.get(text, "no reason is named")


def test_every_difference_is_one_of_the_file() -> None:
    assert set(DIFFERS) <= {text for text, _ in CASES}
