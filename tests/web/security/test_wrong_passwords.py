"""Whoever guesses passwords closes the way in for their own network, and for no other."""

import httpx
import pytest

from tests.web.security.test_sign_in import SENTENCE, choose, invited
from tests.web.serving import Running
from wegweiser.terms.instant import DAY_MS
from wegweiser.workspace.wrong_passwords import KEPT, MOST, WrongPasswords

STRANGER, COLLEAGUE = "203.0.113.7", "198.51.100.4"


def signs_in(attacked: Running, client: str, name: str, password: str) -> str:
    """Sign in from an address; gives where it leads, or the page that refuses."""

    async def post() -> str:
        transport = httpx.ASGITransport(attacked.pages, client=(client, 5))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=attacked.address) as browser:
            form = {"name": name, "password": password}
            answer = await browser.post(
                "/sign-in", data=form, headers={"sec-fetch-site": "same-origin"}
            )
            return answer.headers.get("location", "") or answer.text

    return attacked.wait(post())


def test_the_way_in_is_closed_for_one_network_until_a_link_opens_it(attacked: Running) -> None:
    people, now = attacked.site.people, attacked.site.clock.now_ms()
    choose(attacked.visitor(), invited(attacked, "sought"))
    assert signs_in(attacked, STRANGER, "sought", SENTENCE) == "/"
    for _ in range(MOST):
        people.wrong_passwords.note(STRANGER, "sought", now)
    assert "too many wrong passwords" in signs_in(attacked, "203.0.113.99", "sought", SENTENCE)
    assert signs_in(attacked, COLLEAGUE, "sought", SENTENCE) == "/"
    assert signs_in(attacked, STRANGER, "admin", attacked.password) == "/"
    people.invite("sought")
    assert signs_in(attacked, STRANGER, "sought", SENTENCE) == "/"


def test_a_wrong_password_is_noted_and_a_right_one_forgets_it(attacked: Running) -> None:
    people, now = attacked.site.people, attacked.site.clock.now_ms()
    choose(attacked.visitor(), invited(attacked, "clumsy"))
    for _ in range(MOST - 1):
        people.wrong_passwords.note(COLLEAGUE, "clumsy", now)
    assert signs_in(attacked, COLLEAGUE, "clumsy", SENTENCE) == "/"
    for _ in range(MOST - 1):
        people.wrong_passwords.note(COLLEAGUE, "clumsy", now)
    assert "do not belong together" in signs_in(attacked, COLLEAGUE, "clumsy", "no")
    assert "too many wrong passwords" in signs_in(attacked, COLLEAGUE, "clumsy", SENTENCE)


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "", "testclient"])
def test_what_may_be_a_proxy_for_everybody_is_never_closed(client: str) -> None:
    wrong = WrongPasswords()
    for _ in range(2 * MOST):
        wrong.note(client, "ada", 0)
    assert not wrong.is_closed(client, "ada", 0)


def test_it_opens_after_a_day_and_memory_is_bounded() -> None:
    wrong = WrongPasswords()
    for _ in range(MOST):
        wrong.note(STRANGER, "ada", 0)
    assert wrong.is_closed(STRANGER, "ada", DAY_MS - 1)
    assert not wrong.is_closed(STRANGER, "ada", DAY_MS)
    for number in range(KEPT):
        wrong.note(STRANGER, f"somebody-{number}", 1)
    assert not wrong.is_closed(STRANGER, "ada", 1)
