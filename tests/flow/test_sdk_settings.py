"""Which keys get a settings document, and what the options of their source change in it."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.flow.sites import running
from wegweiser.flow.callers import NewSource
from wegweiser.terms.errors import KeyRefused, NotFound
from wegweiser.terms.source import SourceOptions
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace.site import Site

HOST = "https://www.example.com"


def on_site(run: Callable[[Site, NewSource], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with running() as site:
            await run(site, site.callers.create("shop page"))

    asyncio.run(whole())


def strategy(site: Site, key: str) -> object:
    document = site.sdk_settings.for_segment(key, HOST)
    integrations = document["integrations"]
    assert isinstance(integrations, dict)
    segment = integrations["Segment.io"]
    assert isinstance(segment, dict)
    return segment.get("deliveryStrategy")


def test_a_source_may_ask_browsers_to_send_in_batches() -> None:
    async def run(site: Site, keys: NewSource) -> None:
        assert strategy(site, keys.write_key) is None
        source = site.callers.named("shop page")
        assert source is not None
        options = SourceOptions(browser_batching=True)
        site.callers.put_source(msgspec.structs.replace(source, options=options))
        expected = {"strategy": "batching", "config": {"size": 10, "timeout": 3000}}
        assert strategy(site, keys.write_key) == expected

    on_site(run)


@pytest.mark.parametrize("change", [{"paused": True}, {"revoked_at": 1}, {"expires_at": 1}])
def test_a_key_that_counts_no_longer_starts_nothing(change: dict[str, object]) -> None:
    async def run(site: Site, keys: NewSource) -> None:
        key = site.callers.key_named(keys.write_key)
        assert key is not None
        site.callers.put(msgspec.structs.replace(key, **change))
        with pytest.raises(NotFound):
            site.sdk_settings.for_segment(keys.write_key, HOST)
        request = WireRequest("GET", "/sourceConfig", f"writeKey={keys.write_key}")
        with pytest.raises(KeyRefused) as refused:
            site.sdk_settings.for_rudderstack(request)
        assert refused.value.status in (401, 403)

    on_site(run)


def test_a_secret_key_gets_no_document_into_a_page() -> None:
    async def run(site: Site, keys: NewSource) -> None:
        with pytest.raises(KeyRefused) as refused:
            site.sdk_settings.for_segment(keys.secret_key, HOST)
        assert refused.value.code == "forbidden"
        headers = {"x-write-key": keys.secret_key, "origin": HOST}
        with pytest.raises(KeyRefused) as refused:
            site.sdk_settings.for_rudderstack(WireRequest("GET", "/sourceConfig", "", headers))
        assert refused.value.code == "secret_in_browser"

    on_site(run)
