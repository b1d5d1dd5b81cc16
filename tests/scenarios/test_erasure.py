"""Acceptance scenarios 45 to 48: what is erased stays erased, and a clean start is clean."""

import asyncio
import base64
import hashlib
import shutil
from pathlib import Path

import httpx
import msgspec

from tests.flow.sites import caller, running, seen
from tests.scenarios.erased_world import (
    BEFORE,
    HISTORY,
    OTHERS,
    ada,
    archived,
    places_of_canaries,
    put_back,
)
from tests.scenarios.undo_world import run, send
from wegweiser.flow.receipt_keys import verifies
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.web.app import Application
from wegweiser.workspace.receipts import verified
from wegweiser.workspace.site import Site
from wegweiser.workspace.workspace import Workspace


def test_45_nothing_of_the_erased_is_left_or_comes_back(tmp_path: Path) -> None:
    folder, backup = tmp_path / "data", tmp_path / "backup"
    with Workspace.open(folder) as workspace:
        workspace.load([*HISTORY, *OTHERS], source="shop", kind="live")
        archived(workspace)
    shutil.copytree(folder, backup)
    assert places_of_canaries(folder)
    with Workspace.open(folder) as workspace:
        done = workspace.run("forget", {"identifier": "email:canary@buyer.example"})
        assert isinstance(done, dict)
        assert done["status"] == "FINISHED"
        assert places_of_canaries(folder) == []
        _again(workspace)
        archived(workspace)
        bob = _counts(workspace)
    assert places_of_canaries(folder) == []
    put_back(backup, folder)
    assert places_of_canaries(folder)
    with Workspace.open(folder) as workspace:
        assert places_of_canaries(folder) == []
        assert _counts(workspace) == bob
        _again(workspace)
        workspace.run("rebuild", {})
        assert _counts(workspace) == bob
        key = workspace.run("receipt_key", {})
        audit = workspace.run("audit", {"what": "erasure.restored"})
        doctor = workspace.run("doctor", {})
    assert places_of_canaries(folder) == []
    assert isinstance(key, dict)
    assert isinstance(audit, dict)
    assert isinstance(doctor, dict)
    assert (len(audit["rows"]), audit["intact"]) == (1, True)  # type: ignore[arg-type]
    assert (doctor["healthy"], doctor["erased_again"]) == (True, 3)
    _verify(msgspec.json.encode(done), str(key["public_key"]).encode())


def _again(workspace: Workspace) -> None:
    """Send everything once more, import it, rename it, and let it come late."""
    workspace.load(HISTORY, source="shop", kind="live")
    workspace.load(HISTORY, source="crm", kind="bulk")
    late: list[JsonObject] = [
        ada(30, timestamp="2025-06-01T00:00:00Z"),
        ada(31, type="alias", userId="new-1", previousId="canary-ada"),
        ada(32, userId="new-2", anonymousId="canary-phone"),
    ]
    workspace.load(late, source="shop", kind="live")


def _counts(workspace: Workspace) -> object:
    profile = workspace.profile("user_id:bob")
    return profile["counters"], profile["traits"], len(list(workspace.export("persons")))


def _verify(done: bytes, public_key: bytes) -> None:
    assert verified(done, public_key)["intact"] is True
    receipt = msgspec.json.decode(done)["receipt"]
    assert b"canary" not in msgspec.json.encode(receipt).lower()
    receipt["counts"]["events"] += 1
    assert verified(msgspec.json.encode(receipt), public_key)["intact"] is False


def test_46_who_signs_up_again_starts_clean() -> None:
    async def check() -> None:
        async with running() as site:
            await send(site, *HISTORY[:4])
            old = site.views.find_person("user_id:canary-ada")
            await run(site, "forget", identifier="user_id:canary-ada", suppress=False)
            assert site.views.find_person("user_id:canary-ada") is None
            site.clock.advance(60_000)  # type: ignore[attr-defined]
            await send(site, ada(50), ada(51, timestamp=None))
            await _import(site, 60, BEFORE)
            assert site.views.find_person("user_id:canary-ada") is None
            fresh = format_instant(site.clock.now_ms() - 1_000)
            # The import is newer than the erasure, but nobody began anew yet.
            await _import(site, 61, fresh)
            assert site.views.find_person("user_id:canary-ada") is None
            new = ada(52, type="identify", timestamp=fresh, traits={"plan": "team"})
            await send(site, new)
            person = await run(site, "profile", identifier="user_id:canary-ada")
            assert person["personId"] != old
            assert (person["traits"], person["counters"]) == ({"plan": "team"}, {"Identified": 1})
            site.clock.advance(60_000)  # type: ignore[attr-defined]
            await _import(site, 62, format_instant(site.clock.now_ms() - 1_000))
            await _import(site, 63, BEFORE)
            person = await run(site, "profile", identifier="user_id:canary-ada")
            assert person["counters"] == {"Demo Booked": 1, "Identified": 1}
            tomb = site.suppressions.of("user_id:canary-ada")
            assert tomb is not None
            assert tomb.generation == 1

    asyncio.run(check())


async def _import(site: Site, number: int, at: str) -> None:
    await site.loader.take("crm", [ada(number, timestamp=at)])


def test_47_the_others_on_a_shared_device_and_account_stay_whole() -> None:
    async def check() -> None:
        async with running() as site:
            await send(site, *HISTORY[:4])
            kiosk = [seen("bob", n, anonymousId="canary-phone", userId="bob") for n in range(3)]
            joined: JsonObject = {
                "type": "group",
                "messageId": "g-bob",
                "userId": "bob",
                "groupId": "acme",
            }
            await send(site, *kiosk, joined)
            bob = await run(site, "profile", identifier="user_id:bob")
            both = await run(site, "account", identifier="group_id:acme")
            await run(site, "forget", identifier="user_id:canary-ada", confirm=True)
            left = await run(site, "profile", identifier="user_id:bob")
            assert left["counters"] == bob["counters"]
            # The device is his alone now, and older than he; his old id still leads to him.
            old = await run(site, "profile", identifier=f"person_id:{bob['personId']}")
            assert old["personId"] == left["personId"]
            acme = await run(site, "account", identifier="group_id:acme")
            assert [len(one["members"]) for one in (both, acme)] == [2, 1]  # type: ignore[arg-type]
            assert acme["counters"] == left["counters"]
            await site.rebuild()
            assert await run(site, "account", identifier="group_id:acme") == acme

    asyncio.run(check())


REQUEST_ID = "a7551968-d5d6-44b2-9831-815ac9017798"


def _request(**more: object) -> bytes:
    digest = hashlib.sha256(b"canary@buyer.example").hexdigest()
    body: JsonObject = {
        "regulation": "gdpr",
        "subject_request_id": REQUEST_ID,
        "subject_request_type": "erasure",
        "submitted_time": "2026-11-03T10:00:00Z",
        "subject_identities": [
            {"identity_type": "email", "identity_value": digest, "identity_format": "sha256"}
        ],
        "status_callback_urls": ["https://controller.example/opendsr/callbacks"],
        "api_version": "2.0",
    }
    return msgspec.json.encode(body | more)  # type: ignore[operator]


def test_48_a_hashed_subject_is_found_and_asked_twice_is_asked_once() -> None:
    async def check() -> None:
        async with running() as site:
            await send(site, *HISTORY[:4])
            auth = {"authorization": f"Bearer {await _key(site)}"}
            transport = httpx.ASGITransport(app=Application(site, None, "t"))  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://own.test") as client:
                first = await client.post("/opendsr/v1/requests", content=_request(), headers=auth)
                assert first.status_code == 201
                _signed(site, first)
                encoded = base64.b64decode(first.json()["encoded_request"])
                assert encoded == _request()
                await site.privacy.run_due()
                assert site.views.find_person("email:canary@buyer.example") is None
                again = await client.post("/opendsr/v1/requests", content=_request(), headers=auth)
                assert (again.status_code, again.json()) == (201, first.json())
                other = _request(regulation="ccpa")
                clash = await client.post("/opendsr/v1/requests", content=other, headers=auth)
                assert clash.status_code == 409
                await site.privacy.run_due()
                status = await client.get(f"/opendsr/v1/requests/{REQUEST_ID}", headers=auth)
                _signed(site, status)
                assert status.json()["request_status"] == "completed"
                assert site.privacy.requests.get(REQUEST_ID).found == 1
                gone = await client.delete(f"/opendsr/v1/requests/{REQUEST_ID}", headers=auth)
                assert gone.status_code == 400

    asyncio.run(check())


async def _key(site: Site) -> str:
    caller(site)
    made = await run(site, "key_create", source="shop", scopes=["erase"])
    return str(made["key"])


def _signed(site: Site, answer: httpx.Response) -> None:
    assert answer.headers["x-opendsr-processor-domain"]
    signature = answer.headers["x-opendsr-signature"]
    pem = site.receipt_keys.certificate_pem("own.test").encode()
    assert verifies(pem, answer.content, signature)
    assert not verifies(pem, answer.content + b" ", signature)
