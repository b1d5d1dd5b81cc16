"""Numbers in forms: shown as the reader writes them, and read both ways."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.serving import Running, settled
from wegweiser.web.pages.messages.form import document_of, values_of
from wegweiser.web.pages.segment_rows import RuleRow, rule_of_rows
from wegweiser.web.text import LANGUAGES, Reader
from wegweiser.web.typed_number import entry, stated_number, typed_number

READERS = {language: Reader(language, "UTC", 0) for language in LANGUAGES}
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4).map(float)


@given(amounts, st.sampled_from(LANGUAGES))
def test_what_stands_in_a_field_is_read_as_the_same_number(value: float, language: str) -> None:
    reader = READERS[language]
    written = entry(reader, value)
    assert float(typed_number(reader, written)) == value
    if "." in written or "," in written:
        # An address knows no language: what has decimals is read all the same.
        assert float(stated_number(written)) == value


@given(amounts, st.sampled_from(LANGUAGES))
def test_thousands_may_be_kept_apart_as_the_reader_does(value: float, language: str) -> None:
    reader = READERS[language]
    assert float(typed_number(reader, reader.number(value, 4))) == value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["0.25", "0,25"])
def test_point_and_comma_both_stand_before_decimals(language: str, typed: str) -> None:
    reader = READERS[language]
    document, faults = document_of(reader, {"key": "a", "value": typed}, {})
    assert document["value"] == 0.25
    assert not faults
    assert values_of(document, reader)["value"] == {"de": "0,25", "en": "0.25"}[language]


def test_a_rule_compares_a_number_that_was_typed_with_a_comma() -> None:
    assert rule_of_rows([RuleRow("trait", "budget", "is", "12,5")], "all")[0] == (
        "p.traits.budget == 12.5"
    )
    assert rule_of_rows([RuleRow("trait", "name", "is", "1,2,3")], "all")[0] == (
        'p.traits.name == "1,2,3"'
    )


def test_options_of_a_measure_are_written_for_the_reader(running: Running) -> None:
    def shown(query: str) -> str:
        page = settled(running.client, f"/measure/one/credit?{query}")
        found = re.search(r'id="half_life_days"[^>]* value="([^"]*)"', page)
        assert found is not None
        return found[1]

    assert shown("lang=de") == "7"
    assert shown("lang=de&half_life_days=2.5") == shown("lang=de&half_life_days=2,5") == "2,5"
    assert shown("lang=en&half_life_days=2,5") == "2.5"
    assert shown("lang=de&half_life_days=viel") == "viel"
