"""Every warning that a measure can give has words on pages, in both languages."""

from pathlib import Path

import pytest

import wegweiser
from tests.house.warning_codes import codes_in
from wegweiser.web.pages.measure.words import warning_said
from wegweiser.web.text import Reader

MEASURES = Path(wegweiser.__file__).parent / "measure"
CODES = codes_in(MEASURES)


def test_the_codes_are_found() -> None:
    assert len(CODES) >= 45
    assert {"days_left_out", "few_units_carry_it", "not_stable", "split_not_checked"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_warning_of_a_measure_has_words(code: str) -> None:
    english, german = (warning_said(Reader(lang, "UTC", 0), code) for lang in ("en", "de"))
    assert english is not None, f"{CODES[code]} warns of {code}, which no page can say"
    assert english == german == "" or english != german


def test_a_code_without_words_is_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        'LATE = "came_too_late"\n'
        "def _warnings(a: int) -> tuple[str, ...]:\n"
        '    found = {"one_of_a_dict": a == int("not_a_code")}\n'
        "    return tuple(found)\n"
        'answer(warnings=(*(("never_said",) if late else ()), LATE))\n'
    )
    assert set(codes_in(tmp_path)) == {"came_too_late", "never_said", "one_of_a_dict"}
    assert warning_said(Reader("en", "UTC", 0), "never_said") is None


@pytest.mark.parametrize(
    "code",
    [
        "3_entries_without_amount",
        "7_goal_before_lead",
        "read_as:E-Mail=email",
        "goods_known_for_40_percent_of_revenue",
        "in_place",
        "missing",
    ],
)
def test_what_stands_beside_a_code_changes_no_words(code: str) -> None:
    assert warning_said(Reader("en", "UTC", 0), code) is not None
