"""Webhooks and conversations over HTTP, and the form that tells of a conversation."""

import base64
import re

import httpx
import pytest

from tests.web.serving import Running
from wegweiser.terms.json import Json, JsonObject

CONFIGURATION = """
{kind: mapping, key: leads, source: leads, event: {type: identify, userId: =body.id}}
---
{kind: hook, key: open, mapping: leads,
 challenge: {when: '=has(query.challenge)', answer: =query.challenge}}
---
{kind: hook, key: json, challenge: {when: '=body.type == "hello"', answer: {echo: =body.word}}}
---
{kind: hook, key: closed, mapping: leads, verify: {by: header, header: X-Token}}
"""
TALK: JsonObject = {"account": "acme", "people": ["user_id:u-1"], "channel": "call"}


@pytest.fixture
def hooked(fresh: Running) -> Running:
    """A server with three hooks."""
    fresh.wait(fresh.site.applier.apply([("hooks.yaml", CONFIGURATION)]))
    return fresh


def path_of(running: Running, key: str) -> str:
    return next(kept.path for kept in running.site.hooks.book.all() if kept.key == key)


def outsider(running: Running) -> httpx.Client:
    return httpx.Client(base_url=running.address, timeout=60)


def stored(running: Running) -> int:
    return running.site.unifier.tally.stored


def test_deliveries_are_answered_as_senders_understand_them(hooked: Running) -> None:
    path = path_of(hooked, "open")
    with outsider(hooked) as sender:
        kept = sender.post(path, json={"id": "u-1"})
        slash = sender.post(path + "/", json={"id": "u-1"})
        lost = sender.post(path, content=b"<note/>", headers={"content-type": "text/xml"})
        by_get = sender.get(path, params={"id": "u-1"})
        missing = sender.post("/v1/inbound/open")
        wrong = sender.put(path)
        large = sender.post(path, content=b"x" * (4 * 1024 * 1024 + 1))
    assert kept.content == b'{"success": true, "received":1,"stored":1}'
    assert slash.json() == {"success": True, "received": 1, "duplicate": 1}
    assert lost.json() == {"success": True, "received": 1, "quarantined": 1}
    assert (by_get.status_code, by_get.json()["quarantined"]) == (200, 1)
    assert int(slash.headers["wegweiser-position"]) > int(kept.headers["wegweiser-position"])
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST, OPTIONS")
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    assert hooked.site.unifier.tally.unaccounted == 0


def test_a_secret_is_asked_for_from_the_first_delivery_on(hooked: Running) -> None:
    path = path_of(hooked, "closed")
    with outsider(hooked) as sender:
        before = sender.post(path, json={"id": "u-1"}, headers={"x-token": ""})
        hooked.site.hooks.book.set_secret("closed", "t-1")
        wrong = sender.post(path, json={"id": "u-1"}, headers={"x-token": "t-2"})
        right = sender.post(path, json={"id": "u-1"}, headers={"x-token": "t-1"})
    assert [before.status_code, wrong.status_code, right.status_code] == [401, 401, 200]
    assert wrong.json()["error"]["code"] == "bad_signature"
    assert stored(hooked) == 1


def test_handshakes_are_answered_as_text_or_json(hooked: Running) -> None:
    with outsider(hooked) as sender:
        text = sender.get(path_of(hooked, "open"), params={"challenge": "<b>42</b>"})
        json = sender.post(path_of(hooked, "json"), json={"type": "hello", "word": "w"})
        other = sender.post(path_of(hooked, "json"), json={"type": "news"})
    assert (text.text, text.headers["content-type"]) == ("<b>42</b>", "text/plain; charset=utf-8")
    assert text.headers["x-content-type-options"] == "nosniff"
    assert json.json() == {"echo": "w"}
    assert other.json() == {"success": True}


def test_who_may_tell_of_a_conversation(fresh: Running) -> None:
    keys = fresh.site.callers.create("crm")
    origin = {"sec-fetch-site": "cross-site"}

    def ask(client: httpx.Client, body: Json = TALK, **headers: str) -> httpx.Response:
        return client.post("/v1/conversations", json=body, headers=headers)

    def basic(key: str) -> str:
        return "Basic " + base64.b64encode(f"{key}:".encode()).decode()

    with outsider(fresh) as stranger:
        assert ask(stranger).status_code == 401
        assert ask(stranger, authorization=basic(keys.write_key)).status_code == 403
        by_key = ask(stranger, authorization=basic(keys.secret_key))
        refused = ask(stranger, {**TALK, "channel": "x"}, authorization=basic(keys.secret_key))
    by_person = ask(fresh.client)
    foreign = fresh.client.post("/v1/conversations", json=TALK, headers=origin)
    assert by_key.content.startswith(b'{"success": true, "message_ids":["talk-')
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_input")
    assert by_person.status_code == 200
    assert foreign.status_code == 403
    assert stored(fresh) == 2


def test_the_form_stores_what_was_told_and_comes_back(fresh: Running) -> None:
    group: list[Json] = [
        {"type": "group", "userId": user, "groupId": "acme", "timestamp": "2026-01-01T00:00:00Z"}
        for user in ("u-1", "u-2")
    ]
    fresh.wait(fresh.site.loader.take("crm", group))
    page = fresh.client.get("/accounts/acme").text
    people = re.findall(r'name="(person-\d)" value="([^"]+)"', page)
    assert len(people) == 2
    form = {
        "back": "/accounts/acme",
        "account": "acme",
        **dict(people),
        "channel": "meeting",
        "at": "2026-05-06T10:00",
        "topics": "sso, pricing",
        "note": "<b>bold</b>",
    }
    answer = fresh.client.post("/conversations", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts/acme?logged=1")
    assert "The conversation is stored." in fresh.client.get(answer.headers["location"]).text
    assert fresh.site.views.account("acme").counters["Sales Conversation Logged"] == 2
    person_id = fresh.site.views.find_person("user_id:u-1")
    own = fresh.client.get(f"/people/{person_id}?period=2026-05").text
    assert "Spoke with sales" in own
    assert "&lt;b&gt;bold&lt;/b&gt;" in own
    assert 'action="/conversations"' in own


def test_a_form_from_elsewhere_or_unreadable_stores_nothing(fresh: Running) -> None:
    form = {"back": "//example.org", "person-0": "user_id:u-1", "channel": "call"}
    foreign = fresh.client.post(
        "/conversations", data=form, headers={"origin": "https://example.org"}
    )
    assert foreign.status_code == 403
    with fresh.visitor() as visitor:
        assert visitor.post("/conversations", data=form).headers["location"] == "/sign-in"
    nobody = fresh.client.post("/conversations", data={"channel": "call"})
    assert nobody.status_code == 422
    assert stored(fresh) == 0
    home = fresh.client.post("/conversations", data=form)
    assert home.headers["location"] == "/?logged=1"
