"""Signing out here and at a real identity provider, and only here where it offers no more."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.web.openid.provider import CLIENT, Provider
from tests.web.openid.test_sign_in import ADA, signed_in
from tests.web.serving import Running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.terms.instant import HOUR_MS
from wegweiser.web.pages.form import TOKEN_HEADER, form_token
from wegweiser.workspace.openid.sign_out import KEPT, OUT
from wegweiser.workspace.second_factor import STEP_MS, code_at


def in_by_provider(company: Running, identity: Provider) -> httpx.Client:
    identity.claims, identity.out = {**ADA, "groups": ["marketing"]}, company.address + OUT
    browser, answer = signed_in(company)
    assert answer.status_code == 303
    return with_token(browser)


def with_token(browser: httpx.Client) -> httpx.Client:
    browser.headers[TOKEN_HEADER] = form_token(browser.cookies["wegweiser"])
    return browser


def way_out(page: httpx.Response) -> str:
    """Give where the page leads to by itself; a link leads there too."""
    assert page.status_code == 200, page.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found is not None, page.text
    assert f'href="{found[1]}"' in page.text
    return unescape(found[1])


def test_who_came_by_the_provider_is_signed_out_at_both(
    company: Running, identity: Provider
) -> None:
    browser = in_by_provider(company, identity)
    path = way_out(browser.post("/sign-out?lang=en"))
    assert path.startswith(f"{identity.issuer}/end?")
    # Here it is over whatever happens there.
    assert browser.get("/settings/me").status_code == 303
    back = httpx.get(path).headers["location"]
    assert identity.ended == ["ada-1"]
    page = browser.get(f"{back}&lang=en")
    assert page.status_code == 200
    assert "You are signed out here and at Example ID." in page.text
    # Only once, and only in the browser that left.
    assert browser.get(back).headers["location"] == "/sign-in"
    assert company.visitor().get(back).headers["location"] == "/sign-in"


def test_the_page_in_between_says_what_happens_in_both_languages(
    company: Running, identity: Provider
) -> None:
    for language, told in (("en", "You are signed out here."), ("de", "Sie sind hier abgemeldet.")):
        browser = in_by_provider(company, identity)
        page = browser.post(f"/sign-out?lang={language}")
        assert told in page.text
        assert "Example ID" in page.text
        # Nobody is shown as signed in any more.
        assert "ada@example.com" not in page.text


def test_a_second_factor_in_between_changes_nothing(
    company: Running, identity: Provider, clock: MemoryClock
) -> None:
    people = company.site.people
    people.find("olga") or people.add("olga", "admin", "olga@example.com")
    if not people.get("olga").factor:
        seed = people.new_seed()
        assert people.take_factor("olga", seed, code_at(people.factor_key(seed), step(clock)))
    clock.advance(STEP_MS)
    identity.claims = {"sub": "olga-1", "email": "olga@example.com", "email_verified": True}
    identity.out = company.address + OUT
    browser, answer = signed_in(company)
    ticket = re.search(r'name="ticket" value="([^"]+)"', answer.text)
    assert ticket is not None
    code = code_at(people.factor_key(people.get("olga").factor), step(clock))
    assert browser.post("/sign-in", data={"ticket": ticket[1], "code": code}).status_code == 303
    path = way_out(with_token(browser).post("/sign-out"))
    httpx.get(path)
    assert identity.ended == ["olga-1"]


def step(clock: MemoryClock) -> int:
    return clock.now_ms() // STEP_MS


def test_who_came_by_password_does_not_leave_the_provider(company: Running) -> None:
    browser = company.sign_in()
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_after_a_restart_the_provider_is_asked_without_the_token(
    company: Running, identity: Provider
) -> None:
    browser = in_by_provider(company, identity)
    company.pages.state.desk.openid.leaving._tokens.clear()  # type: ignore[attr-defined]
    asked = dict(parse_qsl(urlsplit(way_out(browser.post("/sign-out"))).query))
    assert asked.keys() == {"client_id", "post_logout_redirect_uri", "state"}
    assert asked["client_id"] == CLIENT


@pytest.mark.parametrize(
    "document",
    [
        {"end_session_endpoint": None},
        {"end_session_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "http://10.0.0.1/end"},
    ],
)
def test_without_a_usable_address_it_ends_only_here(
    company: Running, identity: Provider, clock: MemoryClock, document: dict[str, str | None]
) -> None:
    clock.advance(2 * HOUR_MS)
    identity.document = document
    browser = in_by_provider(company, identity)
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert browser.get("/settings/me").status_code == 303
    clock.advance(2 * HOUR_MS)


def test_tokens_are_forgotten_when_no_session_can_need_them(
    company: Running, clock: MemoryClock
) -> None:
    leaving = company.pages.state.desk.openid.leaving  # type: ignore[attr-defined]
    leaving.remember("ses_old", "token")
    clock.advance(13 * HOUR_MS)
    for number in range(KEPT + 5):
        leaving.remember(f"ses_{number}", "token")
    assert "ses_old" not in leaving._tokens
    assert len(leaving._tokens) == KEPT
    leaving._tokens.clear()
