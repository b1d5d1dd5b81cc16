"""The ways in: links work once, no way goes round the second factor, nobody guesses codes."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.web.auth import same_origin
from wegweiser.web.pages.form import form_token
from wegweiser.web.pages.frame.strangers import A_MINUTE
from wegweiser.workspace.second_factor import STEP_MS, code_at
from wegweiser.workspace.wrong_codes import MOST

SENTENCE = "a good long sentence"
OTHER = "quite another sentence"


def invited(attacked: Running, name: str, role: str = "viewer") -> str:
    """Let somebody in and give the path of their link."""
    return f"/welcome/{attacked.site.people.add(name, role)}"


def choose(client: httpx.Client, path: str, password: str = SENTENCE) -> httpx.Response:
    return client.post(path, data={"password": password, "again": password})


def ticket_in(page: str) -> str:
    assert 'name="ticket"' in page
    return page.partition('name="ticket" value="')[2].partition('"')[0]


def second_step(client: httpx.Client, name: str, code: str) -> int:
    """Sign in with the password and a code; gives what the code was answered with."""
    page = client.post("/sign-in", data={"name": name, "password": SENTENCE}).text
    form = {"ticket": ticket_in(page), "code": code}
    return client.post("/sign-in", data=form).status_code


def code_now(attacked: Running, seed: str, later: int = 0) -> str:
    step = attacked.site.clock.now_ms() // STEP_MS + later
    return code_at(attacked.site.people.factor_key(seed), step)


def with_factor(attacked: Running, name: str) -> str:
    """Give somebody with much power a second factor; gives its seed."""
    people, seed = attacked.site.people, attacked.site.people.new_seed()
    assert people.take_factor(name, seed, code_now(attacked, seed))
    return seed


def test_of_two_who_use_a_link_at_once_one_gets_in(attacked: Running) -> None:
    path = invited(attacked, "raced")
    passwords = (SENTENCE, OTHER)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(choose, attacked.visitor(), path, password) for password in passwords]
        let_in = [one.result().status_code == 303 for one in asked]
    assert sorted(let_in) == [False, True]
    right = [attacked.site.people.check("raced", password) for password in passwords]
    assert right == let_in


def test_a_link_used_while_a_password_is_hashed_sets_no_other(attacked: Running) -> None:
    people = attacked.site.people
    token = people.add("overtaken", "viewer")
    first, second = people.hashed("overtaken", SENTENCE), people.hashed("overtaken", OTHER)
    assert people.take_link(token, first)
    assert not people.take_link(token, second)
    assert people.check("overtaken", SENTENCE)


def test_a_link_does_not_go_round_the_second_factor(attacked: Running) -> None:
    people = attacked.site.people
    choose(attacked.visitor(), invited(attacked, "careful", "admin"))
    with_factor(attacked, "careful")
    client = attacked.visitor()
    answer = choose(client, f"/welcome/{people.invite('careful')}")
    assert answer.status_code == 200
    ticket_in(answer.text)
    assert "wegweiser" not in client.cookies
    assert people.check("careful", SENTENCE)


def test_codes_cannot_be_guessed_with_ever_new_tickets(attacked: Running) -> None:
    choose(attacked.visitor(), invited(attacked, "guessed", "admin"))
    seed, client = with_factor(attacked, "guessed"), attacked.visitor()
    statuses = [second_step(client, "guessed", f"{number:06}") for number in range(MOST + 1)]
    assert statuses == [422] * MOST + [429]
    assert second_step(client, "guessed", code_now(attacked, seed, 1)) == 429


def test_a_code_lets_in_once_though_it_still_holds(attacked: Running) -> None:
    choose(attacked.visitor(), invited(attacked, "once", "admin"))
    code = code_now(attacked, with_factor(attacked, "once"), 1)
    assert [second_step(attacked.visitor(), "once", code) for _ in range(2)] == [303, 422]


def test_signing_in_gives_a_new_session_and_takes_none_that_was_set(attacked: Running) -> None:
    choose(attacked.visitor(), invited(attacked, "fixed"))
    client = attacked.visitor()
    client.cookies.set("wegweiser", "chosen-by-somebody-else")
    answer = client.post("/sign-in", data={"name": "fixed", "password": SENTENCE})
    written = answer.headers["set-cookie"]
    assert "chosen-by-somebody-else" not in written
    assert "HttpOnly" in written
    assert "SameSite=lax" in written
    other = attacked.visitor()
    other.cookies.set("wegweiser", "chosen-by-somebody-else")
    assert other.get("/settings").status_code == 303


@pytest.mark.parametrize("origin", ["http://[", "http://]x[", "http://[::1", "://", "\xff"])
def test_an_origin_that_cannot_be_read_is_foreign(origin: str) -> None:
    assert not same_origin({"origin": origin, "host": "127.0.0.1:8000"})


def test_foreign_forms_are_refused_whatever_they_claim_to_be(attacked: Running) -> None:
    client = attacked.sign_in()
    foreign = [
        {"origin": "http://["},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": attacked.address, "sec-fetch-site": "cross-site"},
        {"origin": attacked.address, "sec-fetch-site": "same-site"},
    ]
    for headers in foreign:
        for path in ("/settings/people", "/sign-in", "/look", "/sign-out"):
            answer = client.post(path, json={"do": "add"}, headers=headers)
            assert answer.status_code == 403, (headers, path)
    assert client.get("/settings").status_code == 200


def test_a_form_needs_the_token_of_its_own_session(attacked: Running) -> None:
    one, other = attacked.sign_in(), attacked.sign_in()
    one.headers["x-form-token"] = other.headers["x-form-token"]
    form = {"do": "source_create", "name": "forged"}
    assert one.post("/settings/keys", data=form).status_code == 403
    assert one.post("/settings/keys", json=form).status_code == 403
    assert attacked.site.callers.named("forged") is None


HOSTS = ("evil.example", "evil.example:80", "[::1]")


@pytest.mark.parametrize("host", HOSTS)
def test_no_answer_is_made_of_the_host_that_a_request_names(attacked: Running, host: str) -> None:
    for path in ("/people/", "/settings/", "/segments/x/", "/static", "/settings/me/"):
        answer = attacked.client.get(path, headers={"host": host})
        assert host not in answer.headers.get("location", ""), path
        assert answer.status_code in (200, 404), path


@pytest.mark.parametrize(
    "goal",
    [
        *("//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"),
        *("javascript:alert(1)", "\\\\evil.example", "/ /evil.example", "/\r\nSet-Cookie: a=b"),
    ],
)
def test_nobody_is_led_to_another_site(attacked: Running, goal: str) -> None:
    for path, field in (("/look", "next"), ("/filter", "next")):
        form = {field: goal, "theme": "dark", "dimension": "country", "value": "DE"}
        place = attacked.client.post(path, data=form).headers["location"]
        assert place.startswith("/")
        assert not place.startswith("//")
        assert "evil" not in place
        assert "javascript" not in place


def test_who_is_looked_for_in_the_audit_stands_in_no_address(attacked: Running) -> None:
    form = {"next": "/settings/audit", "dimension": "about", "value": "email:ada@own.example"}
    place = attacked.client.post("/filter", data=form).headers["location"]
    assert "ada" not in place
    assert "about" in place
    audit = attacked.site.audit
    audit.note("person.test", about="email:ada@own.example")
    assert "person.test" in attacked.client.get(place).text
    again = attacked.client.post("/filter", data={**form, "value": audit.masked(form["value"])})
    assert again.headers["location"] == place


def test_strangers_do_not_fill_the_audit(attacked: Running) -> None:
    desk, audit = attacked.pages.state.desk, attacked.site.audit  # type: ignore[attr-defined]
    before = len(audit.found("sign_in.refused"))
    for _ in range(3 * A_MINUTE):
        desk.note_stranger()
    assert len(audit.found("sign_in.refused")) <= before + A_MINUTE
    attacked.site.clock.advance(MINUTE_MS)  # type: ignore[attr-defined]
    desk.note_stranger()
    assert int(str(audit.found("sign_in.refused")[0].detail["not_told"])) >= 2 * A_MINUTE


def test_a_closed_page_is_noted_once_however_often_it_is_asked_for(attacked: Running) -> None:
    client, audit = browser_of(attacked, "viewer"), attacked.site.audit
    before = len(audit.found("page.refused", "viewer-1"))
    for _ in range(5):
        assert client.get("/settings/engines").status_code == 403
    assert len(audit.found("page.refused", "viewer-1")) == before + 1


def test_a_second_factor_is_not_replaced_by_another(attacked: Running) -> None:
    client, people = attacked.visitor(), attacked.site.people
    choose(client, invited(attacked, "replaced", "admin"))
    client.headers["x-form-token"] = form_token(client.cookies["wegweiser"])
    with_factor(attacked, "replaced")
    kept, seed = people.get("replaced").factor, people.new_seed()
    form = {"do": "factor", "seed": seed, "code": code_now(attacked, seed, 1)}
    assert client.post("/settings/me", data=form).status_code == 422
    assert people.get("replaced").factor == kept


def test_passwords_are_guessed_no_faster_from_inside(attacked: Running) -> None:
    client, desk = attacked.visitor(), attacked.pages.state.desk  # type: ignore[attr-defined]
    choose(client, invited(attacked, "inside"))
    client.headers["x-form-token"] = form_token(client.cookies["wegweiser"])
    now = attacked.site.clock.now_ms()
    form = {"do": "password", "now": "wrong", "password": OTHER, "again": OTHER}
    for _ in range(4):
        assert client.post("/settings/me", data=form).status_code == 422
    assert desk.attempts.delay_s("127.0.0.1", "inside", now) > 0
    assert attacked.site.people.check("inside", SENTENCE)


def test_keys_are_made_only_by_who_showed_lately_who_they_are(attacked: Running) -> None:
    client = attacked.sign_in()
    attacked.site.clock.advance(11 * MINUTE_MS)  # type: ignore[attr-defined]
    form = {"do": "source_create", "name": "unproven"}
    asked = client.post("/settings/keys", data=form)
    assert 'name="proof"' in asked.text
    assert attacked.site.callers.named("unproven") is None
    wrong = client.post("/settings/keys", data={**form, "proof": "wrong"})
    assert "wrong" not in wrong.text.partition('name="proof"')[2][:80]
    assert attacked.site.callers.named("unproven") is None
    assert "wgw_" in client.post("/settings/keys", data={**form, "proof": attacked.password}).text


def test_no_two_pages_hold_the_same_token_and_each_works(attacked: Running) -> None:
    client = attacked.sign_in()
    del client.headers["x-form-token"]
    tokens = [
        client.get("/settings/me")
        .text.partition('name="form-token" content="')[2]
        .partition('"')[0]
        for _ in range(3)
    ]
    assert len({*tokens}) == 3
    assert len({one[:16] for one in tokens}) == 3
    for token in tokens:
        form = {"do": "prefer", "language": "en", "form_token": token}
        assert client.post("/settings/me", data=form).status_code == 303
    for wrong in (tokens[0][:-1] + "x", tokens[0][:32] + tokens[1][32:], "", "0" * 64, "é" * 64):
        form = {"do": "prefer", "language": "en", "form_token": wrong}
        assert client.post("/settings/me", data=form).status_code == 403
