"""What the holder of a key cannot get by way of the admin routes: other sources, more rights."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest

from tests.web.test_key_table import TOKEN, basic, serving
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import GRANTABLE_SCOPES, Scope
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

OPERATOR = {"authorization": f"Bearer {TOKEN}"}


class Door:
    """The admin routes of a site, with a source `shop` and one `till`."""

    def __init__(self, site: Site, client: httpx.AsyncClient):
        self.site = site
        self._client = client

    async def ask(
        self, headers: dict[str, str], operation: str, **arguments: Json
    ) -> tuple[int, JsonObject]:
        answer = await self._client.post(
            f"/v1/admin/{operation}", headers=headers, content=msgspec.json.encode(arguments)
        )
        document = answer.json()
        return answer.status_code, document if isinstance(document, dict) else {"": document}

    async def key(self, *scopes: Scope, **settings: Json) -> dict[str, str]:
        told = await operations.run(
            self.site,
            "key_create",
            {"source": "shop", "scopes": [*scopes], "settings": settings},
        )
        assert isinstance(told, dict)
        return basic(str(told["key"]))


def at_door(run: Callable[[Door], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with serving() as (site, client, _):
            site.callers.create("shop")
            site.callers.create("till")
            await run(Door(site, client))

    asyncio.run(whole())


def paid(count: int, first: int = 0) -> list[Json]:
    return [
        {"type": "track", "messageId": f"m-{first + number}", "userId": "u-1", "event": "Paid"}
        for number in range(count)
    ]


def test_a_key_loads_into_its_own_source_only() -> None:
    async def check(door: Door) -> None:
        key = await door.key("ingest:trusted")
        sources = door.site.callers.sources()
        for name in ("till", "brandnew"):
            status, told = await door.ask(key, "load", source=name, elements=paid(1))
            assert (status, told["code"]) == (403, "forbidden")
        assert door.site.callers.sources() == sources
        assert door.site.unifier.tally.received == 0
        status, told = await door.ask(key, "load", source="shop", kind="bulk", elements=paid(2))
        assert (status, told["stored"]) == (200, 2)
        (row, _) = [row async for row in operations.export(door.site, "events")]
        shop = door.site.callers.named("shop")
        assert shop is not None
        assert msgspec.json.decode(row)["sourceId"] == shop.source_id
        status, told = await door.ask(OPERATOR, "load", source="brandnew", elements=paid(1, 9))
        assert (status, told["stored"]) == (200, 1)

    at_door(check)


def test_a_load_uses_up_what_its_key_allows() -> None:
    async def check(door: Door) -> None:
        key = await door.key("ingest:trusted", daily_quota=10)
        unmapped: list[Json] = [{"message": "no id", "row": {"n": number}} for number in range(4)]
        status, told = await door.ask(
            key, "load", source="shop", elements=paid(5), unmapped=unmapped
        )
        assert (status, told["stored"], told["quarantined"]) == (200, 5, 4)
        keys = await operations.run(door.site, "key_list", {"source": "shop"})
        used = [one["elements_today"] for one in msgspec.convert(keys, list[JsonObject])]
        assert max(msgspec.convert(used, list[int])) == 9
        assert (await door.ask(key, "load", source="shop", elements=paid(3, 5)))[0] == 200
        assert (await door.ask(key, "load", source="shop", elements=paid(1, 8)))[0] == 429
        assert door.site.unifier.tally.stored == 8

    at_door(check)


def test_a_load_larger_than_the_burst_gets_in_and_is_paid_for() -> None:
    async def check(door: Door) -> None:
        key = await door.key("ingest:trusted", rate_per_second=1, burst=1)
        status, told = await door.ask(key, "load", source="shop", elements=paid(30))
        assert (status, told["stored"]) == (200, 30)
        assert (await door.ask(key, "load", source="shop", elements=paid(1, 30)))[0] == 429

    at_door(check)


def test_a_load_keeps_to_the_events_that_its_key_allows() -> None:
    async def check(door: Door) -> None:
        key = await door.key("ingest:trusted", allowed_events="page")
        status, told = await door.ask(key, "load", source="shop", elements=paid(2))
        assert (status, told["stored"]) == (200, 0)
        assert door.site.unifier.tally.stored == 0

    at_door(check)


@pytest.mark.parametrize("scope", [one for one in GRANTABLE_SCOPES if one != "admin"])
def test_a_key_hands_on_only_what_it_holds(scope: Scope) -> None:
    async def check(door: Door) -> None:
        admin, both = await door.key("admin"), await door.key("admin", scope)
        for status, holder in ((403, admin), (200, both)):
            made = await door.ask(holder, "key_create", source="shop", scopes=[scope])
            assert made[0] == status, made
            own = await door.ask(OPERATOR, "key_create", source="shop", scopes=["admin"])
            widened = await door.ask(
                holder, "key_set", key=own[1]["key_id"], scopes=["admin", scope]
            )
            assert widened[0] == status, widened
            other = await door.ask(OPERATOR, "key_create", source="shop", scopes=[scope])
            assert (await door.ask(holder, "key_rotate", key=other[1]["key_id"]))[0] == status
        assert (await door.ask(admin, "key_create", source="shop", scopes=["admin"]))[0] == 200
        assert (await door.ask(OPERATOR, "key_create", source="shop", scopes=[scope]))[0] == 200

    at_door(check)


def test_an_admin_key_changes_keys_without_getting_what_they_may_do() -> None:
    async def check(door: Door) -> None:
        admin = await door.key("admin")
        made = door.site.callers.create("web")
        # Without scopes a key gets the usual ones.
        assert (await door.ask(admin, "key_create", source="web"))[0] == 403
        assert (await door.ask(admin, "source_create", name="mine"))[0] == 403
        assert door.site.callers.named("mine") is None
        assert (await door.ask(admin, "key_create", source="web", public=True))[0] == 200
        assert (await door.ask(admin, "key_rotate", key=made.write_key))[0] == 200
        labelled = await door.ask(admin, "key_set", key=made.secret_key, settings={"label": "x"})
        assert labelled[0] == 200
        narrowed = await door.ask(admin, "key_set", key=made.secret_key, scopes=["profile:read"])
        assert (narrowed[0], narrowed[1]["scopes"]) == (200, ["profile:read"])
        assert (await door.ask(admin, "key_revoke", key=made.secret_key))[0] == 200

    at_door(check)


def test_a_key_sees_what_is_set_aside_or_mends_it() -> None:
    async def check(door: Door) -> None:
        admin, export = await door.key("admin"), await door.key("export")
        wrong: JsonObject = {"type": "track", "messageId": "m-1", "userId": "u-1", "event": ""}
        await door.ask(OPERATOR, "load", source="shop", elements=[wrong])
        assert (await door.ask(admin, "quarantine_list"))[0] == 403
        listed = (await door.ask(export, "quarantine_list"))[1]["quarantined"]
        (row,) = msgspec.convert(listed, list[JsonObject])
        name = row["quarantineId"]
        assert (await door.ask(admin, "quarantine_show", id=name))[0] == 403
        status, shown = await door.ask(export, "quarantine_show", id=name)
        assert (status, shown["element"]) == (200, wrong)
        patch: JsonObject = {"event": "Paid"}
        assert (await door.ask(export, "quarantine_fix", id=name, patch=patch))[0] == 403
        assert (await door.ask(export, "quarantine_discard", all=True))[0] == 403
        assert (await door.ask(admin, "quarantine_fix", id=name, patch=patch))[0] == 200

    at_door(check)


def test_secrets_of_a_source_are_for_the_operator() -> None:
    async def check(door: Door) -> None:
        every = await door.key(*GRANTABLE_SCOPES)
        assert (await door.ask(every, "source_user_hash", name="shop"))[0] == 403
        assert (await door.ask(OPERATOR, "source_user_hash", name="shop"))[0] == 200

    at_door(check)


@pytest.mark.parametrize("name", [f"q-{'1' * 5000}-1", f"q-1-{'9' * 20}", "q-9-9"])
def test_an_id_under_which_nothing_stands_is_refused_kindly(name: str) -> None:
    async def check(door: Door) -> None:
        status, told = await door.ask(OPERATOR, "quarantine_show", id=name)
        assert status in (404, 422)
        assert len(str(told["message"])) < 300

    at_door(check)
