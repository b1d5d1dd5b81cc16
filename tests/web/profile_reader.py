"""A site in memory behind its HTTP door, for tests that read profiles."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import httpx
import msgspec

from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.app import Application
from wegweiser.web.pages.app import pages_application
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

ADDRESS = "http://127.0.0.1:8000"
NOW = 1_795_000_000_000
PROFILES = "/v1/spaces/default/collections"


class ProfileReader:
    """Sends events and reads profiles with a secret key."""

    def __init__(self, site: Site, client: httpx.AsyncClient):
        self.site = site
        self.client = client
        made = site.callers.create("shop")
        self.write_key, self.secret_key = made.write_key, made.secret_key
        self.headers = basic(self.secret_key)

    async def send(self, *events: JsonObject, public: bool = False) -> httpx.Response:
        """Post a batch; gives the answer."""
        headers = basic(self.write_key) if public else self.headers
        answer = await self.client.post("/v1/batch", json={"batch": list(events)}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    async def ask(
        self, name: str, part: str, collection: str = "users", **query: str | int
    ) -> httpx.Response:
        """Read a part of a profile that is named as people write it."""
        path = f"{PROFILES}/{collection}/profiles/{quote(name, safe='')}/{part}"
        return await self.client.get(path, params=query, headers=self.headers)

    async def read(
        self, name: str, part: str, collection: str = "users", **query: str | int
    ) -> JsonObject:
        """Read a part of a profile that is there."""
        answer = await self.ask(name, part, collection, **query)
        assert answer.status_code == 200, answer.text
        document: JsonObject = answer.json()
        return document


@asynccontextmanager
async def reading(
    settings: Settings | None = None, configuration: str = ""
) -> AsyncIterator[ProfileReader]:
    """Run a site in memory and give what reads it."""
    site = Site(in_memory(MemoryClock(NOW, 1)), settings or Settings())
    await site.start(background=False)
    if configuration:
        await site.applier.apply([("test.yaml", configuration)])
    application = Application(site, pages_application(site, ADDRESS), "token")
    transport = httpx.ASGITransport(app=application)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield ProfileReader(site, client)
    await site.stop()


def basic(key: str, colon: str = ":") -> dict[str, str]:
    """Write the header of a key as user name, without a password."""
    return {"authorization": "Basic " + b64encode(f"{key}{colon}".encode()).decode()}


def event(user: str, number: int, name: str = "Seen", **more: Json) -> JsonObject:
    """Write a track call of a user."""
    told: JsonObject = {
        "type": "track",
        "messageId": f"{user}-{number}",
        "userId": user,
        "event": name,
        "timestamp": NOW - 60_000 + number,
    }
    return told | more


def identify(user: str, number: int, traits: JsonObject, **more: Json) -> JsonObject:
    """Write an identify call of a user."""
    return event(user, number, **{"type": "identify", "traits": traits, **more})


def rows(document: JsonObject, name: str = "data") -> list[JsonObject]:
    """Give the rows of a page."""
    return msgspec.convert(document[name], list[JsonObject])
