"""The mappings to start from: each payload becomes exactly the events beside it."""

import asyncio
import base64
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.flow.sites import NOW, running
from wegweiser.adapters.rows import RowFile
from wegweiser.collect.batch import batches
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace.loading import read_mapping
from wegweiser.workspace.operations import _export_rows
from wegweiser.workspace.site import Site

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "mappings"
ADDRESS = "https://data.example.com"
SECRET = "a secret of the example"
Request = Callable[[str, bytes], WireRequest]


def digest(text: bytes) -> str:
    """Sign as the providers do that write base64."""
    return base64.b64encode(hmac.digest(SECRET.encode(), text, "sha256")).decode()


def crm(path: str, body: bytes) -> WireRequest:
    """Deliver as a CRM that signs method, address, body and time."""
    signed = b"POST" + (ADDRESS + path).encode() + body + str(NOW).encode()
    headers = {
        "x-hubspot-signature-v3": digest(signed),
        "x-hubspot-request-timestamp": str(NOW),
    }
    return WireRequest("POST", path, headers=headers, body=body)


def mail(path: str, body: bytes) -> WireRequest:
    """Deliver as a mail system that posts a form with JSON in it."""
    events = json.dumps(json.loads(body)["mail_events"])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return WireRequest(
        "POST", path, headers=headers, body=urlencode({"mail_events": events}).encode()
    )


def leads(path: str, body: bytes) -> WireRequest:
    """Deliver as an automation tool with a fixed token."""
    return WireRequest("POST", path, headers={"authorization": f"Bearer {SECRET}"}, body=body)


def shop(path: str, body: bytes) -> WireRequest:
    """Deliver as a shop that signs the body."""
    headers = {"x-shopify-hmac-sha256": digest(body), "x-shopify-topic": "orders/paid"}
    return WireRequest("POST", path, headers=headers, body=body)


DELIVERIES: dict[str, Request] = {
    "hubspot": crm,
    "mail-bounces": mail,
    "linkedin-leads": leads,
    "shop-orders": shop,
}


async def events(site: Site) -> list[JsonObject]:
    upto = await site.intake.settle()
    rows = [row for row in _export_rows(site, "events", upto) if isinstance(row, dict)]
    added = ("receivedAt", "sourceId", "personId", "accountIds", "originalTimestamp", "enriched")
    return [{name: row[name] for name in row if name not in added} for row in rows]


def expected(name: str) -> object:
    return json.loads((FOLDER / f"{name}.expected.json").read_text(encoding="utf-8"))


def test_every_mapping_is_tried_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*DELIVERIES, "salesforce"}


@pytest.mark.parametrize("name", DELIVERIES)
def test_a_delivery_becomes_the_events_beside_it(name: str) -> None:
    async def deliver() -> list[JsonObject]:
        async with running((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")) as site:
            site.address = ADDRESS
            (kept,) = site.hooks.book.all()
            if site.hooks.book.get(kept.key).verification.needs_secret:
                site.hooks.book.set_secret(kept.key, SECRET)
            body = (FOLDER / f"{name}.payload.json").read_bytes()
            for _ in range(2):
                delivered = await site.hooks.receive(DELIVERIES[name](kept.path, body))
            assert delivered.tally.stored == delivered.tally.quarantined == 0
            return await events(site)

    assert asyncio.run(deliver()) == expected(name)


def test_rows_of_a_file_become_the_events_beside_it() -> None:
    async def load() -> list[JsonObject]:
        async with running("") as site:
            mapping = read_mapping(FOLDER / "salesforce.yaml")
            rows = RowFile(FOLDER / "salesforce.payload.csv").rows()
            for batch in batches(rows, mapping):
                assert batch.unmapped == []
                await site.loader.take(mapping.source, batch.elements)
            return await events(site)

    assert asyncio.run(load()) == expected("salesforce")
