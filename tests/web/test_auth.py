"""The door: where forms may come from, where one may go on to, how often one may fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.web.auth import (
    FAILURES_PER_CLIENT,
    FAILURES_PER_NAME,
    WINDOW_MS,
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


def test_a_client_waits_after_five_failures() -> None:
    attempts = Attempts()
    for number in range(FAILURES_PER_CLIENT):
        assert attempts.wait_ms("10.0.0.1", "admin", number) == 0
        attempts.failed("10.0.0.1", "admin", number)
    assert attempts.wait_ms("10.0.0.1", "admin", 10) == WINDOW_MS - 10
    assert attempts.wait_ms("10.0.0.2", "admin", 10) == 0
    assert attempts.wait_ms("10.0.0.1", "admin", WINDOW_MS + 10) == 0


def test_a_name_is_guarded_against_many_clients() -> None:
    attempts = Attempts()
    for number in range(FAILURES_PER_NAME):
        attempts.failed(f"10.0.0.{number}", "admin", 0)
    assert attempts.wait_ms("10.0.1.1", "admin", 0) == WINDOW_MS
    assert attempts.wait_ms("10.0.1.1", "other", 0) == 0


def test_success_forgets_the_failures_of_the_client() -> None:
    attempts = Attempts()
    for _ in range(FAILURES_PER_CLIENT):
        attempts.failed("10.0.0.1", "admin", 0)
    attempts.succeeded("10.0.0.1")
    assert attempts.wait_ms("10.0.0.1", "admin", 0) == 0
