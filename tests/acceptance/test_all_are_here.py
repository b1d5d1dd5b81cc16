"""Every acceptance check of the interface specification has a test that bears its number.

What stands where, beside the files that bear the number of a check:

* 1, 17, 18: every page by the rules of `rules.js` and `colours.js` in a browser: names, headings,
  labels, ids, targets, contrast, focus, width, charts, language, yellow, green and red.
* 4, 5: `test_04_marks.py`; the chart's own texts and names: `tests/web/test_charts.py`.
* 6: `test_06_gates.py` by the table in `states.py`; the states of Today: `tests/web/test_gates.py`.
* 8: simulated tests without any difference: `tests/truth/test_coverage.py`.
* 16: `test_16_words.py`; no string missing: `tests/web/test_catalogue.py`.
* 20: printed by `test_20_pace.py`; decisions beside drawing and reports: `bench/`.
* 15: by itself, with scripts: `tests/browser/test_data.py`.
* 21: `test_21_hostile.py`; refused links: `tests/web/test_charts.py`.
* 25: paper in `test_25_paper.py`; mails: `tests/measure/test_reports.py`; files in
  `test_21_hostile.py`; rows of the audit: `tests/web/test_settings.py`.
* 26: `test_26_rights.py`; role by role: `tests/web/test_roles.py`, `tests/web/security`.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
CHECKS = range(1, 28)
# Checks whose test stands where its matter stands: file, and how the test is called there.
ELSEWHERE = {
    5: ("tests/acceptance/test_04_marks.py", "test_05_each_chart_has_a_caption_and_a_table"),
    8: ("tests/truth/test_coverage.py", "test_a_a_tests_of_rates_read_50_times_rarely_err"),
    17: ("tests/acceptance/test_01_every_page.py", "test_01_page"),
    21: ("tests/web/test_charts.py", "test_a_foreign_link_is_refused_and_the_next_chart_draws"),
}


def test_each_check_is_here() -> None:
    found = set(ELSEWHERE)
    for file in HERE.glob("test_*.py"):
        text = file.read_text(encoding="utf-8")
        found |= {int(number) for number in re.findall(r"def test_(\d\d)_", text)}
        if (number := re.match(r"test_(\d\d)_", file.name)) and "def test_" in text:
            found.add(int(number[1]))
    assert found == set(CHECKS)


def test_what_stands_elsewhere_is_there() -> None:
    for path, name in ELSEWHERE.values():
        assert f"def {name}(" in (HERE.parents[1] / path).read_text(encoding="utf-8"), path
