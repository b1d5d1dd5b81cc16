"""Alarms about who is who: raised once, told to whoever watches everything, over with the cause."""

import json

import pytest

from tests.scenarios.identity_world import Told, event, identify, told
from wegweiser.flow import identity_alarms
from wegweiser.flow.tables import ALARM_SENDS, ALARMS
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations

U1 = "user_id:u-1"
SMALL = IdentityRules(weak_most=99, most_identifiers=4)
CALL: JsonObject = {"kind": "endpoint", "key": "chat", "channel": "webhook", "via": "file"}
CALL["target"] = "chat"
ALL: JsonObject = {"kind": "watch", "key": "all", "call": ["chat"], "language": "de"}
VISITS: JsonObject = {"kind": "watch", "key": "visits", "series": ["visits"], "call": ["chat"]}


async def at_the_cap(site: Told, rules: IdentityRules = SMALL) -> JsonObject:
    """Let a person want one device more than it may have; gives the alarm."""
    await site.govern(rules)
    await site.public(*(identify(n, anonymousId=f"a-{n}", userId="u-1") for n in range(4)))
    [alarm] = await site.alarms()
    return alarm


async def do(site: Told, name: str, **arguments: object) -> JsonObject:
    found = await operations.run(site.site, name, arguments)  # type: ignore[arg-type]
    assert isinstance(found, dict)
    return found


def test_rules_that_allow_more_end_an_alarm_and_the_next_cap_raises_another() -> None:
    async def story(site: Told) -> None:
        first = await at_the_cap(site)
        assert (first["kind"], first["settled_at"]) == ("cap_identifiers", None)
        assert "more than 4 identifiers" in str(first["sentence"])
        await site.govern(IdentityRules(weak_most=99, most_identifiers=5))
        assert await site.alarms() == []
        await site.public(identify(5, anonymousId="a-5", userId="u-1"))
        [second] = await site.alarms()
        assert "more than 5 identifiers" in str(second["sentence"])
        listed = (await do(site, "alarm_list"))["alarms"]
        assert isinstance(listed, list)
        ended = {str(one["alarm_id"]): one["settled_at"] for one in listed if isinstance(one, dict)}
        assert ended.pop(str(second["alarm_id"])) is None
        assert None not in ended.values()

    told(story)


def test_what_was_acknowledged_is_open_no_more_and_is_not_raised_again() -> None:
    async def story(site: Told) -> None:
        alarm = await at_the_cap(site)
        await do(site, "alarm_acknowledge", id=alarm["alarm_id"])
        await site.public(identify(6, anonymousId="a-6", userId="u-1"))
        assert await site.alarms() == []
        assert (await do(site, "alarm_list"))["count"] == 1

    told(story)


def test_the_other_cap_of_the_same_person_is_another_alarm() -> None:
    async def story(site: Told) -> None:
        await at_the_cap(site)
        await site.govern(IdentityRules(weak_most=99, most_merges=1))
        await site.public(*(event(n, anonymousId=f"a-{n}") for n in range(3)))
        # They were one person, until their own events made them too many.
        assert site.apart("anonymous_id:a-0", "anonymous_id:a-2")
        assert [one["kind"] for one in await site.alarms()] == ["cap_merges"]

    told(story)


def test_a_rebuild_raises_nothing_again() -> None:
    async def story(site: Told) -> None:
        alarm = await at_the_cap(site)
        await site.public(identify(9, anonymousId="a-9", userId="u-1"))
        await site.site.rebuild()
        assert [one["alarm_id"] for one in await site.alarms()] == [alarm["alarm_id"]]
        await site.govern(IdentityRules(weak_most=99))
        assert await site.alarms() == []
        await site.site.rebuild()
        assert (await do(site, "alarm_list"))["count"] == 1
        assert await site.alarms() == []

    told(story)


def test_a_frozen_component_is_an_alarm_until_it_is_released() -> None:
    async def story(site: Told) -> None:
        await site.govern(IdentityRules(weak_most=99, freeze_identifiers=10))
        for n in range(14):
            await site.public(identify(n, anonymousId=f"a-{n}", userId="u-1"))
            await site.whole()
        assert len(site.site.unifier.directory.frozen()) > 1
        [alarm] = await site.alarms()
        assert (alarm["kind"], alarm["member"]) == ("frozen", site.id_of(U1))
        await site.govern(IdentityRules(weak_most=99))
        frozen = site.site.unifier.directory.frozen()[0].evidence.pair
        answer = await do(
            site, "identity_release", pairs=[list(frozen)], identifier=U1, preview=False
        )
        assert answer
        await site.whole()
        assert site.site.unifier.directory.frozen() == ()
        assert await site.alarms() == []

    told(story)


def test_whoever_watches_everything_is_told_and_nobody_is_named() -> None:
    async def story(site: Told) -> None:
        documents = "\n---\n".join(json.dumps(one) for one in (CALL, ALL, VISITS))
        await site.site.applier.apply([("watch.yaml", documents)])
        alarm = await at_the_cap(site)
        [send] = site.site.alarms.post.sends()
        data = send.parcel.data
        assert (send.endpoint, data["watch"], data["alarmIds"]) == (
            "chat",
            "all",
            [alarm["alarm_id"]],
        )
        assert "mehr als 4 Kennungen" in str(data["content"])
        rows = b"".join(value for _, value in site.site.engines.store.scan(ALARM_SENDS))
        assert (site.id_of(U1) or "").encode() not in rows
        quality = await do(site, "alarm_quality")
        assert quality["alarms"] == 0

    told(story)


def test_a_flood_raises_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_alarms, "MOST_OPEN", 1)

    async def story(site: Told) -> None:
        alarm = await at_the_cap(site)
        others = [identify(n, anonymousId=f"b-{n}", userId="u-2") for n in range(4)]
        await site.public(*others)
        assert site.reasons("user_id:u-2", "anonymous_id:b-3") == {"cap_identifiers"}
        assert [one["alarm_id"] for one in await site.alarms()] == [alarm["alarm_id"]]

    told(story)


def test_an_erased_person_leaves_no_alarm() -> None:
    async def story(site: Told) -> None:
        alarm = await at_the_cap(site)
        await do(site, "forget", identifier=U1)
        rows = [value for _, value in site.site.engines.store.scan(ALARMS)]
        assert rows == []
        assert str(alarm["member"]) not in str(await do(site, "alarm_list"))

    told(story)
