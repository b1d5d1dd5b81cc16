"""Signing in at a real identity provider: who gets in, as whom, and what is refused."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import jwt
import pytest

from tests.web.openid.provider import CLIENT, SECRET, Key, Provider
from tests.web.serving import Running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS
from wegweiser.workspace.second_factor import STEP_MS, code_at

ADA = {"sub": "ada-1", "email": "ada@example.com", "email_verified": True}


def came_back(company: Running, goal: str = "/") -> tuple[httpx.Client, str]:
    """Go to the provider and give the browser with the address to which it is sent back."""
    browser = company.visitor()
    there = browser.get("/sign-in/openid", params={"next": goal})
    assert there.status_code == 303, there.text
    back = httpx.get(there.headers["location"]).headers["location"]
    return browser, back


def signed_in(company: Running, goal: str = "/") -> tuple[httpx.Client, httpx.Response]:
    browser, back = came_back(company, goal)
    return browser, browser.get(back)


def refused_as(company: Running, answer: httpx.Response) -> str:
    """Give the reason that the audit trail holds, after the page has refused with a sentence."""
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "wegweiser=" not in answer.headers.get("set-cookie", "")
    row = [*company.site.audit.rows()][-1]
    assert row.what == "sign_in.refused"
    return str(row.detail["code"])


def test_the_sign_in_page_offers_the_provider_in_both_languages(company: Running) -> None:
    page = company.visitor().get("/sign-in?next=/profiles").text
    assert "Sign in with Example ID" in page
    assert 'href="/sign-in/openid?next=%2Fprofiles"' in page
    german = company.visitor().get("/sign-in?lang=de").text
    assert "Mit Example ID anmelden" in german


def test_a_group_makes_the_role_at_every_sign_in(company: Running, identity: Provider) -> None:
    mia = {"sub": "mia-1", "email": "mia@example.com", "email_verified": True}
    before = len([*company.site.audit.rows()])
    identity.claims = {**mia, "groups": ["staff", "marketing"]}
    browser, answer = signed_in(company, "/messages")
    assert (answer.status_code, answer.headers["location"]) == (303, "/messages")
    assert browser.get("/messages").status_code == 200
    assert company.site.people.get("mia@example.com").role == "marketer"
    identity.claims = {**mia, "groups": ["leads", "marketing"]}
    signed_in(company)
    assert company.site.people.get("mia@example.com").role == "admin"
    identity.claims = mia
    signed_in(company)
    assert company.site.people.get("mia@example.com").role == "viewer"
    rows = [*company.site.audit.rows()][before:]
    changes = [row for row in rows if row.detail.get("by_provider") is True]
    told = [(row.what, row.detail["role"]) for row in changes if row.what.startswith("people.")]
    assert told == [
        ("people.add", "marketer"),
        ("people.role", "admin"),
        ("people.role", "viewer"),
    ]
    # Other tests let hours pass, after which the first session is over.
    admin = company.sign_in()
    link = admin.post("/settings/people", data={"do": "link", "name": "mia@example.com"})
    assert link.status_code == 422
    assert 'class="secret"' not in link.text
    listed = admin.get("/settings/people").text
    assert "signs in with the identity provider" in listed


def test_who_lost_their_group_and_domain_is_out_at_once(
    company: Running, identity: Provider
) -> None:
    bob = {"sub": "bob-1", "email": "bob@elsewhere.example", "email_verified": True}
    identity.claims = {**bob, "groups": ["marketing"]}
    browser, _ = signed_in(company)
    assert browser.get("/settings/me").status_code == 200
    identity.claims = {**bob, "groups": []}
    _, answer = signed_in(company)
    assert refused_as(company, answer) == "not_let_in"
    assert browser.get("/settings/me").status_code == 303


def test_whoever_was_let_in_by_hand_keeps_their_role_and_is_known_by_the_provider(
    company: Running, identity: Provider
) -> None:
    company.site.people.add("grace", "analyst", "Grace@Example.com")
    identity.claims = {
        "sub": "grace-1", "email": "grace@example.com", "email_verified": True,
        "groups": ["leads"],
    }  # fmt: skip
    assert signed_in(company)[1].status_code == 303
    assert company.site.people.get("grace").role == "analyst"
    # From now on the id counts: a new address is still grace, her address is nobody else's.
    identity.claims = {"sub": "grace-1", "email": "g@example.com", "email_verified": True}
    assert signed_in(company)[1].status_code == 303
    identity.claims = {**ADA, "sub": "mallory", "email": "grace@example.com", "groups": []}
    other, _ = signed_in(company)
    assert "grace@example.com" in other.get("/settings/me").text
    assert company.site.people.get("grace@example.com").role == "viewer"


@pytest.mark.parametrize("verified", [False, "true", 1, None])
def test_an_address_counts_only_when_the_provider_checked_it(
    company: Running, identity: Provider, verified: object
) -> None:
    company.site.people.find("henry") or company.site.people.add("henry", "owner", "h@example.com")
    identity.claims = {"sub": "eve", "email": "h@example.com", "email_verified": verified}
    assert refused_as(company, signed_in(company)[1]) == "not_let_in"


def test_a_second_factor_is_still_asked_for(
    company: Running, identity: Provider, clock: MemoryClock
) -> None:
    people = company.site.people
    people.add("iris", "admin", "iris@example.com")
    seed = people.new_seed()
    key = people.factor_key(seed)
    assert people.take_factor("iris", seed, code_at(key, clock.now_ms() // STEP_MS))
    identity.claims = {"sub": "iris-1", "email": "iris@example.com", "email_verified": True}
    browser, answer = signed_in(company)
    assert answer.status_code == 200
    assert 'name="code"' in answer.text
    assert browser.get("/settings/me").status_code == 303


def forged(identity: Provider, fault: str) -> None:
    """Let the provider, or somebody in its place, answer wrongly."""
    now = identity.now_ms() // 1000
    claims: dict[str, dict[str, Any]] = {
        "issuer": {"iss": identity.issuer + "/"},
        "audience": {"aud": "another"},
        "audiences": {"aud": [CLIENT, "another"]},
        "party": {"azp": "another"},
        "nonce": {"nonce": "another"},
        "no nonce": {"nonce": None},
        "expired": {"exp": now - 120},
        "made long ago": {"iat": now - 3600},
        "of the future": {"iat": now + 3600},
        "not yet": {"nbf": now + 3600},
        "no subject": {"sub": None},
        "empty subject": {"sub": ""},
        "text as time": {"exp": "tomorrow"},
    }
    identity.claims = {**ADA, **claims.get(fault, {})}
    if fault == "stranger's key":
        stranger = Key("first")
        identity.forge = lambda told: identity.sign(told, stranger)
    elif fault == "no signature":
        identity.forge = lambda told: jwt.encode(told, None, "none", {"kid": "first"})
    elif fault == "shared secret":
        identity.forge = lambda told: jwt.encode(told, SECRET * 2, "HS256", {"kid": "first"})
    elif fault == "public key as secret":
        shown = identity.keys[0].public()["n"]
        identity.forge = lambda told: jwt.encode(told, shown, "HS256", {"kid": "first"})
    elif fault == "unknown key":
        identity.header = {"kid": "never seen"}
    elif fault == "no token":
        identity.forge = lambda told: ""


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("issuer", "bad_token"),
        ("audience", "bad_token"),
        ("audiences", "bad_token"),
        ("party", "bad_token"),
        ("nonce", "bad_token"),
        ("no nonce", "bad_token"),
        ("expired", "old_token"),
        ("made long ago", "old_token"),
        ("of the future", "old_token"),
        ("not yet", "old_token"),
        ("no subject", "bad_token"),
        ("empty subject", "bad_token"),
        ("text as time", "bad_token"),
        ("stranger's key", "bad_token"),
        ("no signature", "bad_algorithm"),
        ("shared secret", "bad_algorithm"),
        ("public key as secret", "bad_algorithm"),
        ("unknown key", "bad_token"),
        ("no token", "bad_token"),
    ],
)
def test_a_token_that_is_not_good_lets_nobody_in(
    company: Running, identity: Provider, fault: str, code: str
) -> None:
    forged(identity, fault)
    assert refused_as(company, signed_in(company)[1]) == code


def test_clocks_may_be_a_minute_apart(company: Running, identity: Provider) -> None:
    now = identity.now_ms() // 1000
    for claims in ({"iat": now + 50, "nbf": now + 50}, {"exp": now - 50, "iat": now - 350}):
        identity.claims = {**ADA, **claims}
        assert signed_in(company)[1].status_code == 303


def test_keys_are_changed_over_without_a_restart(
    company: Running, identity: Provider, clock: MemoryClock
) -> None:
    identity.claims = ADA
    assert signed_in(company)[1].status_code == 303
    first = identity.keys[0]
    identity.keys = [Key("second", "EC")]
    identity.signing = identity.keys[0]
    clock.advance(2 * MINUTE_MS)
    assert signed_in(company)[1].status_code == 303
    # What the provider took off its list counts no more; strangers cannot make us ask for ever.
    identity.signing = first
    asked = identity.asked.count("/company/keys")
    for _ in range(3):
        assert refused_as(company, signed_in(company)[1]) == "bad_token"
    assert identity.asked.count("/company/keys") == asked
    identity.keys = [first]
    clock.advance(2 * HOUR_MS)


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    company: Running, identity: Provider, clock: MemoryClock
) -> None:
    identity.claims = ADA
    browser, back = came_back(company)
    assert refused_as(company, company.visitor().get(back)) == "strange_answer"
    other, _ = came_back(company)
    assert refused_as(company, other.get(back)) == "strange_answer"
    assert browser.get(back).status_code == 303
    assert refused_as(company, browser.get(back)) == "strange_answer"
    late, back = came_back(company)
    clock.advance(11 * MINUTE_MS)
    assert refused_as(company, late.get(back)) == "too_late"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "https://other.example"}, "strange_answer"),
        ({"code": ""}, "declined"),
        ({"code": "guessed"}, "unreachable"),
        ({"state": ""}, "strange_answer"),
    ],
)
def test_an_answer_that_was_changed_is_refused(
    company: Running, change: dict[str, str], code: str
) -> None:
    browser, back = came_back(company)
    parts = urlsplit(back)
    changed = {**dict(parse_qsl(parts.query)), **change}
    assert refused_as(company, browser.get(f"{parts.path}?{urlencode(changed)}")) == code


def test_a_provider_that_calls_itself_otherwise_is_not_used(
    company: Running, identity: Provider, clock: MemoryClock
) -> None:
    clock.advance(2 * HOUR_MS)
    identity.document = {"issuer": "https://other.example"}
    answer = company.visitor().get("/sign-in/openid")
    assert refused_as(company, answer) == "bad_provider"
    identity.document = {"authorization_endpoint": "javascript:alert(1)"}
    assert refused_as(company, company.visitor().get("/sign-in/openid")) == "blocked_address"
    clock.advance(2 * HOUR_MS)


def test_a_provider_that_always_names_itself_is_held_to_it(
    company: Running, identity: Provider, clock: MemoryClock
) -> None:
    clock.advance(2 * HOUR_MS)
    identity.claims = ADA
    identity.document = {"authorization_response_iss_parameter_supported": True}
    assert signed_in(company)[1].status_code == 303
    browser, back = came_back(company)
    unnamed = back.partition("&iss=")[0]
    assert refused_as(company, browser.get(unnamed)) == "strange_answer"
    clock.advance(2 * HOUR_MS)


def test_nobody_is_led_to_another_site(company: Running, identity: Provider) -> None:
    identity.claims = ADA
    _, answer = signed_in(company, "//evil.example/")
    assert answer.headers["location"] == "/"


def test_without_a_provider_there_is_no_such_door(fresh: Running) -> None:
    assert fresh.visitor().get("/sign-in/openid").status_code == 404
    assert fresh.visitor().get("/sign-in/openid/back?code=1&state=2").status_code == 404
    assert "/sign-in/openid" not in fresh.visitor().get("/sign-in").text
