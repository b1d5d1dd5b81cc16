"""What an erasure finds outside cells and log: files handed over, rules, requests, free texts."""

import asyncio
import hashlib
from pathlib import Path

import msgspec

from tests.flow.erasing import run, traces
from tests.flow.loops import on_a_loop
from tests.flow.sites import running, seen
from tests.scenarios.undo_world import send
from wegweiser.flow.link_book import Refusal
from wegweiser.flow.tables import IDENTITY_DRAFTS, LINKS, RULINGS
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site
from wegweiser.workspace.workspace import Workspace

FILES = """
{kind: segment, key: team, when: 'person.traits.plan == "team"'}
---
{kind: endpoint, key: letters, channel: email, via: file, target: letters,
 events: [audience.entered, erasure.finished]}
"""
AGREED: JsonObject = {"consent": {"categoryPreferences": {"email": True}}}
RULES = """
{kind: identity_rules, key: rules, description: About Canary, pinned: {"email:%s": allowed}}
"""


def _joins(user: str) -> JsonObject:
    return seen(user, 1, type="identify", traits={"email": f"{user}@x.example", "plan": "team"}) | {
        "context": AGREED
    }


def _told(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("outbox/**/*.ndjson"))


def test_files_handed_over_to_others_hold_no_name_of_the_erased(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        site = workspace.site
        workspace.apply({"a.yaml": FILES})
        workspace.load([_joins("canary"), _joins("bob")], source="shop", kind="live")
        person_id = site.views.find_person("user_id:canary")
        for told in (site.segments.run(), site.intake.checkpoint(), site.segment_feed.run()):
            workspace.wait(told)  # type: ignore[arg-type]
        before = _told(tmp_path)
        assert b"canary@x.example" in before
        workspace.run("forget", {"identifier": "user_id:canary"})
        workspace.wait(site.erasure_notices.run())
        after = _told(tmp_path)
    assert b"canary" not in after
    assert len(after) > len(before)
    lines = [msgspec.json.decode(line) for line in after.splitlines()]
    assert [one["type"] for one in lines] == ["audience.entered"] * 2 + ["erasure.finished"]
    assert sorted(bool(one["data"]) for one in lines[:2]) == [False, True]
    assert person_id in lines[2]["data"]["person_ids"]
    assert lines[2]["data"]["identifiers"] == []


@on_a_loop
async def test_rules_lose_their_reason_with_whom_they_named() -> None:
    async with running() as site:
        await send(site, _joins("canary"))
        await site.applier.apply([("r.yaml", RULES % "canary@x.example")])
        await run(site, "identity_rules_dry_run")
        await run(site, "identity_rules_publish", reason="Canary asked for it.")
        assert traces(site, "canary")
        await run(site, "forget", identifier="user_id:canary")
        assert traces(site, "canary") == []
        for table in (IDENTITY_DRAFTS, RULINGS):
            rows = [value for _, value in site.engines.store.scan(table)]
            assert rows
            assert all(b"canary" not in row.lower() for row in rows)
        await site.rebuild()
        assert traces(site, "canary") == []


@on_a_loop
async def test_rules_published_later_bring_no_erased_name_back() -> None:
    async with running() as site:
        await send(site, _joins("canary"))
        await run(site, "forget", identifier="user_id:canary")
        await site.applier.apply([("r.yaml", RULES % "canary@x.example")])
        await run(site, "identity_rules_dry_run")
        await run(site, "identity_rules_publish", reason="Canary again.")
        assert [place for place in traces(site, "canary") if place.startswith("log")] == []


@on_a_loop
async def test_a_request_that_is_over_keeps_neither_person_nor_address() -> None:
    async with running() as site:
        await send(site, seen("u-1", 1), seen("u-2", 1))
        body = _asked("access", 1, "u-1", "u-2")
        _take(site, body)
        await site.privacy.run_due()
        taken = site.privacy.requests.get(str(body["subject_request_id"]))
        both = {site.views.find_person(f"user_id:{user}") for user in ("u-1", "u-2")}
        assert (set(taken.persons), taken.callbacks) == (both, ())
        assert taken.digest != hashlib.sha256(msgspec.json.encode(body)).hexdigest()
        await run(site, "forget", identifier="user_id:u-1")
        left = site.privacy.requests.get(taken.subject_request_id)
        assert left.persons == (site.views.find_person("user_id:u-2"),)


@on_a_loop
async def test_a_claim_of_a_visitor_neither_erases_nor_discloses_somebody_else() -> None:
    async with running() as site:
        await send(site, _joins("victim"), seen("victim", 2))
        claim: JsonObject = {
            "type": "identify",
            "messageId": "claimed",
            "anonymousId": "stranger",
            "userId": "victim",
            "traits": {"email": "stranger@x.example"},
        }
        await send(site, claim, secret=False)
        victim = site.views.find_person("user_id:victim")
        assert victim == site.views.find_person("email:stranger@x.example")
        body = _asked("access", 1, "victim")
        email = {"identity_type": "email", "identity_value": "stranger@x.example"}
        _take(site, {**body, "subject_identities": [email]})
        await site.privacy.run_due()
        assert site.privacy.requests.get(str(body["subject_request_id"])).persons == ()
        made = await run(
            site,
            "regulation_create",
            regulationType="SUPPRESS_WITH_DELETE",
            subjectType="IDENTIFIER",
            subjectIds=["email:stranger@x.example"],
        )
        await site.privacy.run_due()
        told = await run(site, "regulation_show", id=made["regulateId"])
        assert (told["overallStatus"], told["persons"]) == ("PARTIAL_SUCCESS", 0)
        assert "claims" in str(told["error"])
        assert site.views.find_person("email:stranger@x.example") is None
        left = await run(site, "profile", identifier="user_id:victim")
        assert left["traits"] == {"email": "victim@x.example", "plan": "team"}
        live = await run(site, "hash")
        assert (await run(site, "rebuild"))["hash"] == live["hash"]
        _take(site, _asked("access", 2, "victim"))
        await site.privacy.run_due()
        again = site.privacy.requests.get(str(_asked("access", 2)["subject_request_id"]))
        assert again.persons == (site.views.find_person("user_id:victim"),)


@on_a_loop
async def test_probable_duplicates_of_the_erased_are_forgotten() -> None:
    async with running() as site:
        await send(site, seen("u-1", 1), seen("u-2", 1))
        a, b = sorted(str(site.views.find_person(f"user_id:{user}")) for user in ("u-1", "u-2"))
        book = site.linking.book
        book.refuse(Refusal(a=a, b=b, at=1, by="operator"))
        assert [key for key, _ in site.engines.store.scan(LINKS)]
        await run(site, "forget", identifier="user_id:u-1")
        assert ([*site.engines.store.scan(LINKS)], book.refusals) == ([], {})


@on_a_loop
async def test_what_is_taken_back_while_another_is_carried_out_is_not_done() -> None:
    async with running() as site:
        await send(site, *(seen(f"u-{number}", 1) for number in range(4)))
        for number in (0, 1):
            _take(site, _asked("erasure", number, f"u-{number}"))
        made = [
            await run(
                site,
                "regulation_create",
                regulationType="SUPPRESS_WITH_DELETE",
                subjectType="USER_ID",
                subjectIds=[f"u-{number}"],
            )
            for number in (2, 3)
        ]
        async with site.erasing():
            # Everything waits for its turn now, and is taken back before it comes.
            work = asyncio.create_task(site.privacy.run_due())
            await asyncio.sleep(0)
            site.privacy.regulations.delete(str(made[1]["regulateId"]))
            site.privacy.requests.cancel(str(_asked("erasure", 1, "")["subject_request_id"]))
        await work
        alive = [site.views.find_person(f"user_id:u-{number}") is not None for number in range(4)]
        assert alive == [False, True, False, True]


def _asked(kind: str, number: int, *users: str) -> JsonObject:
    return {
        "regulation": "gdpr",
        "subject_request_id": f"a7551968-d5d6-44b2-9831-815ac901779{number}",
        "subject_request_type": kind,
        "submitted_time": "2026-11-03T10:00:00Z",
        "subject_identities": [
            {"identity_type": "controller_customer_id", "identity_value": user} for user in users
        ],
        "status_callback_urls": ["https://controller.example/callbacks"],
    }


def _take(site: Site, body: JsonObject) -> None:
    site.privacy.changed(site.privacy.requests.take(msgspec.json.encode(body), "src_1"))
