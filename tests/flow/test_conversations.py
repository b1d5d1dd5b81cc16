"""Sales conversations: one event for each person, for the account, once; the note is for people."""

import msgspec
import pytest

from tests.flow.loops import on_a_loop
from tests.flow.sites import caller, post, running
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.operations import _export_rows
from wegweiser.workspace.site import Site

TALK: JsonObject = {
    "account": "group_id:acme",
    "people": ["user_id:u-42", "anonymous_id:a-1"],
    "at": "2026-10-06T07:12:00Z",
    "channel": "call",
    "direction": "outbound",
    "topics": ["sso", "pricing"],
    "competitors": ["Globex"],
    "intent": "high",
    "outcome": "wants an offer",
    "next_step": {"text": "send the offer", "due": "2026-10-09"},
    "note": "Do not call before ten.",
}
GOALS = """
{kind: goal, key: by-note, when: 'has(properties.note)'}
---
{kind: goal, key: by-intent, when: 'properties.intent == "high"'}
"""


async def events(site: Site) -> list[JsonObject]:
    upto = await site.intake.settle()
    return [row for row in _export_rows(site, "events", upto) if isinstance(row, dict)]


@on_a_loop
async def test_a_conversation_is_one_event_per_person() -> None:
    async with running("") as site:
        key, program = caller(site)
        since = "2026-01-01T00:00:00Z"
        member = {"userId": "u-42", "groupId": "acme", "timestamp": since}
        await post(site, key, "/v1/group", member)
        logged = await site.conversations.log(TALK, program)
        again = await site.conversations.log(TALK, program)
        rows = await events(site)
        account = site.views.account("acme")
    assert again.message_ids == logged.message_ids
    assert (logged.tally.stored, again.tally.duplicate) == (2, 2)
    assert [row["messageId"] for row in rows[1:]] == [*logged.message_ids]
    first, second = rows[1:]
    assert (first["event"], first["userId"]) == ("Sales Conversation Logged", "u-42")
    assert second["anonymousId"] == "a-1"
    assert first["context"] == {"groupId": "acme"}
    assert first["timestamp"] == "2026-10-06T07:12:00.000Z"
    assert first["properties"] == {
        name: value for name, value in TALK.items() if name not in ("account", "people", "at")
    }
    assert account.counters == {"Group Joined": 1, "Sales Conversation Logged": 1}
    assert set(account.interests) == {"sso", "pricing"}


@on_a_loop
async def test_people_are_found_by_any_identifier() -> None:
    async with running("") as site:
        key, _ = caller(site)
        await post(site, key, "/v1/page", {"userId": "u-7", "anonymousId": "a-7", "name": "Start"})
        person_id = site.views.find_person("anonymous_id:a-7")
        names: list[Json] = [f"person_id:{person_id}", "user_id:u-7"]
        logged = await site.conversations.log({"people": names, "channel": "mail"})
        rows = await events(site)
    # One person, however often named.
    assert len(logged.message_ids) == 1
    assert rows[-1]["userId"] == "u-7"


@on_a_loop
async def test_a_key_that_may_not_read_profiles_learns_of_nobody() -> None:
    async with running("") as site:
        key, program = caller(site)
        identify = {"userId": "u-1", "traits": {"email": "ada@buyer.example"}}
        await post(site, key, "/v1/identify", identify)
        person_id = site.views.find_person("email:ada@buyer.example")
        assert person_id is not None
        writer = msgspec.structs.replace(program, scopes=("ingest:trusted",))
        told: set[tuple[int, str, str]] = set()
        for name in (
            "email:ada@buyer.example",
            "email:bob@buyer.example",
            f"person_id:{person_id}",
        ):
            with pytest.raises(InputRefused, match="user_id:VALUE") as refused:
                await site.conversations.log({"people": [name], "channel": "mail"}, writer)
            told.add((refused.value.status, refused.value.code, refused.value.message))
        assert [(status, code) for status, code, _ in told] == [(403, "forbidden")]
        for allowed in ("user_id:u-1", "anonymous_id:a-9"):
            body: JsonObject = {"people": [allowed], "channel": "mail"}
            assert (await site.conversations.log(body, writer)).tally.stored == 1
        by_mail: JsonObject = {"people": ["email:ada@buyer.example"], "channel": "mail"}
        assert (await site.conversations.log(by_mail, program)).tally.received == 1


@on_a_loop
async def test_the_note_is_read_by_people_and_by_no_rule() -> None:
    async with running(GOALS) as site:
        await site.conversations.log(TALK | {"people": ["user_id:u-42"]})
        await site.intake.settle()
        person_id = site.views.find_person("user_id:u-42")
        assert person_id is not None
        reached = [row["kind"] for row in site.exporter.outcomes(site.intake.committed)]
        (told,) = site.views.timeline(person_id)
        offered = site.views.values("user_id:u-42")
    assert reached == ["goal"]
    assert told.detail == "Do not call before ten."
    assert "Do not call" not in str(offered)


@on_a_loop
async def test_without_a_time_it_was_now_and_every_telling_counts() -> None:
    body: JsonObject = {"people": ["user_id:u-1"], "channel": "fair"}
    async with running("") as site:
        await site.conversations.log(body)
        site.clock.advance(1)  # type: ignore[attr-defined]
        await site.conversations.log(body)
        rows = await events(site)
    assert len({row["messageId"] for row in rows}) == 2
    assert rows[0]["timestamp"] == "2026-11-18T11:06:40.000Z"


@on_a_loop
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"people": []}, "people"),
        ({"people": ["email:nobody@example.com"]}, "Nobody is known"),
        ({"people": ["u-42"]}, "user_id:VALUE"),
        ({"channel": "pigeon"}, "channel"),
        ({"intent": "huge"}, "intent"),
        ({"at": "yesterday"}, "no time"),
        ({"topics": "sso"}, "topics"),
        ({"mood": "good"}, "mood"),
        ({"next_step": {"due": "2026-01-01"}}, "text"),
    ],
)
async def test_a_wrong_conversation_is_refused_with_the_field(
    change: JsonObject, told: str
) -> None:
    async with running("") as site:
        with pytest.raises(InputRefused, match=told) as refused:
            await site.conversations.log(TALK | change)
        assert refused.value.status == 422
        assert await events(site) == []
