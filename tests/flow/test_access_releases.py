"""Access exports that a second person releases."""

import asyncio

import pytest

from tests.flow.erasing import run
from tests.flow.sites import caller, running, seen
from tests.scenarios.undo_world import send
from wegweiser.settings import Settings
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS
from wegweiser.workspace import operations

TWO = Settings(access_release="second_person")


def test_a_document_goes_out_once_somebody_else_released_it() -> None:
    async def check() -> None:
        async with running() as site:
            site.settings = TWO
            await send(site, seen("u-1", 1))
            with pytest.raises(InputRefused) as refused:
                await run(site, "access", identifier="user_id:u-1")
            assert refused.value.code == "release_needed"
            asked = await run(site, "access_request", identifier="user_id:u-1", by="ada")
            name = str(asked["request_id"])
            for operation, by in (("access_document", ""), ("access_release", " Ada")):
                with pytest.raises(InputRefused):
                    await run(site, operation, request_id=name, by=by)
            released = await run(site, "access_release", request_id=name, by="bob")
            assert (released["status"], released["released_by"]) == ("released", "bob")
            document = await run(site, "access_document", request_id=name)
            assert document["person"]
            rows = [row.what for row in site.audit.rows()]
            assert rows == ["person.access_request", "person.access_release", "person.access"]
            site.clock.advance(31 * DAY_MS)  # type: ignore[attr-defined]
            with pytest.raises(NotFound):
                await run(site, "access_document", request_id=name)
            assert await operations.run(site, "access_requests", {}) == []

    asyncio.run(check())


def test_the_holder_of_a_key_cannot_pass_for_somebody_else() -> None:
    async def check() -> None:
        async with running() as site:
            await send(site, seen("u-1", 1))
            holder = site.callers.of_key(caller(site)[0])
            asked = {"identifier": "user_id:u-1", "by": "ada"}
            made = await operations.run(site, "access_request", asked, holder)
            assert isinstance(made, dict)
            release = {"request_id": made["request_id"], "by": "bob"}
            with pytest.raises(InputRefused):
                await operations.run(site, "access_release", release, holder)

    asyncio.run(check())


def test_an_erasure_takes_the_requests_about_the_person_with_it() -> None:
    async def check() -> None:
        async with running() as site:
            await send(site, seen("u-1", 1), seen("u-2", 1))
            for name in ("u-1", "u-2"):
                await run(site, "access_request", identifier=f"user_id:{name}", by="ada")
            await run(site, "forget", identifier="user_id:u-1")
            left = await operations.run(site, "access_requests", {})
            assert [one["person_id"] for one in left] == [site.views.find_person("user_id:u-2")]  # type: ignore[union-attr,index,call-overload]

    asyncio.run(check())
