"""Types that senders made up: listed with values per person, refused from ten, and taken back."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scenarios.undo_world import event, everybody, new_engines, run, send, told
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow import identity_types
from wegweiser.flow.identity_document import read_rules
from wegweiser.flow.values_per_person import ValuesPerPerson
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.site import Site


def external(kind: str, *values: str) -> JsonObject:
    """Write the context of an event that names values of a type."""
    listed: list[Json] = [
        {"id": value, "type": kind, "collection": "users", "encoding": "none"} for value in values
    ]
    return {"externalIds": listed}


async def named(
    site: Site, number: int, user: str, kind: str, *values: str, secret: bool = True
) -> None:
    """Let one event name values beside a user of their own device."""
    who: JsonObject = {"userId": user} if secret else {"anonymousId": user}
    said = event(number, number / 10, context=external(kind, *values), **who)
    await send(site, said, secret=secret)


async def crowd(site: Site, first: int = 100, persons: int = 2, each: int = 10) -> None:
    """Let several users have many values of the type "visit"."""
    for number in range(first, first + persons):
        values = [f"v-{number}-{one}" for one in range(each)]
        await named(site, number, f"u-{number}", "visit", *values)


async def types_of(site: Site) -> dict[str, JsonObject]:
    """Give the listed types by name."""
    found = (await run(site, "identity_types"))["types"]
    assert isinstance(found, list)
    return {str(one["type"]): one for one in found if isinstance(one, dict)}


def test_only_types_that_senders_made_up_are_listed_with_what_stands_beside_them() -> None:
    async def check() -> None:
        async with told() as site:
            traits: JsonObject = {"email": "ada@a.example"}
            await send(site, event(1, userId="u-1", anonymousId="a-1", traits=traits))
            assert await types_of(site) == {}
            await named(site, 2, "u-1", "loyalty_card", "7", "8")
            await named(site, 3, "u-2", "loyalty_card", "9")
            await named(site, 4, "u-2", "loyalty_card", "9")
            (row,) = (await types_of(site)).values()
            assert {name: row[name] for name in ("type", "state", "class", "crowded")} == {
                "type": "loyalty_card",
                "state": "unclassified",
                "class": "weak",
                "crowded": False,
            }
            assert (row["values"], row["persons"], row["values_per_person"]) == (3, 2, 1.5)
            assert row["sources"] == [site.callers.sources()[0].name]
            assert str(row["since"]).startswith("20")

    asyncio.run(check())


def test_values_that_no_person_could_keep_count_as_well() -> None:
    async def check() -> None:
        async with told() as site:
            await crowd(site, persons=1, each=12)
            row = (await types_of(site))["visit"]
            assert (row["values_per_person"], row["crowded"]) == (12.0, True)

    asyncio.run(check())


def test_from_ten_values_a_type_is_refused_and_a_class_brings_its_links_back() -> None:
    async def check() -> None:
        async with told() as site:
            await crowd(site, each=9)
            await site.identity.types.refuse_crowded()
            assert (await types_of(site))["visit"]["state"] == "unclassified"
            await crowd(site, first=200)
            before = await everybody(site)
            linked = site.views.find_person("user_id:u-200")
            assert site.views.find_person("visit:v-200-0") == linked
            await crowd(site, first=300, persons=4, each=12)
            before = await everybody(site)
            await site.identity.types.refuse_crowded()
            assert (await types_of(site))["visit"]["state"] == "refused"
            assert site.views.find_person("visit:v-200-0") != linked
            version = site.identity.rules.rules.version
            await site.rebuild()
            assert site.identity.rules.rules.version == version
            (said,) = site.identity.desk.operations()
            assert (said["kind"], said["by"], bool(said["reason"])) == ("rules", "wegweiser", True)
            again: JsonObject = {"types": {"visit": {"class": "weak"}}}
            await run(site, "identity_rules_dry_run", rules=again)
            await run(site, "identity_rules_publish", rules=again)
            assert await everybody(site) == before
            row = (await types_of(site))["visit"]
            assert (row["state"], row["crowded"]) == ("classified", True)

    asyncio.run(check())


def test_what_an_administrator_classified_is_never_refused_by_itself() -> None:
    async def check() -> None:
        async with told() as site:
            rules: JsonObject = {"types": {"visit": {"class": "strong"}}}
            await run(site, "identity_rules_dry_run", rules=rules)
            await run(site, "identity_rules_publish", rules=rules)
            version = site.identity.rules.rules.version
            await crowd(site)
            await site.identity.types.refuse_crowded()
            assert site.identity.rules.rules.version == version

    asyncio.run(check())


def test_strangers_cannot_have_a_type_refused_that_secret_keys_use() -> None:
    async def check() -> None:
        async with told() as site:
            await named(site, 1, "u-1", "loyalty_card", "7")
            for number in range(2, 5):
                values = [f"{number}-{one}" for one in range(20)]
                await named(site, number, f"a-{number}", "loyalty_card", *values, secret=False)
                await named(site, 10 + number, f"a-{number}", "visit", *values, secret=False)
            await site.identity.types.refuse_crowded()
            rows = await types_of(site)
            card, visit = rows["loyalty_card"], rows["visit"]
            assert (card["state"], card["counted"], card["persons"]) == (
                "unclassified",
                "trusted",
                1,
            )
            assert (visit["state"], visit["counted"]) == ("refused", "anybody")

    asyncio.run(check())


def test_types_are_refused_at_most_once_a_day() -> None:
    async def check() -> None:
        engines = new_engines()
        clock = engines.clock
        assert isinstance(clock, MemoryClock)
        async with told(engines) as site:
            await crowd(site)
            await site.identity.types.refuse_crowded()
            values = [f"o-{one}" for one in range(10)]
            await named(site, 500, "u-500", "order", *values)
            for passed, state in ((HOUR_MS, "unclassified"), (DAY_MS, "refused")):
                clock.advance(passed)
                await site.identity.types.refuse_crowded()
                assert (await types_of(site))["order"]["state"] == state

    asyncio.run(check())


@pytest.mark.parametrize("kind", ["user_id", "email", "anonymous_id", "crm_contact_id", "group_id"])
def test_no_type_of_ours_can_be_refused(kind: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_rules({"types": {kind: {"refused": True}}})
    assert refused.value.field == f"types.{kind}.refused"
    assert read_rules({"types": {"visit": {"refused": True}}}).types["visit"].refused


@given(st.lists(st.integers(0, 60), max_size=200))
def test_many_persons_are_counted_in_little_memory_whatever_the_order(
    persons: list[int],
) -> None:
    every, few, shuffled = (ValuesPerPerson(most) for most in (100, 8, 8))
    other = sorted(persons)
    for counted, order in ((every, persons), (few, persons), (shuffled, other)):
        counted.note_all(f"per_{one}" for one in order)
    assert every.persons == len(set(persons))
    assert every.average == (len(persons) / len(set(persons)) if persons else 0.0)
    assert (few.persons, few.average) == (shuffled.persons, shuffled.average)


def test_very_many_values_are_counted_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        engines = new_engines()
        clock = engines.clock
        assert isinstance(clock, MemoryClock)
        async with told(engines) as site:
            await crowd(site, persons=1)
            assert (await types_of(site))["visit"]["values"] == 10
            await crowd(site, first=200, persons=1)
            assert (await types_of(site))["visit"]["values"] == 20
            monkeypatch.setattr(identity_types, "MANY_VALUES", 25)
            await crowd(site, first=300, persons=1)
            assert (await types_of(site))["visit"]["values"] == 30
            await crowd(site, first=400, persons=1)
            for passed, values in ((0, 30), (HOUR_MS, 40)):
                clock.advance(passed)
                assert (await types_of(site))["visit"]["values"] == values

    asyncio.run(check())


def test_who_does_not_wait_is_told_what_was_counted_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check() -> None:
        monkeypatch.setattr(identity_types, "MANY_VALUES", 5)
        engines = new_engines()
        clock = engines.clock
        assert isinstance(clock, MemoryClock)
        async with told(engines) as site:
            await crowd(site)
            first = await run(site, "identity_types", wait=False)
            assert (first["types"], first["counted_at"]) == ([], None)
            await site.identity.types.run_due()
            second = await run(site, "identity_types", wait=False)
            assert second["counted_at"] is not None
            assert second == await run(site, "identity_types")
            assert (await types_of(site))["visit"]["state"] == "unclassified"
            clock.advance(HOUR_MS)
            await site.identity.types.run_due()
            assert (await types_of(site))["visit"]["state"] == "refused"

    asyncio.run(check())
