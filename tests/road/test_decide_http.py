"""Decisions and outcomes over HTTP, under the example configuration of the contract."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.road.server import Server, answer, exported, new_source, serving

EXAMPLE = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 30, worth: 400}
---
{kind: message, key: security-whitepaper, goal: demo-booked, topic: security, value: 40,
 rules: [{label: eligible, when: 'person.traits.plan != "enterprise"', on_unknown: pass}],
 variants: [{key: de-short, channel: web, locale: de, content: {title: SSO in einer Stunde, url: 'https://www.example.com/sso'}}]}
"""
MORE = """
{kind: arms, nothing: 0.3, random: 0.0, unit: person}
---
{kind: cap, key: two-a-week, limit: 2, window_hours: 168}
---
{kind: placement, key: mail, channel: email, slots: 1, allow_nothing: false}
---
{kind: message, key: news, value: 10,
 variants: [{key: mail, channel: email, locale: de, content: {subject: News}}]}
"""
CONSENT = {"measurement": True, "personalisation": True, "email": True}
CONTEXT = {"consent": {"categoryPreferences": CONSENT}}
ITEM = {"placement", "slot", "message", "variant", "content", "content_ref"}
ANSWER = {"decision_id", "bundle", "status", "not_before", "items"}
Keys = dict[str, str]
Body = dict[str, object]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Make a source in a new folder."""
    folder = tmp_path_factory.mktemp("decide")
    return new_source(folder) | {"folder": str(folder)}


@pytest.fixture(scope="module")
def server(keys: Keys) -> Iterator[Server]:
    """Serve that folder with the example configuration and forty people with consent."""
    folder = Path(keys["folder"])
    files = folder / "files"
    files.mkdir()
    (files / "a.yaml").write_text(EXAMPLE, encoding="utf-8")
    (files / "b.yaml").write_text(MORE, encoding="utf-8")
    with serving(folder) as running:
        applied = answer("apply", str(files), "--data", str(folder))
        assert applied == {"created": 7, "changed": 0, "unchanged": 0}
        with running.client(keys["secret_key"]) as client:
            people = [
                {"type": "identify", "userId": f"u-{number}", "context": CONTEXT}
                for number in range(40)
            ]
            devices = [
                {"type": "track", "event": "Visited", "anonymousId": f"a-{n}", "context": CONTEXT}
                for n in range(40)
            ]
            assert client.post("/v1/batch", json={"batch": people + devices}).status_code == 200
        yield running


@pytest.fixture
def secret(server: Server, keys: Keys) -> Iterator[httpx.Client]:
    """Give a client with the secret key."""
    with server.client(keys["secret_key"]) as client:
        yield client


@pytest.fixture
def public(server: Server, keys: Keys) -> Iterator[httpx.Client]:
    """Give a client with the public key."""
    with server.client(keys["write_key"]) as client:
        yield client


def asked(person: str, request_id: str, placement: str = "home.hero") -> Body:
    return {
        "request_id": request_id,
        "subject": {"person": f"user_id:{person}"},
        "placements": [{"key": placement, "max": 1}],
        "locale": "de-DE",
    }


def decided(client: httpx.Client, body: Body) -> Body:
    response = client.post("/v1/decide", json=body)
    assert response.status_code == 200, response.text
    assert response.headers["request-id"]
    assert response.headers["access-control-allow-origin"] == "*"
    found = response.json()
    assert isinstance(found, dict)
    return found


def by_status(client: httpx.Client) -> dict[str, tuple[str, Body]]:
    """Ask for each person until both a decided and a held-out one are found."""
    found: dict[str, tuple[str, Body]] = {}
    for number in range(40):
        body = decided(client, asked(f"u-{number}", f"look-{number}"))
        found.setdefault(str(body["status"]), (f"u-{number}", body))
    return found


def test_the_example_decides_and_a_held_out_person_gets_nothing(secret: httpx.Client) -> None:
    found = by_status(secret)
    assert set(found) == {"decided", "nothing"}
    _, body = found["decided"]
    assert set(body) == {*ANSWER, "model", "arm"}
    assert (body["arm"], body["not_before"]) == ("main", None)
    (item,) = body["items"]
    assert set(item) >= {*ITEM, "pi", "how"}
    assert (item["placement"], item["slot"]) == ("home.hero", 0)
    assert (item["message"], item["variant"]) == ("security-whitepaper", "de-short")
    assert item["content"] == {
        "title": "SSO in einer Stunde",
        "url": "https://www.example.com/sso",
    }
    assert 0 < item["pi"] <= 1
    _, held_out = found["nothing"]
    assert set(held_out) >= {*ANSWER, "model", "arm"}
    assert (held_out["arm"], held_out["items"]) == ("nothing", [])


def test_without_consent_or_with_a_failing_rule_nothing_is_said(secret: httpx.Client) -> None:
    secret.post("/v1/identify", json={"userId": "silent"})
    traits = {"userId": "big", "traits": {"plan": "enterprise"}, "context": CONTEXT}
    secret.post("/v1/identify", json=traits)
    for person in ("silent", "big", "never-seen"):
        assert decided(secret, asked(person, f"no-{person}"))["items"] == []


def test_the_same_request_gets_the_same_bytes_also_at_once(
    server: Server, secret: httpx.Client
) -> None:
    body = asked("u-1", "same-1")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: secret.post("/v1/decide", json=body), range(24)))
    assert {response.status_code for response in answers} == {200}
    assert len({response.content for response in answers}) == 1
    refused = secret.post("/v1/decide", json={**body, "locale": "en"})
    assert refused.status_code == 409
    told = refused.json()
    assert told["code"] == told["error"]["code"] == "request_id_reused"
    assert (told["status"], told["detail"]) == (409, told["message"])
    assert {"type", "title"} <= set(told)
    rows = [row for row in exported(server.folder, "decisions") if row["requestId"] == "same-1"]
    assert [row["decisionId"] for row in rows] == [answers[0].json()["decision_id"]]


def test_a_public_key_asks_for_its_own_visitor_only(public: httpx.Client) -> None:
    assert public.post("/v1/decide", json=asked("u-1", "public-1")).status_code == 403
    shapes = set()
    for number in (*range(40), "unheard-of"):
        body: Body = {
            "request_id": f"device-{number}",
            "anonymousId": f"a-{number}",
            "placements": [{"key": "home.hero"}],
        }
        found = decided(public, body)
        shapes.add(frozenset(found))
        assert not {"pi", "how", "arm", "model"} & set(json.dumps(found).split('"'))
        for item in found["items"]:
            assert set(item) >= ITEM
    assert len(shapes) == 1
    explain: Body = {"request_id": "x", "anonymousId": "a-1", "placements": ["home.hero"]}
    assert public.post("/v1/decide", json={**explain, "mode": "explain"}).status_code == 403


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"[]", 400, "bad_shape"),
        (b'{"request_id": "r"}', 400, "no_identity"),
        (b'{"request_id": "r", "userId": "u-1"}', 400, "bad_value"),
        (b'{"request_id": "r", "userId": "u-1", "placements": ["gone"]}', 404, "not_found"),
        (b" " * 70_000, 413, "too_large"),
        (b"[" * 60_000, 400, "too_deep"),
    ],
    ids=["empty", "list", "nobody", "no placements", "unknown placement", "large", "deep"],
)
def test_a_bad_question_is_refused(
    secret: httpx.Client, content: bytes, status: int, code: str
) -> None:
    response = secret.post("/v1/decide", content=content)
    told = response.json()
    assert (response.status_code, told["code"]) == (status, code), told
    assert (told["status"], told["error"]["code"]) == (status, code)


def test_outcomes_are_told_apart(server: Server, secret: httpx.Client) -> None:
    _, body = by_status(secret)["decided"]
    named = {"decision_id": body["decision_id"], "placement": "home.hero", "slot": 0}
    reported: list[Body] = [
        {"outcome_id": "o-1", **named, "kind": "seen"},
        {"outcome_id": "o-1", **named, "kind": "seen"},
        {"outcome_id": "o-2", "decision_id": "dec_unknown", "kind": "click"},
        {"outcome_id": "o-3", **named, "kind": "eaten"},
        {"outcome_id": "o-4", "subject": {"person": "user_id:u-1"}, "kind": "goal",
         "goal": "demo-booked", "value": {"amount": 400, "currency": "EUR"}},
    ]  # fmt: skip
    first = secret.post("/v1/outcomes", json=reported)
    assert first.status_code == 207
    told = [(one["outcome_id"], one["status"]) for one in first.json()]
    assert told == [
        ("o-1", "stored"),
        ("o-1", "known"),
        ("o-2", "waiting"),
        ("o-3", "refused"),
        ("o-4", "stored"),
    ]
    again = [one["status"] for one in secret.post("/v1/outcomes", json=reported).json()]
    assert again == ["known", "known", "known", "refused", "known"]
    clicked = {"userId": "u-1", "event": "Message Clicked", "messageId": "click-1"}
    for _ in range(2):
        secret.post("/v1/track", json={**clicked, "properties": named})
    rows = exported(server.folder, "outcomes")
    kinds = [row["kind"] for row in rows if row["decisionId"] == body["decision_id"]]
    assert sorted(map(str, kinds)) == ["click", "seen"]
    worth = [row["value"] for row in rows if row["outcomeId"] == "o-4"]
    assert worth == [{"amount": 400.0, "currency": "EUR"}]
    assert secret.post("/v1/outcomes", json={}).status_code == 400
    many = secret.post("/v1/outcomes", json=[{}] * 1_001)
    assert (many.status_code, many.json()["code"]) == (413, "too_large")


def test_one_cap_counts_all_channels(secret: httpx.Client) -> None:
    """Two contacts a week, one by mail and one seen on the web: then neither may speak."""
    person, body = by_status(secret)["decided"]
    people = [n for n in range(40) if f"u-{n}" != person]
    for number in people:
        person, body = f"u-{number}", decided(secret, asked(f"u-{number}", f"cap-{number}"))
        if body["status"] == "decided":
            break
    mailed = decided(secret, asked(person, "cap-mail", "mail"))
    assert mailed["status"] == "decided"
    still = decided(secret, asked(person, "cap-web"))
    assert still["status"] == "decided"
    properties = {"decision_id": still["decision_id"], "placement": "home.hero", "slot": 0}
    viewed = {"userId": person, "event": "Message Viewed", "messageId": f"seen-{person}"}
    for _ in range(2):
        secret.post("/v1/track", json={**viewed, "properties": properties})
    for placement in ("home.hero", "mail"):
        silent = decided(secret, asked(person, f"after-{placement}", placement))
        assert silent["items"] == []
        assert silent["status"] in ("nothing", "deferred")


def test_the_command_gives_the_same_body_and_logs_it(server: Server, secret: httpx.Client) -> None:
    person, body = by_status(secret)["decided"]
    folder = str(server.folder)
    found = answer("decide", "--data", folder, "--user", person, "--placement", "home.hero")
    assert set(found) == set(body)
    assert found["decision_id"] in {
        row["decisionId"] for row in exported(server.folder, "decisions")
    }
