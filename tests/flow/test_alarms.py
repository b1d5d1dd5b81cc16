"""Alarms as things: found by a watch, kept once, mailed and called, answered, held to a promise."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from tests.decisioning.mail_server import HOST, MailServer, mail_server, read
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.alarm_desk import AlarmDesk
from wegweiser.flow.tables import (
    ALARM_MISSES,
    ALARM_SENDS,
    ALARMS,
    DERIVED,
    WATCH_STATES,
    WATCHES,
)
from wegweiser.settings import Settings
from wegweiser.terms.errors import DocumentRefused, EngineBroken, InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS, format_instant, parse_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import Answer
from wegweiser.workspace import operations
from wegweiser.workspace.analyst import InlineAnalyst
from wegweiser.workspace.engines import embedded, in_memory
from wegweiser.workspace.site import Site

FIRST = parse_instant("2026-08-03T00:00:00Z") or 0
# The number of visits falls to a third on this day.
FALL = 76
WATCH: JsonObject = {
    "kind": "watch",
    "key": "site",
    "title": {"en": "The site", "de": "Die Seite"},
    "series": ["visits"],
    "at": "06:00",
    "to": ["ada@example.com"],
    "call": ["chat"],
}
# Where somebody sees the days before and up to the alarm, from anywhere.
PAGE = "https://ours.example/measure/one/watch.baseline?series=visits&period=2026-09-19..2026-10-18"
CHAT: JsonObject = {
    "kind": "endpoint",
    "key": "chat",
    "channel": "webhook",
    "via": "file",
    "target": "chat",
}


class WatchingAnalyst(InlineAnalyst):
    """Works in this process on an archive in memory, over the log and store of a folder."""


def views(first: int, end: int) -> list[JsonObject]:
    """Give page views of visitors with a week, which fall to a third at the end."""
    found: list[JsonObject] = []
    for day in range(first, end):
        usual = (30, 32, 31, 29, 30, 14, 13)[day % 7] + (day * 7) % 5
        for visitor in range(usual // 3 if day >= FALL else usual):
            at = FIRST + day * DAY_MS + 9 * HOUR_MS + visitor
            found.append(
                {
                    "type": "page",
                    "anonymousId": f"v-{day}-{visitor}",
                    "messageId": f"m-{day}-{visitor}",
                    "timestamp": format_instant(at),
                    "properties": {"path": "/"},
                }
            )
    return found


async def opened(folder: Path, port: int, clock: MemoryClock) -> Site:
    settings = Settings(
        allowed_targets=(f"{HOST}/32",), retention_days=4000, public_url="https://ours.example/"
    )
    engines = msgspec.structs.replace(embedded(folder, settings), clock=clock)
    site = Site(engines, settings)
    archived = msgspec.structs.replace(engines, archive=in_memory().archive)
    site.analyst = WatchingAnalyst(archived)
    await site.start(background=False)
    post = {
        "kind": "endpoint",
        "key": "post",
        "channel": "email",
        "via": "smtp",
        "target": f"smtp+plain://{HOST}:{port}",
        "sender": "Example Alarms <alarms@example.com>",
    }
    documents = "\n---\n".join(json.dumps(one) for one in (post, CHAT, WATCH))
    await site.applier.apply([("watch.yaml", documents)])
    await site.loader.take("site", views(0, FALL - 1), kind="live")
    return site


async def asked(site: Site, name: str, arguments: JsonObject | None = None) -> JsonObject:
    found = await operations.run(site, name, arguments or {})
    assert isinstance(found, dict)
    return found


def test_a_fall_is_told_once_and_answered(tmp_path: Path) -> None:
    async def play(server: MailServer, port: int) -> None:
        clock = MemoryClock(FIRST + (FALL - 1) * DAY_MS + 7 * HOUR_MS)
        site = await opened(tmp_path / "data", port, clock)
        await site.alarms.desk.run()
        assert (await asked(site, "alarm_list"))["alarms"] == []
        clock.now = FIRST + (FALL + 1) * DAY_MS + 7 * HOUR_MS
        await site.loader.take("site", views(FALL - 1, FALL + 1), kind="live")
        for _ in range(3):
            await site.alarms.desk.run()
        alarms = (await asked(site, "alarm_list"))["alarms"]
        assert isinstance(alarms, list)
        [alarm] = alarms
        assert isinstance(alarm, dict)
        assert (alarm["series"], alarm["dimension"], alarm["known"]) == ("visits", "", "2026-10-18")
        name = str(alarm["alarm_id"])
        sends = (await asked(site, "alarm_show", {"id": name}))["sends"]
        assert isinstance(sends, list)
        states = {(one["to"], one["state"]) for one in sends if isinstance(one, dict)}
        assert states == {("chat", "delivered"), ("ada@example.com", "delivered")}
        [chat] = [one for one in site.alarms.post.sends() if one.endpoint == "chat"]
        assert PAGE in json.dumps(chat.parcel.data["content"])
        assert [one["page"] for one in alarms_in(chat.parcel.data)] == [PAGE]
        assert PAGE.endswith(str(alarm["page"]))
        await answered(site, clock, name)
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(play(server, port))
    [mail] = [read(sent) for sent in server.mails]
    assert str(mail["Subject"]) == "The site, 1 alarm"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "below what was expected" in body.get_content()
    assert PAGE in body.get_content()


def alarms_in(data: JsonObject) -> list[JsonObject]:
    alarms = data["alarms"]
    assert isinstance(alarms, list)
    return [one for one in alarms if isinstance(one, dict)]


async def answered(site: Site, clock: MemoryClock, name: str) -> None:
    """Acknowledge, snooze and judge; nobody hears of a snoozed series, and the audit knows."""
    seen = await asked(site, "alarm_acknowledge", {"id": name})
    assert seen["acknowledged_by"] == "operator"
    snoozed = await asked(site, "alarm_snooze", {"id": name, "days": 3})
    assert snoozed["snoozed_until"] is not None
    assert site.alarms.log.is_snoozed(("site", "visits", "", ""))
    clock.now += 4 * DAY_MS
    assert not site.alarms.log.is_snoozed(("site", "visits", "", ""))
    judged = await asked(
        site, "alarm_judge", {"id": name, "judgement": "confirmed", "note": "form"}
    )
    assert (judged["judgement"], judged["note"]) == ("confirmed", "form")
    await asked(site, "alarm_miss", {"series": "conversion", "day": "2026-10-01"})
    quality = await asked(site, "alarm_quality")
    assert (quality["share_confirmed"], quality["misses"]) == (1.0, 1)
    months = quality["months"]
    assert isinstance(months, list)
    assert isinstance(months[0], dict)
    assert months[0]["alarms"] == 1
    assert 0 < float(str(months[0]["promised"])) < 1
    assert (await asked(site, "alarm_list", {"open": True}))["alarms"] == []
    noted = [row.what for row in site.audit.rows()]
    for what in ("alarm.acknowledge", "alarm.snooze", "alarm.judge", "alarm.miss"):
        assert what in noted
    for wrong in ({"id": name, "judgement": "maybe"}, {"id": name, "judgement": ""}):
        with pytest.raises(InputRefused):
            await operations.run(site, "alarm_judge", dict(wrong))
    with pytest.raises(NotFound):
        await operations.run(site, "alarm_show", {"id": "alm_none"})


@pytest.mark.parametrize(
    "fault",
    [
        {"series": ["vists"]},
        {"budget": 0},
        {"holidays": ["Christmas"]},
        {"at": "25:00"},
        {"zone": "Mars/Olympus"},
        {"to": ["no address"]},
        {"colour": "red"},
    ],
)
def test_a_watch_with_a_fault_is_refused_with_its_place(fault: JsonObject) -> None:
    async def play() -> None:
        site = Site(in_memory(), Settings())
        await site.start(background=False)
        with pytest.raises((DocumentRefused, InputRefused)) as refused:
            await site.applier.apply([("watch.yaml", json.dumps(WATCH | fault))])
        assert "watch" in str(refused.value)
        await site.stop()

    asyncio.run(play())


def test_a_watch_that_cannot_look_looks_again_a_quarter_of_an_hour_later() -> None:
    """What could not be looked at is not looked over: the days wait for the next look."""
    asked_for: list[str] = []

    async def fails(name: str, options: Mapping[str, str]) -> Answer:
        asked_for.append(f"{options['from']} {options['to']}")
        raise EngineBroken("the warehouse is gone")

    async def play() -> None:
        clock = MemoryClock(FIRST + 7 * HOUR_MS)
        site = Site(msgspec.structs.replace(in_memory(), clock=clock), Settings())
        await site.start(background=False)
        await site.applier.apply([("watch.json", json.dumps(WATCH | {"to": [], "call": []}))])
        desk = AlarmDesk(site.alarms.book, site.alarms.log, site.alarms.post, clock, fails)
        for minutes in (0, 5, 16):
            clock.now = FIRST + 7 * HOUR_MS + minutes * MINUTE_MS
            await desk.run()
        await site.stop()

    asyncio.run(play())
    assert asked_for == ["2026-07-27 2026-08-03"] * 2


def test_the_table_of_alarms_is_a_table_of_the_store() -> None:
    """A rebuild keeps what people said: no table of alarms is derived."""
    kept = {WATCHES, WATCH_STATES, ALARMS, ALARM_SENDS, ALARM_MISSES}
    assert len(kept) == 5
    assert not kept & set(DERIVED)
