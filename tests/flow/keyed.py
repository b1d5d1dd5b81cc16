"""A site with one source, for tests of keys: its settings changed, requests sent with them."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from tests.flow.sites import running
from wegweiser.flow.callers import NewSource
from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site


def with_source(run: Callable[[Site, NewSource], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with running("") as site:
            await run(site, site.callers.create("shop"))

    asyncio.run(whole())


async def ask(site: Site, operation: str, **arguments: Json) -> JsonObject:
    answered = await operations.run(site, operation, arguments)
    assert isinstance(answered, dict)
    return answered


async def set_key(site: Site, key: str, **settings: Json) -> JsonObject:
    return await ask(site, "key_set", key=key, settings=settings)


def tracks(count: int, start: int = 0, name: str = "Paid") -> JsonObject:
    return {
        "batch": [
            {"type": "track", "messageId": f"m-{start + number}", "userId": "u-1", "event": name}
            for number in range(count)
        ]
    }


async def send(site: Site, body: object, client: str = "192.0.2.1", **headers: str) -> WireResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = WireRequest(
        "POST", "/v1/batch", headers=named, body=msgspec.json.encode(body), client=client
    )
    return await site.receiver.receive(request)


async def refused(site: Site, body: object, **headers: str) -> tuple[int, str]:
    try:
        await send(site, body, **headers)
    except InputRefused as refusal:
        return refusal.status, refusal.code
    except ComeAgain as again:
        answer = site.receiver.failure(again)
        seconds = dict(answer.headers)["retry-after"]
        assert 1 <= int(seconds) <= 60
        return answer.status, msgspec.json.decode(answer.body)["code"]
    return 200, ""


async def all_keys(site: Site) -> list[JsonObject]:
    found = await operations.run(site, "key_list", {"source": "shop"})
    return msgspec.convert(found, list[JsonObject])
