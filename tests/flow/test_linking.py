"""Probable duplicates: proposed, listed, explained, and answered once and for all."""

import importlib.util

import pytest

from tests.flow.loops import on_a_loop
from tests.flow.sites import caller, post, running
from wegweiser.flow.link_book import LinkBook
from wegweiser.flow.tables import LINKS
from wegweiser.resolve.link_judge import Thresholds
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.link import LikelyPair, Linkage, Weight
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

WEIGHTS = (Weight("prior", "", -8.0), Weight("name", "same", 14.0))


def identify(number: int, name: JsonObject, **traits: Json) -> JsonObject:
    """Make an identify call of somebody who is named so."""
    return {"type": "identify", "messageId": f"i-{number}", "traits": traits, **name}


def contact(number: int, email: str, **traits: Json) -> JsonObject:
    """Make somebody who is known by an address, on a device of its own."""
    return identify(number, {"anonymousId": f"a-{number}"}, email=email, **traits)


async def send(site: Site, *events: JsonObject) -> None:
    """Send events with a secret key."""
    key, _ = caller(site)
    assert (await post(site, key, "/v1/batch", {"batch": [*events]})).status == 200


async def two(site: Site) -> tuple[str, str]:
    """Make a user and a contact who may be one person; give their person ids."""
    await send(
        site,
        identify(1, {"userId": "u-1"}, firstName="Ada", lastName="Lang", birthday="1980-02-03"),
        contact(2, "ada@lang.invented.net", firstName="Ada", lastName="Lang"),
    )
    return known(site, "user_id:u-1"), known(site, "email:ada@lang.invented.net")


def known(site: Site, name: str) -> str:
    """Give the person of an identifier."""
    person_id = site.views.find_person(name)
    assert person_id is not None
    return person_id


def found(site: Site, a: str, b: str, probability: float = 0.99) -> None:
    """Let a search have found a pair."""
    one, other = sorted((a, b))
    pair = LikelyPair(one, other, probability, WEIGHTS)
    site.linking.keep(Linkage(pairs=(pair,), records=2, pairs_compared=1), Thresholds())


async def listed(site: Site) -> list[Json]:
    """List what waits for an answer."""
    told = await operations.run(site, "link_list", {})
    assert isinstance(told, dict)
    waiting = told["suggestions"]
    assert isinstance(waiting, list)
    return waiting


@on_a_loop
async def test_a_probable_pair_waits_and_joins_nobody() -> None:
    async with running() as site:
        a, b = await two(site)
        found(site, a, b)
        (one,) = await listed(site)
        assert isinstance(one, dict)
        assert (one["standing"], one["trust"]) == ("likely", "inferred")
        assert known(site, "user_id:u-1") == a
        assert known(site, "email:ada@lang.invented.net") == b
        found(site, a, b, 0.6)
        (one,) = await listed(site)
        assert isinstance(one, dict)
        assert one["standing"] == "possible"


@on_a_loop
async def test_a_pair_is_explained_by_weights_and_values() -> None:
    async with running() as site:
        a, b = await two(site)
        found(site, a, b)
        names: JsonObject = {"a": "user_id:u-1", "b": "email:ada@lang.invented.net"}
        told = await operations.run(site, "link_explain", names)
        assert isinstance(told, dict)
        assert told["weights"] == [
            {"field": "prior", "finding": "", "bits": -8.0},
            {"field": "name", "finding": "same", "bits": 14.0},
        ]
        compared = told["compared"]
        assert isinstance(compared, dict)
        mine = compared[a]
        assert isinstance(mine, dict)
        assert mine["birthday"] == "1980-02-03"


@on_a_loop
async def test_a_yes_is_an_operators_link_that_can_be_undone() -> None:
    async with running() as site:
        a, b = await two(site)
        found(site, a, b)
        names: JsonObject = {"a": "user_id:u-1", "b": "email:ada@lang.invented.net"}
        said = await operations.run(site, "link_accept", names)
        assert isinstance(said, dict)
        assert known(site, "user_id:u-1") == known(site, "email:ada@lang.invented.net")
        assert await listed(site) == []
        await operations.run(site, "identity_undo", {"operation_id": said["operation_id"]})
        assert known(site, "user_id:u-1") == a
        assert known(site, "email:ada@lang.invented.net") == b


@on_a_loop
async def test_a_no_is_never_proposed_again() -> None:
    async with running() as site:
        a, b = await two(site)
        found(site, a, b)
        names: JsonObject = {"a": f"person_id:{a}", "b": f"person_id:{b}"}
        await operations.run(site, "link_reject", names)
        assert await listed(site) == []
        # Neither by another search, nor once one of them is known by another identifier.
        await send(
            site, identify(3, {"userId": "u-1", "anonymousId": "a-1"}, email="x@lang.invented.net")
        )
        found(site, known(site, "email:x@lang.invented.net"), b)
        assert await listed(site) == []
        assert LinkBook(site.engines.store).refusals.keys() == {tuple(sorted((a, b)))}
        with pytest.raises(NotFound):
            await operations.run(site, "link_accept", names)


@on_a_loop
async def test_two_user_ids_are_never_proposed() -> None:
    async with running() as site:
        await send(site, identify(1, {"userId": "u-1"}), identify(2, {"userId": "u-2"}))
        found(site, known(site, "user_id:u-1"), known(site, "user_id:u-2"))
        assert await listed(site) == []


@on_a_loop
async def test_who_is_joined_otherwise_waits_no_longer() -> None:
    async with running() as site:
        a, b = await two(site)
        found(site, a, b)
        await send(site, identify(3, {"userId": "u-1"}, email="ada@lang.invented.net"))
        assert await listed(site) == []


@on_a_loop
async def test_rows_hold_nothing_of_anybody_and_outlive_a_rebuild() -> None:
    async with running() as site:
        a, b = await two(site)
        found(site, a, b)
        rows = b"".join(key + value for key, value in site.engines.store.scan(LINKS))
        assert b"lang" not in rows.lower()
        assert b"u-1" not in rows
        await site.rebuild()
        assert len(await listed(site)) == 1


@on_a_loop
async def test_who_is_erased_is_suggested_no_more() -> None:
    async with running() as site:
        a, b = await two(site)
        found(site, a, b)
        async with site.erasing() as eraser:
            await eraser.forget("user_id:u-1")
        assert await listed(site) == []


@pytest.mark.parametrize("possible", [0.0, 0.99, 2, "half", True])
@on_a_loop
async def test_thresholds_out_of_order_are_refused(possible: Json) -> None:
    async with running() as site:
        with pytest.raises(InputRefused) as refusal:
            await operations.run(site, "link_propose", {"possible": possible})
        assert refusal.value.field == "possible"


@on_a_loop
async def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    async with running() as site:
        await two(site)
        with pytest.raises(InputRefused, match=r"wegweiser\[link\]"):
            await operations.run(site, "link_propose", {})


@on_a_loop
async def test_a_search_proposes_from_profiles() -> None:
    pytest.importorskip("splink", reason="the extra `link` is not installed")
    async with running() as site:
        first = ("Ada", "Bela", "Cleo", "Dana", "Emil", "Fina", "Gero", "Hans", "Ines")
        last = ("Abel", "Brandt", "Conrad", "Dietz", "Engel", "Franke", "Graf")
        people = [(first[n % 9], last[n % 7], f"19{40 + n}-0{1 + n % 9}-11") for n in range(60)]
        events = [
            identify(n, {"userId": f"u-{n}"}, firstName=one, lastName=name, birthday=day)
            for n, (one, name, day) in enumerate(people)
        ]
        one, name, day = people[0]
        twice = contact(99, "a@web.invented.net", firstName=one, lastName=name, birthday=day)
        await send(site, *events, twice)
        told = await operations.run(site, "link_propose", {})
        assert isinstance(told, dict)
        assert told["records"] == 61
        (waiting,) = await listed(site)
        assert isinstance(waiting, dict)
        pair = {known(site, "user_id:u-0"), known(site, "email:a@web.invented.net")}
        assert {waiting["a"], waiting["b"]} == pair
