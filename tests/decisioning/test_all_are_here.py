"""Every acceptance test of the decisioning specification is a test that bears its number."""

import re
from pathlib import Path

TESTS = range(1, 41)


def test_each_acceptance_test_is_here() -> None:
    texts = [file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py")]
    found = {int(number) for text in texts for number in re.findall(r"def test_(\d\d)_", text)}
    assert found == set(TESTS)
