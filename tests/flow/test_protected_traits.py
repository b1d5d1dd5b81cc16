"""Protected traits: what a server stated no browser changes, whoever declared the key."""

import pytest

from tests.flow.loops import on_a_loop
from tests.flow.sites import NOW, caller, post, running
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import MINUTE_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

DECLARED = """
{kind: protected_traits, key: ours, traits: [budget, last_name]}
---
{kind: segment, key: rich, when: 'person.traits.budget > 50'}
"""


async def identify(site: Site, number: int, secret: bool, **traits: Json) -> None:
    """Send an identify call that happened some minutes after the first."""
    call: JsonObject = {
        "type": "identify",
        "messageId": f"m-{number}",
        "userId": "u-1",
        "anonymousId": "a-1",
        "timestamp": format_instant(NOW + (number - 60) * MINUTE_MS),
        "traits": traits,
    }
    key, _ = caller(site, secret)
    assert (await post(site, key, "/v1/identify", call)).status == 200


async def traits(site: Site) -> JsonObject:
    """Give the traits of the person, and whether it is in the segment."""
    found = await operations.run(site, "profile", {"identifier": "user_id:u-1"})
    assert isinstance(found, dict)
    told = found["traits"]
    assert isinstance(told, dict)
    return {**told, "segments": found["segments"]}


@on_a_loop
async def test_declared_keys_read_what_a_server_stated_in_either_spelling() -> None:
    async with running() as site:
        await identify(site, 1, True, budget=10, lastName="Byron", city="Köln")
        await identify(site, 2, False, budget=100, last_name="Bob", city="Bonn")
        before = await traits(site)
        assert (before["budget"], before["lastName"], before["city"]) == (100, "Bob", "Bonn")
        await site.applier.apply([("t.yaml", DECLARED)])
        after = await traits(site)
        assert (after["budget"], after["lastName"], after["city"]) == (10, "Byron", "Bonn")
        assert after["segments"] == []
        await identify(site, 3, True, budget=60)
        assert (await traits(site))["segments"] == ["rich"]
        await identify(site, 4, True, budget=None)
        await identify(site, 5, False, budget=100)
        # What a server deleted stays deleted for browsers.
        assert "budget" not in await traits(site)


@pytest.mark.parametrize(
    "document",
    [
        "{kind: protected_traits, key: a, traits: []}",
        "{kind: protected_traits, key: a, traits: [' ']}",
        "{kind: protected_traits, key: a, keys: [budget]}",
    ],
)
def test_a_document_that_protects_nothing_is_refused(document: str) -> None:
    @on_a_loop
    async def go() -> None:
        async with running() as site:
            with pytest.raises(DocumentRefused, match="protected_traits a: "):
                await site.applier.apply([("t.yaml", document)])

    go()
