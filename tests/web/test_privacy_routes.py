"""Regulations and OpenDSR over HTTP: shapes, callbacks, documents, certificates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import msgspec

from tests.flow.sites import NOW, caller, post, running, seen
from wegweiser.adapters.memory import MemoryChannel
from wegweiser.flow.opendsr_callbacks import Callbacks
from wegweiser.flow.receipt_keys import verifies
from wegweiser.settings import Settings
from wegweiser.terms.json import JsonObject
from wegweiser.web.app import Application
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

CALLBACK = "https://controller.example/callbacks"


@asynccontextmanager
async def asked() -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    """Give a site with two people, and a client that may erase and read documents."""
    async with running() as site:
        key, _ = caller(site)
        await post(site, key, "/v1/batch", {"batch": [seen("u-1", 1), seen("u-2", 1)]})
        scopes: JsonObject = {"source": "shop", "scopes": ["erase", "export"]}
        made = await operations.run(site, "key_create", scopes)
        assert isinstance(made, dict)
        headers = {"authorization": f"Bearer {made['key']}"}
        transport = httpx.ASGITransport(app=Application(site, None, "t"))  # type: ignore[arg-type]
        async with httpx.AsyncClient(
            transport=transport, base_url="http://own.test", headers=headers
        ) as client:
            yield site, client


def test_a_regulation_goes_from_initialized_to_finished() -> None:
    async def check() -> None:
        async with asked() as (site, client):
            body = {
                "regulationType": "SUPPRESS_WITH_DELETE",
                "subjectType": "USER_ID",
                "subjectIds": ["u-1"],
            }
            made = (await client.post("/regulations", json=body)).json()["data"]["regulateId"]
            listed = (await client.get("/regulations")).json()["data"]["regulations"]
            assert [(one["id"], one["status"]) for one in listed] == [(made, "INITIALIZED")]
            await site.privacy.run_due()
            shown = (await client.get(f"/regulations/{made}")).json()["data"]["regulation"]
            assert (shown["overallStatus"], shown["subjects"]) == ("FINISHED", [])
            assert shown["streamStatus"][0]["destinationStatus"] == []
            held = (await client.get("/suppressions")).json()["data"]["suppressed"]
            assert [one["kind"] for one in held] == ["user_id"]
            assert "u-1" not in str(held)
            assert (await client.delete(f"/regulations/{made}")).status_code == 409
            other = (await client.post("/regulations", json=body)).json()["data"]["regulateId"]
            gone = await client.delete(f"/regulations/{other}")
            assert gone.json() == {"data": {"status": "SUCCESS"}}
            wrong = await client.post("/regulations", json=body | {"regulationType": "MAYBE"})
            assert wrong.status_code == 400
            assert "UNSUPPRESS" in wrong.json()["error"]["message"]

    asyncio.run(check())


def request(kind: str, number: int, **more: object) -> JsonObject:
    """Write a request about u-2."""
    body: JsonObject = {
        "regulation": "gdpr",
        "subject_request_id": f"a7551968-d5d6-44b2-9831-815ac901779{number}",
        "subject_request_type": kind,
        "submitted_time": "2026-11-03T10:00:00Z",
        "subject_identities": [
            {
                "identity_type": "controller_customer_id",
                "identity_value": "u-2",
                "identity_format": "raw",
            }
        ],
        "status_callback_urls": [CALLBACK],
    }
    return body | more  # type: ignore[operator]


def test_each_change_of_a_request_is_told_and_the_document_is_signed() -> None:
    async def check() -> None:
        async with asked() as (site, client):
            channel = MemoryChannel()
            site.privacy.callbacks = Callbacks(
                site.engines.store, site.clock, lambda address: channel
            )
            body = request("access", 1)
            assert (await client.post("/opendsr/v1/requests", json=body)).status_code == 201
            await site.privacy.run_due()
            told = [parcel.data for parcel in channel.parcels]
            assert [one["request_status"] for one in told] == [
                "pending",
                "in_progress",
                "completed",
            ]
            address = str(told[-1]["results_url"]).partition("/opendsr")[2]
            found = await client.get(f"/opendsr{address}")
            [person] = found.json()["persons"]
            assert person["identifiers"][0]["value"] == "u-2"
            certificate = await client.get("/opendsr/v1/certificate")
            signature = found.headers["x-opendsr-signature"]
            assert verifies(certificate.content, found.content, signature)

    asyncio.run(check())


def test_where_a_second_person_is_needed_results_wait_for_it() -> None:
    async def check() -> None:
        async with asked() as (site, client):
            site.settings = Settings(access_release="second_person")
            name = str(request("portability", 2)["subject_request_id"])
            await client.post("/opendsr/v1/requests", json=request("portability", 2))
            await site.privacy.run_due()
            results = f"/opendsr/v1/requests/{name}/results"
            assert (await client.get(results)).status_code == 403
            [waiting] = site.privacy.releases.all()
            held = site.callers.keys()
            [holder] = [key for key in held if "export" in key.scopes]
            assert waiting.asked_by == holder.key_id
            site.privacy.releases.release(waiting.request_id, "bob")
            assert (await client.get(results)).status_code == 200

    asyncio.run(check())


def test_a_pending_request_can_be_cancelled_and_a_wrong_one_is_refused() -> None:
    async def check() -> None:
        async with asked() as (site, client):
            body = request("erasure", 3)
            name = str(body["subject_request_id"])
            await client.post("/opendsr/v1/requests", json=body)
            gone = await client.delete(f"/opendsr/v1/requests/{name}")
            assert (gone.status_code, gone.json()["subject_request_id"]) == (202, name)
            await site.privacy.run_due()
            assert site.views.find_person("user_id:u-2") is not None
            status = (await client.get(f"/opendsr/v1/requests/{name}")).json()
            assert status["request_status"] == "cancelled"
            for more in (
                {"subject_request_id": "1"},
                {"submitted_time": "soon"},
                {"subject_identities": []},
                {"subject_request_type": "rectification"},
                {"status_callback_urls": [CALLBACK] * 11},
            ):
                refused = await client.post("/opendsr/v1/requests", json=body | more)
                assert refused.status_code == 400, more
            for address in (
                "https://127.0.0.1/inner",
                "https://metadata.internal/",
                "http://a.de/",
            ):
                body = request("access", 4, status_callback_urls=[CALLBACK, address])
                refused = await client.post("/opendsr/v1/requests", json=body)
                assert (refused.status_code, address in refused.text) == (400, True)
            found = (await client.get("/opendsr/v1/discovery")).json()
            formats = {one["identity_format"] for one in found["supported_identities"]}
            assert formats == {"raw", "md5", "sha1", "sha256"}

    asyncio.run(check())


def test_anybody_gets_the_key_of_receipts() -> None:
    async def check() -> None:
        async with asked() as (site, client):
            done = await operations.run(site, "forget", {"identifier": "user_id:u-1"})
            assert isinstance(done, dict)
            key = await client.get("/v1/receipts/public-key", headers={"authorization": ""})
            assert key.content.startswith(b"-----BEGIN PUBLIC KEY-----")
            receipt = done["receipt"]
            assert isinstance(receipt, dict)
            signature = str(receipt.pop("signature"))
            text = msgspec.json.encode(receipt, order="sorted")
            assert verifies(key.content, text, signature)
            assert site.clock.now_ms() >= NOW

    asyncio.run(check())
