"""Languages and formats."""

import pytest

from wegweiser.web.text import Reader, language_of

NOW = 1_795_340_467_000  # 2026-11-22 09:41:07 UTC
GERMAN, ENGLISH = Reader("de", "Europe/Berlin", NOW), Reader("en", "UTC", NOW)


@pytest.mark.parametrize(
    ("stated", "accepted", "expected"),
    [
        (["de", ""], "en", "de"),
        (["", "en"], "de", "en"),
        (["xx", ""], "de-AT,de;q=0.9", "de"),
        (["", ""], "fr", "en"),
        (["", ""], "", "en"),
    ],
)
def test_language(stated: list[str], accepted: str, expected: str) -> None:
    assert language_of(stated, accepted, "en") == expected


def test_numbers_and_dates_follow_the_language() -> None:
    assert (GERMAN.number(412300), ENGLISH.number(412300)) == ("412.300", "412,300")
    assert (GERMAN.percent(0.067), ENGLISH.percent(0.067)) == ("6,7\xa0%", "6.7%")
    assert (GERMAN.money(412300, "EUR", 0), ENGLISH.money(412300, "EUR", 0)) == (
        "412.300\xa0€",
        "€412,300",
    )
    assert (GERMAN.day("2026-11-24"), ENGLISH.day("2026-11-24")) == ("24. Nov.", "24 Nov")
    assert ENGLISH.day("2024-11-24") == "24 Nov 2024"


def test_times_are_those_of_the_workspace() -> None:
    assert (GERMAN.time(NOW), ENGLISH.time(NOW)) == ("10:41", "09:41")


def test_small_shares_are_never_minus_zero() -> None:
    assert ENGLISH.percent(-0.0001, 1, signed=True) == "0.0%"


def test_plurals() -> None:
    assert GERMAN.count("{count} person", "{count} people", 1) == "1 Person"
    assert GERMAN.count("{count} person", "{count} people", 1200) == "1.200 Personen"


@pytest.mark.parametrize(
    ("passed_s", "expected"),
    [(5, "1 minute ago"), (7200, "2 hours ago"), (86_400 * 3, "3 days ago")],
)
def test_ago(passed_s: int, expected: str) -> None:
    assert ENGLISH.ago(NOW - passed_s * 1000) == expected
