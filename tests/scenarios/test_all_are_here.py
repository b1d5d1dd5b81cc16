"""Every acceptance scenario of the identity specification is a test that bears its number."""

import re
from pathlib import Path

SCENARIOS = range(1, 51)


def test_each_scenario_has_its_test() -> None:
    texts = [file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py")]
    found = {int(number) for text in texts for number in re.findall(r"def test_(\d\d)_", text)}
    assert found == set(SCENARIOS)
