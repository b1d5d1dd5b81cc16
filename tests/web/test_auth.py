"""The door: where forms may come from, where one may go on to, how often one may fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.web.auth import (
    FORGOTTEN_AFTER_MS,
    FREE_FAILURES,
    LONGEST_DELAY_S,
    PAIRS_KEPT,
    Attempts,
    own_path,
    same_origin,
)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://a", "host": "a"}, False),
        ({"origin": "http://a", "host": "a"}, True),
        ({"origin": "http://a.example.org", "host": "a"}, False),
        ({"origin": "null", "host": "a"}, False),
        ({"host": "a"}, False),
        ({}, False),
    ],
)
def test_forms_come_from_our_own_pages(headers: dict[str, str], expected: bool) -> None:
    assert same_origin(headers) is expected


@given(st.text())
def test_going_on_never_leads_to_another_host(path: str) -> None:
    found = own_path(path)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert "\n" not in found


WHO = ("192.0.2.1", "admin")


@given(st.integers(min_value=0, max_value=5_000))
def test_a_delay_grows_and_stays_bearable(failures: int) -> None:
    attempts = Attempts()
    last = 0.0
    for _ in range(failures):
        delay = attempts.delay_s(*WHO, 0)
        assert last <= delay <= LONGEST_DELAY_S
        last = delay
        attempts.failed(*WHO, 0)
    assert (attempts.delay_s(*WHO, 0) > 0) == (failures >= FREE_FAILURES)


def test_failures_delay_neither_other_names_nor_other_clients() -> None:
    attempts = Attempts()
    for number in range(50):
        attempts.failed(*WHO, number)
        attempts.failed("192.0.2.1", f"invented-{number}", number)
    assert attempts.delay_s(*WHO, 50) == LONGEST_DELAY_S
    assert attempts.delay_s("192.0.2.1", "other", 50) == 0
    assert attempts.delay_s("192.0.2.2", "admin", 50) == 0


def test_failures_are_forgotten_after_success_and_in_time() -> None:
    attempts = Attempts()
    for _ in range(9):
        attempts.failed(*WHO, 0)
    assert attempts.delay_s(*WHO, FORGOTTEN_AFTER_MS - 1) > 0
    assert attempts.delay_s(*WHO, FORGOTTEN_AFTER_MS) == 0
    attempts.succeeded(*WHO)
    assert attempts.delay_s(*WHO, 0) == 0


def test_invented_names_do_not_fill_the_memory() -> None:
    attempts = Attempts()
    for number in range(PAIRS_KEPT + 100):
        attempts.failed("192.0.2.1", f"invented-{number}", 0)
    assert len(attempts) == PAIRS_KEPT
