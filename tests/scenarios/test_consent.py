"""Acceptance scenarios 41 to 44: consent in the merge, the decision, the sending, the export."""

import asyncio

from tests.flow.sites import NOW, running
from tests.scenarios.undo_world import run, say, send
from wegweiser.adapters.memory import MemoryChannel
from wegweiser.flow.endpoint_states import EndpointStates
from wegweiser.flow.parcels import Packer
from wegweiser.flow.segment_feed import SegmentFeed
from wegweiser.flow.send import Sender
from wegweiser.terms.instant import HOUR_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site

PUSHING = """
{kind: placement, key: crm.push, channel: webhook, direction: push}
---
{kind: placement, key: home.hero, channel: web, slots: 1}
---
{kind: message, key: welcome, variants: [
 {key: en, channel: webhook, content: {text: Hello}},
 {key: web, channel: web, content: {title: Hello}}]}
---
{kind: endpoint, key: crm, channel: webhook, via: webhook, target: https://hooks.crm.example/in,
 secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
---
{kind: endpoint, key: google, channel: webhook, via: webhook, target: https://ads.example/in,
 secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, events: [audience.entered, audience.exited]}
---
{kind: segment, key: team, when: 'person.traits.plan == "team"'}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""


def said(number: int, hours: float, preferences: JsonObject | None, **fields: object) -> JsonObject:
    """Write an identify with a choice, some hours before now."""
    event: JsonObject = {
        "type": "identify",
        "messageId": f"c-{number}",
        "timestamp": format_instant(NOW - int(hours * HOUR_MS)),
    }
    if preferences is not None:
        event["context"] = {"consent": {"categoryPreferences": preferences}}
    return event | fields  # type: ignore[operator]


async def consent(site: Site, name: str) -> JsonObject:
    """Read the consent of a person."""
    found = (await run(site, "profile", identifier=name))["consent"]
    assert isinstance(found, dict)
    return found


def sender_to(site: Site, channel: MemoryChannel) -> Sender:
    """Send whatever is decided to one channel that keeps it."""
    sending, store = site.deciding.sending, site.engines.store
    packer = Packer(
        site.unifier,
        site.views,
        site.clock,
        sending.unsubscribe,
        site.deciding.chooser.explain,
        site.deciding.tracks.click_url,
    )
    return Sender(
        site.unifier,
        site.intake,
        store,
        site.clock,
        lambda endpoint: channel,
        packer,
        sending.last_check,
        EndpointStates(store),
    )


async def decided(site: Site, placement: str, request: str = "r-1") -> JsonObject:
    """Ask what to say to u-1."""
    body: JsonObject = {
        "request_id": request,
        "subject": {"person": "user_id:u-1"},
        "placements": [{"key": placement}],
    }
    return await run(site, "decide", **body)


def test_41_an_empty_object_denies_everything_and_silence_changes_nothing() -> None:
    async def check() -> None:
        async with running(PUSHING) as site:
            await send(site, said(1, 9, {"personalisation": True}, userId="u-1"))
            assert (await decided(site, "home.hero"))["status"] == "decided"
            await send(site, said(2, 8, {}, userId="u-1"))
            denied = await consent(site, "user_id:u-1")
            assert set(denied.values()) == {"denied"}
            assert {"personalisation", "email", "sharing", "measurement"} <= set(denied)
            assert (await decided(site, "home.hero", "r-2"))["status"] == "nothing"
            await send(site, said(3, 7, None, userId="u-1"))
            assert await consent(site, "user_id:u-1") == denied

    asyncio.run(check())


def test_42_what_differs_before_the_join_is_a_conflict_until_somebody_says_more() -> None:
    async def check() -> None:
        async with running(PUSHING) as site:
            await send(site, said(1, 9, {"personalisation": True}, userId="u-1"))
            await send(
                site, said(2, 8, {"personalisation": False}, anonymousId="a-1"), secret=False
            )
            before = [await consent(site, name) for name in ("user_id:u-1", "anonymous_id:a-1")]
            await send(site, said(3, 5, None, userId="u-1", anonymousId="a-1"))
            assert (await consent(site, "user_id:u-1"))["personalisation"] == "conflict"
            assert (await decided(site, "home.hero"))["status"] == "nothing"
            pairs = [["anonymous_id:a-1", "user_id:u-1"]]
            cut = await say(site, "cut", pairs=pairs, by="ada", reason="two people")
            after = [await consent(site, name) for name in ("user_id:u-1", "anonymous_id:a-1")]
            assert after == before
            await say(site, "undo", operation_id=cut, by="ada", reason="one after all")
            await send(site, said(4, 1, {"personalisation": True}, userId="u-1"))
            assert (await consent(site, "user_id:u-1"))["personalisation"] == "granted"
            assert (await decided(site, "home.hero", "r-2"))["status"] == "decided"

    asyncio.run(check())


def test_43_a_withdrawal_stops_what_is_queued_already() -> None:
    async def check() -> None:
        async with running(PUSHING) as site:
            channel = MemoryChannel()
            sender = sender_to(site, channel)
            await send(site, said(1, 9, {"sharing": True}, userId="u-1"))
            assert (await decided(site, "crm.push"))["status"] == "decided"
            await site.intake.checkpoint()
            # Acknowledged: nothing that begins to be sent after this may go out.
            await send(site, said(2, 1, {"sharing": False}, userId="u-1"), secret=False)
            await sender.send_due()
            [delivery] = sender.deliveries()
            assert (delivery.state, channel.parcels) == ("withdrawn", [])
            assert "FILTERED_BY_END_USER_CONSENT" in delivery.detail

    asyncio.run(check())


def test_44_an_export_to_google_never_says_granted_of_whom_nothing_was_granted() -> None:
    async def check() -> None:
        async with running(PUSHING) as site:
            channel = MemoryChannel()
            feed = SegmentFeed(
                site.unifier, site.views, site.engines.store, site.clock, lambda one: channel
            )
            site.segments.listeners[:] = [feed.note]
            both = {"ad_user_data": "granted", "ad_personalization": "granted"}
            for number, (user, signals) in enumerate({"u-1": {}, "u-2": both}.items()):
                event = said(number, 2, {"sharing": True}, userId=user, traits={"plan": "team"})
                context = event["context"]
                assert isinstance(context, dict)
                assert isinstance(context["consent"], dict)
                context["consent"]["gcm"] = {**signals}
                await send(site, event)
            await site.segments.settle()
            await site.intake.checkpoint()
            await feed.run()
            told = {
                str(parcel.data["identifiers"]): parcel.data["consent"]
                for parcel in channel.parcels
            }
            denied = {"ad_user_data": "DENIED", "ad_personalization": "DENIED"}
            granted = {"ad_user_data": "GRANTED", "ad_personalization": "GRANTED"}
            assert [told[name] for name in sorted(told)] == [denied, granted]
            listed = await run(site, "segment_members", key="team")
            rows = listed["members"]
            assert isinstance(rows, list)
            signals = [row["ad_consent"] for row in rows if isinstance(row, dict)]
            assert sorted(map(str, signals)) == sorted(map(str, (denied, granted)))
            await _declared(site)
            key = "google"
            assert not site.views.purposes.permits(key, await consent(site, "user_id:u-1"))
            assert site.views.purposes.permits(key, await consent(site, "user_id:u-2"))

    asyncio.run(check())


async def _declared(site: Site) -> None:
    """Let the endpoint need both signals, as for people in the EEA."""
    text = "{kind: purpose, key: gcm.ad_user_data, destinations: [google]}\n---\n"
    text += "{kind: purpose, key: gcm.ad_personalization, destinations: [google]}"
    await site.applier.apply([("purposes.yaml", text)])
