"""Numbers in forms: shown as the reader writes them, and read both ways."""

import re
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [1e15, 1e16, -1e21, 1.5e300, 1e-12])
def test_numbers_of_any_size_are_written_into_a_field(value: float, language: str) -> None:
    reader = READERS[language]
    assert float(typed_number(reader, entry(reader, value))) == pytest.approx(value, abs=1e-10)


def test_an_address_takes_no_thousands_for_decimals() -> None:
    assert stated_number("1,500") == "1,500"
    assert stated_number("12,345,678") == "12,345,678"
    assert stated_number(entry(READERS["de"], 1.5)) == "1.5"


@pytest.mark.parametrize("typed", ["1,5.5", "1.234,5.6", "1.5,5", "1,2,3.4", "12.34.567"])
def test_point_and_comma_without_thousands_are_no_number(typed: str) -> None:
    for reader in READERS.values():
        assert typed_number(reader, typed) == stated_number(typed) == typed


def test_a_rule_compares_a_number_that_was_typed_with_a_comma() -> None:
    assert rule_of_rows([RuleRow("trait", "budget", "is", "12,5")], "all")[0] == (
        "p.traits.budget == 12.5"
    )
    assert rule_of_rows([RuleRow("trait", "name", "is", "1,2,3")], "all")[0] == (
        'p.traits.name == "1,2,3"'
    )


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [("de", "1.500", "1500"), ("de", "2,5", "2.5"), ("en", "1,500", "1500"), ("en", "2.5", "2.5")],
)
def test_what_is_typed_into_a_form_of_a_measure_becomes_a_plain_address(
    running: Running, language: str, typed: str, meant: str
) -> None:
    page = settled(running.client, f"/measure/one/credit?lang={language}")
    assert f'<input type="hidden" name="numbers" value="{language}">' in page
    sent = {"period": "30d", "half_life_days": typed, "numbers": language, "lang": language}
    answer = running.client.get("/measure/one/credit", params=sent)
    assert answer.status_code == 303
    path, _, query = answer.headers["location"].partition("?")
    assert path == "/measure/one/credit"
    assert dict(parse_qsl(query)) == {"period": "30d", "half_life_days": meant, "lang": language}
    assert running.client.get(answer.headers["location"]).status_code == 200


@given(
    st.lists(
        st.tuples(st.sampled_from(["half_life_days", "lang", "nosuch", "numbers"]), st.text()),
        max_size=4,
    ),
    st.sampled_from(["en", "de"]),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_typed_leads_once_to_the_same_page(
    running: Running, typed: list[tuple[str, str]], language: str
) -> None:
    settled(running.client, "/measure/one/credit?lang=en")
    query = urlencode([*((name, text.encode("utf-8", "replace")) for name, text in typed)])
    answer = running.client.get(f"/measure/one/credit?{query}&numbers={language}")
    assert answer.status_code == 303
    told = answer.headers["location"]
    assert re.fullmatch(r"/measure/one/credit(\?[!-~]+)?", told)
    found = parse_qsl(told.partition("?")[2], keep_blank_values=True)
    kept = [name for name, _ in typed if name != "numbers"]
    assert [name for name, _ in found] == kept
    assert running.client.get(told).status_code in (200, 422)


def test_numbers_of_another_language_are_refused_in_words(running: Running) -> None:
    settled(running.client, "/measure/one/credit?lang=en")
    answer = running.client.get("/measure/one/credit?numbers=fr&lang=en")
    assert answer.status_code == 422
    assert "numbers" in answer.text


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
