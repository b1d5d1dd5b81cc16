"""Signing in, staying in, getting out; and what every answer carries."""

import httpx
import pytest

from tests.web.serving import Running
from wegweiser.web.pages.security import HEADERS

PAGES = ["/", "/profiles", "/people/per_x", "/accounts/x", "/decisions/dec_x", "/patterns"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_needs_a_sign_in(running: Running, path: str) -> None:
    with running.visitor() as visitor:
        answer = visitor.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_after_sign_in_one_is_where_one_wanted_to_be(running: Running) -> None:
    with running.visitor() as visitor:
        location = visitor.get("/profiles?lang=de").headers["location"]
        assert "%2Fprofiles%3Flang%3Dde" in location
        assert 'value="/profiles?lang=de"' in visitor.get(location).text


def test_the_cookie_is_closed_to_scripts_and_other_sites(fresh: Running) -> None:
    form = {"name": "admin", "password": fresh.password, "next": "//example.org"}
    with fresh.visitor() as visitor:
        answer = visitor.post("/sign-in", data=form)
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_signing_out_ends_the_session(fresh: Running) -> None:
    stolen = dict(fresh.client.cookies)
    assert fresh.client.post("/sign-out").status_code == 303
    with httpx.Client(base_url=fresh.address, cookies=stolen) as thief:
        assert thief.get("/").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/look", "/profiles"])
def test_forms_of_other_sites_are_refused(running: Running, path: str) -> None:
    foreign = {"origin": "https://example.org"}
    assert running.client.post(path, data={}, headers=foreign).status_code == 403
    hint = {"sec-fetch-site": "cross-site"}
    assert running.client.post(path, data={}, headers=hint).status_code == 403


def test_wrong_tries_never_keep_the_right_password_out(fresh: Running) -> None:
    tries = [("admin", 12), *((f"invented-{number}", 1) for number in range(8))]
    with fresh.visitor() as visitor:
        for name, times in tries:
            for _ in range(times):
                wrong = {"name": name, "password": "wrong", "next": "/"}
                assert visitor.post("/sign-in", data=wrong).status_code == 422
        assert fresh.attempts.delay_s("127.0.0.1", "admin", fresh.site.clock.now_ms()) > 0
        right = {"name": "admin", "password": fresh.password, "next": "/"}
        assert visitor.post("/sign-in", data=right).status_code == 303
    assert fresh.attempts.delay_s("127.0.0.1", "admin", fresh.site.clock.now_ms()) == 0


def test_a_wrong_password_keeps_the_name(fresh: Running) -> None:
    with fresh.visitor() as visitor:
        answer = visitor.post("/sign-in", data={"name": 'ad"min', "password": "x"})
    assert 'value="ad&#34;min"' in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("path", [*PAGES, "/sign-in", "/static/app.css", "/nowhere"])
def test_every_answer_carries_the_security_headers(running: Running, path: str) -> None:
    answer = running.client.get(path)
    for name, text in HEADERS.items():
        assert answer.headers[name] == text


def test_language_and_look_are_remembered(fresh: Running) -> None:
    fresh.client.post("/look", data={"language": "de", "next": "/profiles"})
    fresh.client.post("/look", data={"theme": "dark", "next": "/profiles"})
    page = fresh.client.get("/profiles").text
    assert '<html lang="de" data-theme="dark">' in page
    fresh.client.post("/look", data={"theme": "auto", "next": "/"})
    assert "data-theme" not in fresh.client.get("/profiles").text


def test_a_form_that_is_too_large_is_refused(fresh: Running) -> None:
    answer = fresh.client.post("/profiles", data={"search": "x" * 70_000})
    assert answer.status_code == 413
