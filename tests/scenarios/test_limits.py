"""Scenarios 8, 9 and 16 to 21: limits on whole persons, hot values, and large components."""

import asyncio

import pytest

from tests.scenarios.identity_world import Told, event, identify, told
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.json import JsonObject

EMAIL, OTHER = "one@buyer.example", "two@buyer.example"
E, U1, U2 = f"email:{EMAIL}", "user_id:u-1", "user_id:u-2"


def contact(day: float, user: str, email: str = EMAIL) -> JsonObject:
    return identify(day, userId=user, traits={"email": email})


def test_08_an_address_stays_with_the_user_who_had_it() -> None:
    async def story(site: Told) -> None:
        await site.server(contact(0, "u-1"), contact(1, "u-2"))
        assert site.same(U1, E)
        assert site.apart(U1, U2)
        assert site.reasons(U2, E) == {"unique_conflict"}
        assert site.of(U2).counters == {"Identified": 1}
        assert "Identity Evidence Refused" in site.lineage()

    told(story)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_09_a_chain_smuggles_nobody_into_another(order: tuple[int, ...]) -> None:
    card = [{"id": "c-1", "type": "crm_contact", "collection": "users", "encoding": "none"}]
    links = [
        contact(0, "u-1"),
        identify(1, anonymousId="x", context={"externalIds": card}, traits={"email": EMAIL}),
        identify(2, anonymousId="x", context={"externalIds": card}, traits={"email": OTHER}),
        contact(3, "u-2", OTHER),
    ]

    async def story(site: Told) -> None:
        for index in order:
            await site.server(links[index])
        assert site.apart(U1, U2)
        refused = site.site.unifier.directory.why(U1, U2).refusals
        assert [(one.evidence.pair, one.reason) for one in refused] == [
            ((f"email:{OTHER}", U2), "unique_conflict")
        ]

    told(story)


def test_16_placeholders_are_nobody() -> None:
    words = ("null", "guest", "[object Object]", "0000-00")

    async def story(site: Told) -> None:
        sent = [
            event(n / 1_000, anonymousId=f"a-{n}", userId=words[n % len(words)])
            for n in range(10_000)
        ]
        await site.public(*sent)
        assert [site.id_of(f"user_id:{word}") for word in words] == [None] * len(words)
        assert len({site.id_of(f"anonymous_id:a-{n}") for n in range(10_000)}) == 10_000
        assert site.views("anonymous_id:a-9999") == 1

    told(story)


def test_16_a_value_that_a_workspace_blocks_joins_nobody_either_new_or_old() -> None:
    async def story(site: Told) -> None:
        shop = "info@shop.example"
        await site.server(contact(0, "u-1", shop))
        assert site.same(U1, f"email:{shop}")
        await site.govern(IdentityRules(blocked={"email": ("INFO@shop.example",)}))
        assert site.apart(U1, f"email:{shop}")
        assert site.reasons(U1, f"email:{shop}") == {"blocked"}
        await site.govern(IdentityRules())
        assert site.same(U1, f"email:{shop}")

    told(story)


def test_17_the_sixth_user_of_an_office_address_sets_all_apart() -> None:
    async def story(site: Told) -> None:
        await site.server(*(contact(n, f"u-{n}") for n in range(5)))
        assert site.same("user_id:u-0", E)
        site.lineage()
        await site.server(contact(5, "u-5"))
        assert len({site.id_of(f"user_id:u-{n}") for n in range(6)}) == 6
        assert site.reasons("user_id:u-0", E) == {"quarantined"}
        assert site.lineage().count("Identifier Quarantined") == 1
        await site.govern(IdentityRules(pinned={E: "allowed"}))
        assert site.same("user_id:u-0", E)

    told(story)


def test_18_made_up_users_take_an_address_from_nobody() -> None:
    async def story(site: Told) -> None:
        await site.server(contact(0, "owner"))
        for n in range(7):
            made_up = [{"id": f"c-{n}", "type": "crm_x", "collection": "users", "encoding": "none"}]
            await site.public(
                identify(
                    n,
                    anonymousId=f"d-{n}",
                    userId=f"fake-{n}",
                    traits={"email": EMAIL},
                    context={"externalIds": made_up},
                )
            )
        assert site.same("user_id:owner", E)
        assert all(site.apart("user_id:owner", f"user_id:fake-{n}") for n in range(7))

    told(story)


def test_19_the_sixth_browser_of_a_week_waits_for_the_next() -> None:
    async def story(site: Told) -> None:
        for n in range(6):
            await site.public(identify(n / 2, anonymousId=f"a-{n}", userId="u-1"))
        assert site.same(U1, *(f"anonymous_id:a-{n}" for n in range(5)))
        assert site.apart(U1, "anonymous_id:a-5")
        assert site.reasons(U1, "anonymous_id:a-5") == {"limit_exceeded"}
        # What was said while logged in is the user's all the same.
        assert site.of(U1).counters == {"Identified": 6}
        await site.public(identify(10.5, anonymousId="a-5", userId="u-1"))
        assert site.same(U1, *(f"anonymous_id:a-{n}" for n in range(6)))

    told(story)


def test_20_beyond_a_thousand_identifiers_joins_are_refused_and_events_are_kept() -> None:
    async def story(site: Told) -> None:
        await site.govern(IdentityRules(weak_most=9_999))
        devices = [f"a-{n}" for n in range(1_000)]
        await site.public(*(identify(0, anonymousId=name, userId="u-1") for name in devices[:-1]))
        await site.whole()
        person_id = site.id_of(U1) or ""
        assert len(site.site.unifier.directory.members(person_id)) == 1_000
        assert await site.alarms() == []
        await site.public(identify(1, anonymousId=devices[-1], userId="u-1"))
        await _refused(site, "cap_identifiers", f"anonymous_id:{devices[-1]}", person_id)
        # What was said while logged in is the user's all the same.
        assert site.of(U1).counters == {"Identified": 1_003}

    told(story)


def test_20_beyond_a_hundred_merges_joins_are_refused_and_events_are_kept() -> None:
    async def story(site: Told) -> None:
        await site.govern(IdentityRules(weak_most=9_999))
        # Claims are no leaves of their own: a hundred and one devices are a hundred merges.
        devices = [f"a-{n}" for n in range(102)]
        for name in devices[:-1]:
            await site.public(
                identify(0, anonymousId=name, userId="u-1"), event(1, anonymousId=name)
            )
        await site.whole()
        assert site.same(U1, *(f"anonymous_id:{name}" for name in devices[:-1]))
        assert await site.alarms() == []
        person_id = site.id_of(U1) or ""
        await site.public(
            event(2, anonymousId=devices[-1]), identify(3, anonymousId=devices[-1], userId="u-1")
        )
        await _refused(site, "cap_merges", f"anonymous_id:{devices[-1]}", person_id)
        assert site.views(f"anonymous_id:{devices[-1]}") == 1

    told(story)


async def _refused(site: Told, cap: str, device: str, person_id: str) -> None:
    """Show what follows from a device too many: one alarm, and nothing for anybody else."""
    await site.whole()
    assert site.reasons(U1, device) == {cap}
    [alarm] = await site.alarms()
    assert (alarm["kind"], alarm["member"]) == (cap, person_id)
    [lineage] = site.site.lineage.of_person("")
    assert (lineage.event, lineage.reason) == ("Identity Evidence Refused", cap)
    # One too many again, and again: it is known already.
    await site.public(*(identify(5, anonymousId=f"b-{n}", userId="u-1") for n in range(3)))
    await site.public(event(5, anonymousId="somebody-else"))
    assert [one["alarm_id"] for one in await site.alarms()] == [alarm["alarm_id"]]
    assert site.views("anonymous_id:somebody-else") == 1


@pytest.mark.parametrize("size", [600, pytest.param(2_500, marks=pytest.mark.sweep)])
def test_21_a_large_import_is_joined_after_it_was_acknowledged(size: int) -> None:
    async def story(site: Told) -> None:
        await site.govern(IdentityRules(weak_most=9_999, most_identifiers=9_999, most_merges=9_999))
        devices = [f"a-{n}" for n in range(size)]
        rows = [identify(n / 100, anonymousId=name, userId="u-1") for n, name in enumerate(devices)]
        directory = site.site.unifier.directory
        await site.server(*rows)
        # All of it is acknowledged while most of it is still to be computed; events are counted.
        assert directory.settling
        assert site.of(U1).counters == {"Identified": size}
        await site.public(event(1, anonymousId="somebody-else"))
        assert site.views("anonymous_id:somebody-else") == 1
        for _ in range(60_000):
            if not directory.settling:
                break
            await asyncio.sleep(0.001)
        assert site.same(U1, *(f"anonymous_id:{name}" for name in devices))

    told(story)


def test_21_a_component_that_outgrows_the_rules_is_frozen_until_it_is_released() -> None:
    async def story(site: Told) -> None:
        await site.govern(IdentityRules(weak_most=99, freeze_identifiers=10))
        directory = site.site.unifier.directory
        for n in range(14):
            await site.public(identify(n, anonymousId=f"a-{n}", userId="u-1"))
            directory.ready()
        waiting = directory.frozen()
        assert waiting
        assert "Identity Frozen" in site.lineage()
        frozen = waiting[0].evidence.a
        assert site.apart(U1, frozen)
        assert site.of(U1).counters["Identified"] == 14 - len(waiting)
        await site.public(event(20, anonymousId=frozen.partition(":")[2]))
        assert site.views(frozen) == 1

    told(story)
