"""Routes, keys and answers, so that every client reads them as they are meant."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collect.reading import PUBLIC, SERVER
from wegweiser.collect.key import header_keys, refuse_secret_in_browser
from wegweiser.collect.read import Told
from wegweiser.collect.wire import broken, failure, preflight, route_of, success, written_keys
from wegweiser.terms.errors import BodyRefused, ComeAgain, InputRefused, KeyRefused, NotFound
from wegweiser.terms.wire import WireRequest

CALLS = ("track", "identify", "page", "screen", "group", "alias")
BATCH_PATHS = ("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch")


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_path_of_an_sdk_is_known(slash):
    for call in CALLS:
        for name in (call, call[0]):
            route = route_of("POST", f"/v1/{name}{slash}")
            assert (route.call, route.call_type, route.batch) == (call, call, False)
    for path in BATCH_PATHS:
        route = route_of("POST", path + slash)
        assert (route.call, route.call_type, route.batch) == ("batch", None, True)
        assert route.beacon == path.startswith("/beacon")


@pytest.mark.parametrize(
    "path", ["/", "", "/v1", "/v1/tracks", "/v1/track//", "/V1/track", "/v1/x"]
)
def test_other_paths_are_not_found(path):
    with pytest.raises(NotFound) as refused:
        route_of("POST", path)
    assert failure(refused.value, 0.0).status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_another_method_is_told_which_one_is_allowed(method):
    with pytest.raises(InputRefused) as refused:
        route_of(method, "/v1/track")
    answer = failure(refused.value, 0.0)
    assert (answer.status, dict(answer.headers)["allow"]) == (405, "POST, OPTIONS")
    assert json.loads(answer.body)["code"] == "method_not_allowed"


def basic(text):
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def key_of(headers=(), root=(), path="/v1/batch", query=""):
    return written_keys(WireRequest("POST", path, query, dict(headers), b""), dict(root))


PLACES = [
    {"headers": basic("k1:")},
    {"headers": basic("k1:password")},
    {"headers": basic("k1")},
    {"headers": basic(" k1 :")},
    {"headers": {"x-write-key": " k1 "}},
    {"headers": {"x-api-key": "k1"}},
    {"root": {"writeKey": "k1"}},
    {"path": "/beacon/v1/batch", "query": "a=b&writeKey=k1"},
]


@pytest.mark.parametrize("place", PLACES)
def test_the_key_is_found_in_each_place_alone(place):
    assert key_of(**place) == "k1"
    assert key_of(**{"root": {"writeKey": "k1:***"}, **place}) == "k1"
    assert key_of(**{"root": {"writeKey": ""}, **place}) == "k1"


def test_our_own_key_may_come_as_a_bearer_and_another_token_is_none():
    assert key_of({"authorization": "Bearer wgw_pk_1"}) == "wgw_pk_1"
    assert key_of({"authorization": "Bearer other"}, {"writeKey": "k1"}) == "k1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Basic"},
        {"authorization": "Basic %%%"},
        {"authorization": "Basic /w=="},
        {"authorization": "Digest k1"},
        basic(":k1"),
        basic("***:"),
        {"x-write-key": "  "},
    ],
)
@pytest.mark.parametrize("value", [None, 5, ["k1"], " ", "a***"])
def test_without_a_key_it_is_unknown(headers, value):
    with pytest.raises(KeyRefused) as refused:
        key_of(headers, {"writeKey": value}, query="writeKey=k1")
    assert (refused.value.code, refused.value.status) == ("unknown_key", 401)


@pytest.mark.parametrize("place", PLACES)
def test_two_keys_that_differ_are_refused(place):
    other = {"headers": {"x-api-key": "k2"}} if "root" in place else {"root": {"writeKey": "k2"}}
    with pytest.raises(KeyRefused) as refused:
        key_of(**{**place, **other})
    assert (refused.value.code, refused.value.status) == ("key_mismatch", 403)


def test_a_secret_key_stands_neither_in_a_url_nor_in_a_page():
    with pytest.raises(KeyRefused) as refused:
        key_of(path="/beacon/v1/batch", query="writeKey=wgw_sk_1")
    assert (refused.value.code, refused.value.status) == ("forbidden", 403)
    page = WireRequest("POST", "/v1/batch", headers={"origin": "https://example.com"})
    refuse_secret_in_browser(page, PUBLIC)
    refuse_secret_in_browser(WireRequest("POST", "/v1/batch"), SERVER)
    with pytest.raises(KeyRefused) as refused:
        refuse_secret_in_browser(page, SERVER)
    assert (refused.value.code, refused.value.status) == ("secret_in_browser", 403)


def test_header_keys_need_no_body():
    assert header_keys(WireRequest("POST", "/v1/b", headers=basic("k1:"))) == ("k1",)
    assert header_keys(WireRequest("POST", "/v1/b")) == ()


ANSWERS = [
    success(),
    success(3, position=7, request_id="r-1"),
    failure(BodyRefused("bad_json", "The body is not JSON."), 0.5),
    failure(ComeAgain("The disk is full."), 0.5),
    broken(),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_can_be_read_by_a_browser_of_any_origin(answer):
    headers = dict(answer.headers)
    assert headers["access-control-allow-origin"] == "*"
    assert "Retry-After" in headers["access-control-expose-headers"]
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-credentials" not in headers
    assert json.loads(answer.body)["success"] == (answer.status == 200)


def test_success_says_what_there_is_to_say_and_no_more():
    assert success().body == b'{"success": true}'
    told = [Told(index, f"m-{index}", "bad_id") for index in range(150)]
    answer = success(2, quarantined=told, position=7, request_id="r-1")
    assert (answer.status, dict(answer.headers)["wegweiser-position"]) == (200, "7")
    assert dict(answer.headers)["request-id"] == "r-1"
    body = json.loads(answer.body)
    assert answer.body.startswith(b'{"success": true')
    assert set(body) == {"success", "duplicates", "quarantined"}
    assert body["duplicates"] == 2
    assert len(body["quarantined"]) == 100
    assert body["quarantined"][1] == {"index": 1, "messageId": "m-1", "code": "bad_id"}


def test_an_error_satisfies_all_clients_at_once():
    answer = failure(InputRefused("bad_id", "`userId` is too long.", field="userId"), 0.0)
    error = {"code": "bad_id", "message": "`userId` is too long.", "field": "userId"}
    assert json.loads(answer.body) == {
        "success": False,
        "code": error["code"],
        "message": error["message"],
        "error": error,
    }


@given(st.integers(-5, 10_000), st.floats(0, 1, exclude_max=True))
def test_whoever_shall_come_again_is_told_whole_seconds(asked_s, jitter):
    answer = failure(ComeAgain("busy", asked_s), jitter)
    assert (answer.status, json.loads(answer.body)["code"]) == (429, "come_again")
    wait = dict(answer.headers)["retry-after"]
    assert wait.isdigit()
    assert min(60, max(1, asked_s)) <= int(wait) <= 60


def test_a_preflight_allows_what_clients_send():
    answer = preflight()
    headers = dict(answer.headers)
    assert (answer.status, answer.body) == (200, b"")
    assert headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
    assert headers["access-control-max-age"] == "7200"
    allowed = headers["access-control-allow-headers"].split(", ")
    for name in ("authorization", "x-retry-count", "anonymousid", "rsa-retry-reason", "sentat"):
        assert name in allowed
    assert "*" not in allowed
    assert len(allowed) == 13


def test_a_preflight_allows_what_newer_libraries_say_of_a_retry_and_nothing_else():
    asked = "authorization, Rsa-Recovered,x-forwarded-for, cookie, rsa-, rsa-x\r\nset-cookie: a=b,*"
    allowed = dict(preflight(asked).headers)["access-control-allow-headers"].split(", ")
    assert allowed[13:] == ["rsa-recovered"]
    many = ",".join(f"rsa-{'a' * length}" for length in range(1, 60))
    allowed = dict(preflight(many).headers)["access-control-allow-headers"].split(", ")
    assert len(allowed) == 13 + 16
